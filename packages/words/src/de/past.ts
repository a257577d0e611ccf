const number = new Intl.NumberFormat('de');

export const history = 'Verlauf – Weft';
export const historyOf = (title: string) => `Verlauf von ${title} – Weft`;
export const untitled = 'Ohne Titel';
export const allDocuments = 'Alle Dokumente';
export const lookingAt = (moment: string, isPast: boolean) =>
  `Zu sehen: ${moment}${isPast ? ' · das Dokument geht weiter' : ''}`;
export const backToText = 'Zurück zum Text';
export const copyMeans = 'Ein neues Dokument, das mit diesem Text beginnt';
export const makeCopy = 'Kopie anlegen';
export const bringBack = 'Wiederherstellen';
export const versions = 'Versionen';
export const nameThis = 'Diesen Moment benennen …';
export const comparedWith = 'Verglichen mit';
export const against = {
  before: 'der Version davor',
  now: 'dem jetzigen Stand',
  beginning: 'dem Anfang',
  visit: 'dem letzten Besuch',
};
export const showChanges = 'Änderungen zeigen';
export const play = 'Abspielen';
export const noOlder = (reason: string) => `Ältere Versionen konnten nicht geholt werden. ${reason}`;
export const changesOf = (moment: string, count: number) =>
  `${moment}: ${count === 0 ? 'keine Änderungen' : changes(count)}.`;
export const noSuchVersion = 'Diese Version des Dokuments gibt es nicht.';

export const whatIsNow = 'der jetzige Stand';
export const earlierVersion = 'eine frühere Version';
export const quoted = (name: string) => `„${name}“`;
export const today = 'heute';
export const somebody = 'Jemand';
export const beforeRestore = 'Vor einer Wiederherstellung';
export const count = (letters: number) => number.format(letters);

const done = {
  inserted: 'Geschrieben',
  deleted: 'Gelöscht',
  moved: 'Verschoben',
  changed: 'Geändert',
  restored: 'Wiederhergestellt',
};
export const change = (kind: keyof typeof done, by: string | null, author: string | null | undefined, when: string) =>
  `${done[kind]}${by === null ? '' : ` von ${by}`}${author === undefined ? '' : `, geschrieben${author === null ? '' : ` von ${author}`}`}, ${when}`;
export const otherChanges = 'andere Änderungen';

export const fetchingVersions = 'Die Versionen werden geholt';
export const versionsCome =
  'Versionen entstehen von selbst, wenn alle pausieren oder gehen. Jeder Moment lässt sich benennen.';
export const unreadable = (versions: number) =>
  `${versions === 1 ? 'Eine Version kann' : `${versions} Versionen können`} von diesem Server nicht gelesen werden. Der Text ist nicht betroffen; wer den Server betreibt, erfährt mit weft verify mehr.`;
export const showOlder = 'Ältere Versionen zeigen';
export const now = 'Jetzt';
export const afterNewest = 'Was seit der neuesten Version geschah';
export const allWritten = 'Alles, was geschrieben wurde';
export const sinceHere = 'Seit dem letzten Besuch';
export const othersDid = (moment: string) => `Was andere seither taten: ${moment}`;
export const andMore = (people: number) => `und ${people} weitere`;
export const otherTime = 'Oder zu einer anderen Zeit';
export const lookAtTime = 'Diese Zeit ansehen';

export const nothingDiffers = 'Diese beiden Momente unterscheiden sich nicht.';
export const whoChanged = 'Wer etwas geändert hat';
export const changesLabel = 'Änderungen';
export const changes = (count: number) => `${count} ${count === 1 ? 'Änderung' : 'Änderungen'}`;
export const changeOf = (at: number, count: number) => `${at} von ${count} Änderungen`;
export const stepOf = (at: number, count: number, what: string) => `${at} von ${count}. ${what}`;
export const previousChange = 'Vorige Änderung';
export const nextChange = 'Nächste Änderung';
export const titleGiven = <Shown>(title: Shown) => ['Der Titel „', title, '“ kam hinzu.'];
export const titleTaken = <Shown>(title: Shown) => ['Der Titel „', title, '“ wurde entfernt.'];
export const titleChanged = <Shown>(before: Shown, after: Shown) => [
  'Der Titel war „',
  before,
  '“ und ist „',
  after,
  '“.',
];
export const comparing = 'Wird verglichen';

export const undrawable = 'Diese Seite kann nicht zeichnen, was das Dokument damals enthielt.';
export const notShown = 'Dieser Moment konnte nicht gezeigt werden';
export const notPlayed = 'Der Verlauf konnte nicht abgespielt werden';
export const notAffected = 'Der Text ist nicht betroffen.';
export const tryAgain = 'Nochmals versuchen';
export const noSuchDocument = 'Dieses Dokument gibt es nicht';
export const orMayNot = 'Oder es darf hier nicht geöffnet werden. Bitte den Link prüfen oder anmelden.';
export const forWriters = 'Der Verlauf ist für alle, die hier schreiben';
export const notLoaded = 'Der Verlauf konnte nicht geladen werden';
export const keptOnServer = (reason: string) => `${reason} Er liegt auf dem Server; der Text ist nicht betroffen.`;

export const notCopied = 'Die Kopie konnte nicht angelegt werden.';
export const isCopy = 'Dies ist ein neues Dokument. Es begann als Kopie.';
export const oneMoment = 'Einen Moment …';
export const undo = 'Rückgängig';
export const openDocument = 'Dokument öffnen';
export const closeMessage = 'Diese Meldung schließen';
export const cancel = 'Abbrechen';
export const bringBackThis = (moment: string) => `Wiederherstellen: ${moment}?`;
export const bringBackMeans = <Shown>(title: Shown) => [
  '„',
  title,
  '“ wird wieder, was es damals war. Alle bleiben darin, und was sie inzwischen schreiben, bleibt. Der jetzige Stand wird als Version behalten. Das lässt sich rückgängig machen; was von da an geschrieben wird, bleibt auch dann.',
];
export const why = 'Warum, für alle, die später nachsehen (darf leer sein)';
export const nameThisMoment = (moment: string) => `Benennen: ${moment}`;
export const nameMeans = 'Eine Version mit Namen ist leicht wiederzufinden und bleibt, wie alt sie auch wird.';
export const name = 'Name';
export const forExample = 'An die Druckerei geschickt';
export const nameIt = 'Benennen';
export const broughtBack = (moment: string) =>
  `Wiederhergestellt: ${moment}. Alle, die das Dokument offen haben, sehen es.`;
export const bringBackPart = (isSection: boolean) =>
  isSection ? 'Nur diesen Abschnitt wiederherstellen' : 'Nur dies wiederherstellen';
export const atThatTime = 'damals';
export const theSection = 'der Abschnitt';
export const whatStoodThere = 'was dort stand';
const stays =
  'Alle bleiben im Dokument. Das lässt sich rückgängig machen; was von da an geschrieben wird, bleibt auch dann.';
export const partMeans = (when: string) =>
  `Es wird wieder, was es an seiner Stelle war: ${when}. Alles andere bleibt, wie es ist. ${stays}`;
export const sectionMeans = (when: string) =>
  `Die Überschrift und was darunter stand, werden wieder, was sie waren: ${when}. Alles andere bleibt, wie es ist, auch was zum Abschnitt hinzukam. ${stays}`;
export const broughtBackPart = (what: string, when: string) =>
  `Wiederhergestellt: ${what}, Stand ${when}. Alles andere blieb, wie es ist.`;
export const partAsThen = 'Nichts unterscheidet sich: Dies ist, was es damals war.';
export const notNamed = 'Der Moment konnte nicht benannt werden.';
export const isNamed = (name: string) => `Der Moment heißt jetzt „${name}“.`;
export const undone = 'Rückgängig gemacht: Was zurückkam, ist wieder weg. Was seitdem geschrieben wurde, bleibt.';
export const notBroughtBack = 'Nichts wurde wiederhergestellt.';
export const nothingToUndo = 'Es gibt nichts mehr rückgängig zu machen.';
export const sameAsThen = 'Nichts unterscheidet sich: Das Dokument ist, was es damals war.';
export const notKnown = 'Ob das geschehen ist, ist nicht bekannt.';

export const playback = 'Wiedergabe';
export const thePlayback = 'Die Wiedergabe';
export const nothingYet = 'Noch wurde nichts geschrieben';
export const playedLater = 'Was hier geschrieben wird, lässt sich später abspielen.';
export const theTitle = <Shown>(title: Shown) => ['Der Titel: „', title, '“'];
export const pause = 'Pause';
export const playKey = 'Abspielen (Leertaste)';
export const pauseKey = 'Pause (Leertaste)';
export const paused = (moment: string) => `Angehalten. ${moment}.`;
export const moment = 'Moment';
export const beginning = 'Der Anfang';
export const emptyBeginning = 'der leere Anfang';
export const howWritten = 'wie es entstand';
export const speed = 'Tempo';
export const day = 'Tag';
export const sinceMoment = 'Was sich seit diesem Moment geändert hat';
export const compareWithNow = 'Mit jetzt vergleichen';
export const fetchingPast = 'Der Verlauf wird geholt';
export const trimmed =
  'Ältere Teile davon wurden inzwischen für immer entfernt. Was übrig ist, lässt sich neu abspielen.';
export const broken = 'Diese Seite kann nicht abspielen, was im Protokoll des Dokuments steht.';

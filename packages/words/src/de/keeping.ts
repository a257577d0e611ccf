import type { Past } from '../en/keeping.js';

const number = new Intl.NumberFormat('de');
const amount = (count: number, one: string, more: string): string =>
  `${number.format(count)} ${count === 1 ? one : more}`;

const NAMES_SHOWN = 3;

export const keepingThePast = 'Verlauf behalten …';
export const theDialog = 'Das Fenster zum Behalten des Verlaufs';
export const pastOf = <Shown>(title: Shown) => ['Der Verlauf von ', title];
export const quoted = (title: string) => `„${title}“`;
export const close = 'Schließen';
export const done = 'Fertig';
export const notFetched = 'Wie weit der Verlauf zurückreicht, konnte nicht geholt werden.';
export const nothingChanged = 'Nichts wurde geändert.';
export const notKnown = 'Ob das geschehen ist, ist nicht bekannt: bitte etwas später noch einmal nachsehen.';
export const tryAgain = 'Nochmals versuchen';
export const fetching = 'Es wird geholt, wie weit der Verlauf zurückreicht';

export const howFar = 'Wie weit er zurückreicht';
export const nothingWritten = 'Noch wurde hier nichts geschrieben.';
export const nothingSince = <Shown>(since: Shown) => [
  'Von dem, was vorher war, ist nichts behalten, und seitdem wurde nichts geschrieben: ',
  since,
  '.',
];
export const changesSince = <Shown>(entries: number, since: Shown) => [
  `${amount(entries, 'Änderung', 'Änderungen')} seit: `,
  since,
  '.',
];
export const statesKept = 'Frühere Stände werden behalten';
export const forGood = 'für immer';
export const asServerSays = (days: number) => `${inDays(days)}, wie dieser Server es vorgibt`;
export const inDays = (days: number): string => {
  if (days % 365 === 0) return days === 365 ? 'ein Jahr' : `${days / 365} Jahre`;
  return amount(days, 'Tag', 'Tage');
};
export const changing = 'Wird geändert …';
export const removedDaily = (days: number) =>
  `Von jetzt an wird einmal am Tag entfernt, was älter ist: ${inDays(days)}.`;
export const nothingRemoved = 'Von selbst wird nichts mehr entfernt.';
export const removedByServer = (days: number) =>
  `Einmal am Tag wird entfernt, was älter ist, wie dieser Server es vorgibt: ${inDays(days)}.`;
export const versionsKept = 'Versionen ohne Namen werden behalten';
export const fewer = 'mit der Zeit weniger';
export const allOfThem = 'alle';
export const momentsStay = 'Jeder behaltene Moment lässt sich auch ohne Version ansehen.';
export const allStay = 'Von jetzt an bleiben alle Versionen, so lange wie der Verlauf.';
export const fewerStay = 'Von älteren Versionen ohne Namen bleiben von jetzt an weniger.';
export const keepOnly = (title: string, days: number) =>
  `Den Verlauf von „${title}“ nur so lange behalten: ${inDays(days)}?`;
export const keepOnlyMeans = (past: Past) =>
  `Innerhalb eines Tages ${goes(past)}. Das lässt sich nicht rückgängig machen. Was von da an älter wird, geht denselben Weg.`;
export const keepDays = (days: number) => `Behalten: ${inDays(days)}`;

export const removeBefore = 'Den Verlauf vor einem Moment entfernen';
export const removeMeans =
  'Der heutige Text bleibt, auch wer ihn schrieb. Was vorher gelöscht wurde, wer wann schrieb und die Versionen bis dahin sind dann weg. Bilder und andere Dateien bleiben. Wer hier schreibt, merkt davon nichts.';
export const before = 'Vor';
export const remove = 'Entfernen …';
export const looking = 'Es wird nachgesehen, was wegfiele …';
export const nothingOlder = (moment: string) => `Nichts ist älter (${moment}): Es wurde nichts entfernt.`;
export const removeThis = (title: string, moment: string) =>
  `Den Verlauf von „${title}“ bis dahin entfernen: ${moment}?`;
export const removeThisMeans = (past: Past) =>
  `Dann ${goes(past)}. Der heutige Text bleibt. Das lässt sich nicht rückgängig machen.`;
export const removeIt = 'Entfernen';
export const removing = 'Wird entfernt …';
export const gone = (past: Past) => `Entfernt: ${inWords(past)}.`;

const filesStay = 'Bilder und andere Dateien bleiben, solange es das Dokument gibt, auch gelöschte.';

export const eraseDeleted = 'Gelöschtes für immer entfernen';
export const eraseMeans =
  'Für ein Passwort, das eingefügt und wieder gelöscht wurde. Der ganze Verlauf fällt weg, und jedes Gerät vergisst, was es davon behielt: Niemand kommt durch Rückgängigmachen dahin zurück. Was noch im Text steht, bitte zuerst dort löschen. ' +
  filesStay;
export const erase = 'Gelöschtes für immer entfernen …';
export const eraseThis = (title: string) => `Was in „${title}“ gelöscht wurde, für immer entfernen?`;
export const eraseThisMeans = (past: Past, hasReplacedFiles: boolean, backup: string | null) =>
  [
    `Dabei ${goes(past)}.`,
    'Der heutige Text bleibt, auch wer ihn schrieb.',
    filesStay,
    'Wer ihn offen hat, verlässt ihn für einen Augenblick und kommt zurück; was noch nicht gespeichert war, bleibt als Entwurf erhalten.',
    hasReplacedFiles ? 'Was der Server davon behielt, bevor anderes an seine Stelle trat, wird auch entfernt.' : '',
    backup === null ? '' : `Sicherungen enthalten es, bis sie neu angelegt werden, die neueste vom ${backup}.`,
    'Das lässt sich nicht rückgängig machen.',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
export const nothingToErase = 'Aller gelöschte Text ist schon entfernt: Es wurde nichts geändert.';
export const eraseIt = 'Für immer entfernen';
export const erasing = 'Wird entfernt …';
export const erased = (past: Past) => `Gelöschter Text ist für immer entfernt, und damit ${inWords(past)}.`;

function inWords({ entries, versions }: Past): string {
  const changes = amount(entries, 'Änderung', 'Änderungen');
  return versions === 0 ? changes : `${changes} und ${amount(versions, 'Version', 'Versionen')}`;
}

function goes(past: Past): string {
  const { entries, named, versions } = past;
  const verb = entries === 1 && versions === 0 ? 'fällt' : 'fallen';
  if (named.length === 0) return `${verb} ${inWords(past)} weg`;
  const shown = named.slice(0, NAMES_SHOWN).map((name) => `„${name}“`);
  const more = named.length - shown.length;
  return `${verb} ${inWords(past)} weg, darunter ${[...shown, ...(more > 0 ? [`${more} weitere mit Namen`] : [])].join(', ')}`;
}

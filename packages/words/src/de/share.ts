export const share = 'Teilen';
export const shareThis = <Shown>(title: Shown) => [title, ' teilen'];
export const quoted = (title: string) => `„${title}“`;
export const close = 'Schließen';
export const done = 'Fertig';
export const copied = 'Kopiert';
export const copy = 'Kopieren';
export const copyAddress = 'Adresse kopieren';
export const undo = 'Rückgängig';
export const asBefore = 'Es ist wieder wie vorher.';
export const tryAgain = 'Nochmals versuchen';
export const onClipboard = 'Es ist in der Zwischenablage.';
export const notCopied = 'Es konnte nicht kopiert werden.';
export const mayNotCopy = 'Es konnte nicht kopiert werden: Der Browser erlaubt es dieser Seite nicht.';
export const nothingChanged = (reason: string) => `${reason} Nichts wurde geändert.`;

export const openServer = 'Wer diesen Server erreicht, kann dieses Dokument lesen und ändern.';
export const openServerMeans = 'Er fragt niemanden, wer da ist: Die Adresse genügt allen, die mitschreiben sollen.';
export const openServerChange =
  'Wer den Server betreibt, kann festlegen, wer lesen und schreiben darf: Wie das geht, steht in seiner Anleitung unter „Configuration“.';
export const youMay = {
  reader: 'Lesen ist hier erlaubt.',
  commenter: 'Kommentieren ist hier erlaubt.',
  editor: 'Schreiben ist hier erlaubt.',
};
export const onlyOwner = 'Wer es lesen und schreiben darf, bestimmt nur, wem dieses Dokument gehört.';
export const addressOpens = 'Die Adresse öffnet es für alle, die dürfen: Andere können von dort aus um Zugang bitten.';
export const notFetched = 'Wer was darf, konnte nicht geholt werden.';
export const fetching = 'Es wird geholt, wer was darf';

type Given = 'reader' | 'commenter' | 'editor';
const does = { reader: 'lesen', commenter: 'kommentieren', editor: 'schreiben' };
const may = { reader: `darf ${does.reader}`, commenter: `darf ${does.commenter}`, editor: `darf ${does.editor}` };

export const waitingToBeLetIn = 'Bitten um Zugang';
export const guest = 'ein Gast';
export const signedIn = 'angemeldet';
export const asks = (who: string, when: string) => `${who} · angefragt ${when}`;
export const letIn = 'Zulassen …';
export const letPersonIn = (name: string) => `${name} zulassen`;
export const wasLetIn = (name: string, role: Given) => `${name} ist zugelassen und ${may[role]}.`;
export const decline = 'Ablehnen';
export const declinePerson = (name: string) => `${name} ablehnen`;
export const notLetIn = (name: string) => `${name} ist nicht zugelassen.`;

export const people = 'Personen';
export const addByEmail = 'Person per E-Mail hinzufügen';
export const email = 'E-Mail';
export const whatTheyMay = 'Was diese Person darf';
export const add = 'Hinzufügen';
export const ownsIt = (email: string) => `${email} besitzt dieses Dokument und darf schon alles.`;
export const fromNowOn = (name: string, role: Given) => `${name} ${may[role]}, ab jetzt.`;
export const everyone = 'Alle, die angemeldet sind';
export const whatEveryoneMay = 'Was alle dürfen, die angemeldet sind';
export const everyoneMay = (role: Given) => `Wer angemeldet ist, ${may[role]}.`;
export const onlyNamed = 'Nur wer hier genannt ist, kann dieses Dokument öffnen.';
export const noAccess = 'Kein Zugang';
export const addedByEmail = 'per E-Mail hinzugefügt';
export const owner = 'Darf verwalten';
export const whatPersonMay = (name: string) => `Was ${name} darf`;
export const remove = 'Entfernen';
export const removePerson = (name: string) => `${name} entfernen`;
export const removedStillMay = (name: string, role: Given) =>
  `${name} ist entfernt, darf aber weiterhin ${does[role]} wie alle, die angemeldet sind.`;
export const removedLinksOpen = (name: string) =>
  `${name} ist entfernt. Wer einen Link hat, kann dieses Dokument weiterhin öffnen.`;
export const removed = (name: string) => `${name} ist entfernt und kann dieses Dokument nicht mehr öffnen.`;
export const withoutName = 'Jemand ohne Namen';

export const links = 'Links';
export const linksOpen = 'Wer einen solchen Link hat, kann dieses Dokument öffnen, auch ohne Anmeldung.';
export const linkIsMade = 'Der Link ist da. Jetzt kopieren: Er wird nur dieses eine Mal gezeigt.';
export const forWhom = 'Für wen (nur hier zu sehen)';
export const forWhomLink = 'Für wen der Link ist';
export const whatLinkLets = 'Was der Link erlaubt';
export const howLong = 'Wie lange der Link gilt';
export const lasts = { never: 'Ohne Ende', day: '1 Tag', week: '1 Woche', month: '1 Monat' };
export const makeLink = 'Link anlegen';
export const link = 'Link';
export const made = (role: string, when: string) => `${role} · angelegt ${when}`;
export const hasEnded = 'abgelaufen';
export const until = (end: string) => `bis ${end}`;
export const copyLink = (label: string) => `Link ${label} kopieren`;
export const revoke = 'Widerrufen';
export const revokeLink = (label: string) => `Link ${label} widerrufen`;
export const revoked = (name: string) => `${name}: Dieser Link öffnet nichts mehr.`;

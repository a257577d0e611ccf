import { answered } from './answers.js';

export const picture = 'Bild';
export const pictures = 'Bilder';
export const selected = (description: string) =>
  `Bild ausgewählt: ${description || 'nicht beschrieben'}. Tab führt zu dem, was damit geht.`;
export const description = 'Beschreibung';
export const descriptionIs = (description: string) => `Beschreibung: ${description || 'keine'}`;
export const whatItShows = 'Was es zeigt';
export const whatItShowsLong = 'Was es zeigt, für alle, die es nicht sehen können';
export const caption = 'Unterschrift';
export const lineUnder = 'Eine Zeile darunter (Pfeil nach unten)';
export const narrower = 'Schmaler';
export const narrowerKeys = 'Schmaler (Alt+Umschalt+←)';
export const wider = 'Breiter';
export const widerKeys = 'Breiter (Alt+Umschalt+→)';
export const asWideAsItIs = 'So breit, wie es ist';
export const replace = 'Ersetzen';
export const another = 'Ein anderes Bild an seiner Stelle';
export const remove = 'Entfernen';
export const done = 'Fertig';
export const notDescribed = 'Die Beschreibung ist entfernt.';
export const isDescribed = 'Die Beschreibung ist übernommen.';
export const wideAsText = 'So breit wie der Text.';
export const pixelsWide = (pixels: number) => `${pixels} Pixel breit.`;
export const isAsWide = 'So breit, wie es ist.';
export const isRemoved = 'Das Bild ist entfernt. „Rückgängig“ bringt es zurück.';

export const liesElsewhere = <Shown>(host: Shown, link: Shown) => [
  'Es liegt auf ',
  host,
  ', und Seiten laden hier nichts von anderswo. ',
  link,
];
export const openIt = 'Öffnen';
export const unreachable = 'Es liegt, wo keine Seite es laden kann.';
export const notNow = 'Es lässt sich gerade nicht laden; es kommt, sobald die Verbindung wieder da ist.';
export const notThere = 'Es ist nicht da, oder es gehört zu einem Dokument, das hier nicht zugänglich ist.';
export const failed = (status: number) => `Der Server hat mit ${status} geantwortet.`;
export const noAnswer = 'Der Server ist nicht erreichbar. Bitte nochmals versuchen, wenn die Verbindung wieder da ist.';
export const fileNotThere =
  'Diese Datei ist nicht da, oder sie gehört zu einem Dokument, das hier nicht zugänglich ist.';

const refusals: Readonly<Record<string, string>> = {
  BAD_ANSWER: 'Die Antwort des Servers war nicht zu verstehen.',
  BROKEN_OFF: 'Die Datei kam nicht ganz an. Bitte nochmals senden.',
  DOCUMENT_FULL: 'Dieses Dokument hat so viele Dateien, wie es haben darf.',
  EMPTY_FILE: 'Die Datei ist leer.',
  FILE_TOO_LARGE: 'Die Datei ist zu groß. Bitte verkleinern.',
  NO_PICTURE: 'Gezeigt werden PNG, JPEG, GIF, WebP und AVIF. Dies lässt sich nur als Datei anhängen.',
  PICTURE_TOO_LARGE: 'Das Bild hat zu viele Bildpunkte. Bitte verkleinern.',
};
export const fileRefused = (code: string, sentence: string): string => refusals[code] ?? answered(code, sentence);
export const onlyReading =
  'Dieses Dokument lässt sich gerade nur lesen; darum kam es nicht in den Text. Wem es gehört, der kann das ändern.';
export const dismiss = 'Schließen';
export const notAdded = (name: string) => `${name} kam nicht hinzu.`;
export const isBeingAdded = (name: string) => `${name} wird hinzugefügt.`;
export const wasAdded = (name: string) => `${name} ist hinzugefügt.`;
export const notPasted = (count: number) =>
  count === 1 ? 'Ein Bild konnte nicht eingefügt werden' : `${count} Bilder konnten nicht eingefügt werden`;
export const copyThem = (count: number) =>
  count === 1
    ? 'Der Text ist da. Das Bild bitte einzeln kopieren oder seine Datei hierher ziehen.'
    : 'Der Text ist da. Die Bilder bitte einzeln kopieren oder ihre Dateien hierher ziehen.';
export const pasteNotHere = 'Das Eingefügte ist nicht hier';
export const fileNotSaved = 'Die Datei wurde nicht gespeichert';

export const queued = 'Andere gehen vor. Diese wird von selbst gesendet.';
export const waits =
  'Der Server ist gerade nicht erreichbar. Dies wird von selbst gesendet, sobald er es ist; bitte die Seite so lange offen lassen.';
export const unreadable =
  'Die Datei ist nicht mehr zu lesen: Sie wurde verschoben, geändert oder gelöscht. Bitte nochmals wählen.';
export const tryAgain = 'Nochmals versuchen';
export const cancel = 'Abbrechen';
export const sent = 'Gesendet';
export const percentOf = (percent: number, size: string) => `${percent} % von ${size}`;
export const states = {
  queued: 'wird gleich gesendet',
  sending: 'wird gesendet',
  waiting: 'wartet aufs Senden',
  failed: 'nicht hinzugefügt',
};

export const allDocuments = 'Alle Dokumente';
export const untitled = 'Ohne Titel';
export const title = 'Titel';
export const document = 'Dokument';
export const noAccess = 'Kein Zugang zu diesem Dokument';
export const orNone = 'Oder es gibt es nicht. Wer diese Seite betreibt, weiß mehr.';
export const writeHere = 'Hier schreiben – mit # am Anfang wird es eine Überschrift';
export const more = 'Mehr';
export const readIt = 'Lesen';
export const copied = 'Kopiert';
export const copyText = 'Text kopieren';
export const isForgotten = (title: string) => `„${title}“ ist auf diesem Gerät vergessen.`;
export const serverAway = 'Der Server ist nicht erreichbar.';
export const comesByItself = 'Der Text erscheint hier von selbst.';
export const tryAgain = 'Nochmals versuchen';
export const textOfFile = (file: string) => `Der Text aus „${file}“ ist da.`;

export const inFocusMode = 'Fokusmodus. Escape beendet ihn.';
export const noFocusMode = 'Der Fokusmodus ist aus.';
export const leaveFocusMode = 'Fokusmodus beenden';

export const parts = {
  editor: 'Der Editor',
  page: 'Diese Seite',
  writing: 'Das Schreibmenü',
  menu: 'Das Menü',
  sharing: 'Das Teilen',
  finding: 'Suchen und Ersetzen',
  following: 'Das Folgen',
  shortcuts: 'Die Liste der Tastenkürzel',
  pictures: 'Die Bildanzeige',
};

export const stillOnTheirWay = (files: number) =>
  files === 1 ? 'Eine Datei ist noch unterwegs' : `${files} Dateien sind noch unterwegs`;
export const notAdded = 'Was dann nicht auf dem Server ist, fehlt. Der Text ist nicht betroffen.';
export const leave = 'Verlassen';

export const waitToBeLetIn = (count: number) =>
  count === 1 ? 'Jemand bittet um Zugang.' : `${count} Personen bitten um Zugang.`;

export const documents = 'Dokumente';
export const newDocument = 'Neues Dokument';
export const trash = 'Papierkorb';
export const signIn = 'Anmelden';
export const tryAgain = 'Nochmals versuchen';
export const untitled = 'Ohne Titel';

export const notMade = 'Das Dokument konnte nicht angelegt werden.';
export const fetching = 'Die Dokumente werden geholt';
export const notListed = 'Die Liste konnte nicht geladen werden';
export const whereTextIs =
  'Gespeichertes liegt auf dem Server; noch nicht Gespeichertes bleibt auf dem Gerät, auf dem es geschrieben wurde.';
export const serverAway = 'Der Server ist nicht erreichbar.';
export const onThisDevice =
  'Diese Dokumente liegen auf diesem Gerät: Was darin geschrieben wird, wird gesendet, sobald es eine Verbindung gibt.';

export const willBeHere = 'Hier werden die Dokumente stehen';
export const beginOne =
  'Eines anlegen und den Link allen schicken, die mitschreiben sollen. Gespeichert wird schon beim Tippen.';
export const signInToSee = 'Anmelden, um die eigenen Dokumente zu sehen';
export const linkOpens = 'Ein Link, den jemand geschickt hat, öffnet sein Dokument auch ohne Anmeldung.';
export const sharedWillBeHere = 'Hier werden die geteilten Dokumente stehen';
export const askForOne =
  'Noch ist keines geteilt. Wem ein Dokument gehört, der kann andere dazunehmen oder einen Link schicken.';

export const find = 'Dokument suchen';
export const findBy = 'Dokument nach Titel oder Anfang suchen';
export const noneHas = (wanted: string) => `Kein Dokument hat „${wanted}“ im Titel oder am Anfang.`;
export const showAll = 'Alle Dokumente zeigen';
export const showMore = 'Mehr zeigen';
export const noMore = 'Der Rest konnte nicht geholt werden. Bitte nochmals versuchen.';
export const countOf = (found: number, all: number) => (found === all ? `${all}` : `${found} von ${all}`);

export const textsKept = (count: number) => [
  count === 1 ? 'Ein Text ist aufgehoben' : `${count} Texte sind aufgehoben`,
  ' – in diesem Browser und nicht auf dem Server.',
];

export const forgetHere = 'Auf diesem Gerät: hier vergessen';
export const forgetThisHere = (title: string) => `Auf diesem Gerät: „${title}“ hier vergessen`;

export const moveToTrash = 'In den Papierkorb legen';
export const trashThis = (title: string) => `„${title}“ in den Papierkorb legen`;
export const movedToTrash = (title: string) => `„${title}“ liegt im Papierkorb: Dort öffnet es niemand.`;
export const undo = 'Rückgängig';
export const notMoved = 'Das Dokument konnte nicht in den Papierkorb gelegt werden.';
export const isAsItWas = 'Es ist, wie es war. Mit Verbindung noch einmal versuchen.';

export const importFile = 'Importieren';
export const importWhat = 'Aus einer Datei ein Dokument machen: Word, Markdown, Webseite oder reiner Text';
export const fileToImport = 'Datei, aus der ein Dokument wird';
export const dropHere = 'Loslassen, um ein Dokument daraus zu machen';
export const reading = (file: string) => `„${file}“ wird gelesen …`;
export const notImported = (file: string) => `Aus „${file}“ konnte kein Dokument werden.`;
export const chooseAnother = 'Andere Datei wählen';
export const dismiss = 'Schließen';

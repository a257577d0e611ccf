export const formatting = 'Formatierung';
export const kindOfText = 'Art des Textes';
export const kindOfTextIs = 'Art des Textes:';
export const block = 'Block';
export const findAndReplace = 'Suchen und ersetzen';

export const language = 'Sprache';
export const languageIs = (name: string) => `Sprache: ${name}`;
export const noLanguage = 'Keine Sprache';
export const languageOfCode = 'Sprache dieses Codes';
export const movedUp = 'Nach oben verschoben';
export const movedDown = 'Nach unten verschoben';
export const duplicated = 'Verdoppelt';
export const deleted = 'Gelöscht. „Rückgängig“ bringt es zurück.';
export const turnInto = 'Umwandeln in';
export const rowsAndColumns = 'Zeilen und Spalten';
export const switched = (name: string, isOn: boolean) => `${name}: ${isOn ? 'an' : 'aus'}`;
export const rowAbove = 'Zeile darüber';
export const rowBelow = 'Zeile darunter';
export const columnBefore = 'Spalte davor';
export const columnAfter = 'Spalte danach';
export const headerRow = 'Kopfzeile';
export const headerColumn = 'Kopfspalte';
export const mergeCells = 'Zellen verbinden';
export const splitCell = 'Zelle teilen';
export const alignment = 'Ausrichtung';
export const alignStart = 'Am Anfang ausrichten';
export const alignCenter = 'In der Mitte ausrichten';
export const alignRight = 'Rechts ausrichten';
export const columnWider = 'Spalte breiter';
export const columnNarrower = 'Spalte schmaler';
export const columnsEven = 'Spalten gleich breit';
export const columnsByText = 'Spalten nach ihrem Text';
export const deleteRow = 'Zeile löschen';
export const deleteColumn = 'Spalte löschen';
export const deleteTable = 'Tabelle löschen';

export const dragOrPress = 'Ziehen verschiebt, Drücken zeigt mehr';
export const insert = 'Einfügen';
export const kindsFound = (count: number) => `${count} Arten von Blöcken. Die Pfeiltasten führen hindurch.`;
export const emojiFound = (count: number) =>
  `${count} Emojis. Die Pfeiltasten führen hindurch, oder ein Name wird getippt.`;
export const selectedText = 'Ausgewählter Text';
export const readerOfMarkdown = 'Der Markdown-Leser';
export const staysText = 'Das Eingefügte bleibt, wie es ist.';

export const alsoCalled = {
  paragraph: 'absatz normal einfach',
  heading1: 'h1 titel groß',
  heading2: 'h2 untertitel',
  heading3: 'h3',
  bullet: 'ul liste punkte',
  ordered: 'ol liste zahlen 1 schritte',
  task: 'todo to-do checkliste kästchen',
  quote: 'blockquote anführung',
  code: 'pre quelltext programm',
  callout: 'notiz info kasten tipp warnung',
  section: 'details klappen falten zusammenfassung',
  picture: 'foto grafik hochladen image',
  emoji: 'smiley gesicht zeichen symbol',
  table: 'raster zeilen spalten zellen',
  rule: 'hr linie trenner strich',
};

export const shortcuts = 'Tastenkürzel';
export const close = 'Schließen';
export const menuOfBlock = 'Menü eines Blocks';
export const controlsOfSelection = 'Knöpfe zum Ausgewählten';
export const menuOfNewBlocks = 'Menü neuer Blöcke, in einer leeren Zeile';
export const emojiByName = 'Emoji nach dem Namen, der folgt';
export const focusMode = 'Fokusmodus: nur das Blatt';
export const thisList = 'Diese Liste';
export const page = 'Seite';
export const or = 'oder';

export const address = 'Adresse';
export const typeAddress = 'Adresse eingeben';
export const change = 'Ändern';
export const add = 'Hinzufügen';
export const noSuchAddress = 'Zu dieser Adresse geht kein Link. Web- und E-Mail-Adressen gehen.';
export const removeLink = 'Link entfernen';
export const open = 'Öffnen';

export const more = 'Mehr';
export const formats = { docx: 'Word', markdown: 'Markdown', html: 'Webseite', text: 'Reiner Text' };
export const downloadAs = 'Herunterladen als';
export const downloadAsFormat = (format: string, ending: string) => `Als ${format} herunterladen (${ending})`;
export const find = 'Suchen …';
export const findAndReplace = 'Suchen und ersetzen …';
export const history = 'Verlauf';
export const shortcuts = 'Tastenkürzel';
export const forget = 'Auf diesem Gerät vergessen …';
export const moveToTrash = 'In den Papierkorb legen';
export const notMoved = 'Es konnte nicht in den Papierkorb gelegt werden.';
export const notMade = 'Die Datei konnte nicht erstellt werden.';
export const asItWas =
  'Der Text ist, wie er war. Bitte die Verbindung prüfen und nochmals versuchen, oder die Seite neu laden.';
export const couldNotHold = 'Die Datei ist da. Was nicht hineinpasste:';
export const isDownloaded = 'Die Datei wird heruntergeladen.';
export const untitled = 'Ohne Titel';

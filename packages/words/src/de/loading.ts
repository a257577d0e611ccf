export const needsScript = 'Weft braucht JavaScript, um Dokumente zu zeigen und zu speichern.';
export const notLoaded = 'Weft konnte nicht geladen werden.';

export const noDocument = 'Kein Dokument ist betroffen.';
export const reloadThePage = 'Bitte die Seite neu laden.';
export const reload = 'Neu laden';
export const tryAgain = 'Nochmals versuchen';
export const partNotLoaded = (part: string) => `${part} konnte nicht geladen werden`;
export const unreachable = (spared: string) => `Der Server ist gerade nicht erreichbar. ${spared}`;

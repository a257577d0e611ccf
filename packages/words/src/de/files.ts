export const whatIsRead = 'Weft liest Word (.docx), Markdown (.md), Webseiten (.html) und reinen Text (.txt).';
export const tooLarge = (limit: string) => `Die Datei hat mehr als ${limit}, und das ist über der Grenze.`;
export const notRead = (_sentence: string): string =>
  'Sie ließ sich nicht lesen: Vielleicht ist sie beschädigt, mit einem Passwort geschützt oder ein Text, der nicht in UTF-8 gespeichert ist.';
export const noReader =
  'Der Dateileser konnte nicht geladen werden. Kein Dokument ist betroffen. Bitte die Seite neu laden und die Datei nochmals wählen.';
export const tooMuch = (limit: string) =>
  `Die Datei enthält mehr als die ${limit}, die auf einmal gespeichert werden können. Bitte auf mehrere Dateien verteilen.`;

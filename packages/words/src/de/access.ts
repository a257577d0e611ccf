export const allDocuments = 'Alle Dokumente';

export const nothingHere = 'Hier ist nichts';
export const cutShort = 'Vielleicht fehlt der Adresse ein Stück. Kein Dokument ist betroffen.';
export const noName = 'Diese Adresse nennt kein Dokument';
export const checkTheLink = (_reason: string) => 'Bitte den Link prüfen oder ein neues Dokument beginnen.';
export const stillSignedIn = (reason: string) => `Die Abmeldung ging nicht. ${reason}`;
export const thisPage = 'Diese Seite';
export const newerIsReady = 'Eine neuere Version von Weft ist bereit.';
export const reload = 'Neu laden';

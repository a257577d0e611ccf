export const noDocumentYet = 'Hier ist noch kein Dokument';
export const nobodyHasBegun = <Shown>(name: Shown) => [
  '„',
  name,
  '“ hat noch niemand begonnen. Wer diese Adresse bekommen hat, prüft am besten, ob sie vollständig ist.',
];
export const beginIt = 'Beginnen';
export const notBegun = (reason: string) => `Es konnte nicht begonnen werden. ${reason}`;

export const signedOut = 'Abgemeldet';
export const noLonger = 'Dieses Dokument ist nicht mehr zugänglich';
export const cannotOpen = 'Dieses Dokument lässt sich nicht öffnen';
export const signInEnded =
  'Die Anmeldung ist abgelaufen. Was gespeichert war, liegt auf dem Server: nach dem Anmelden öffnet es sich wieder.';
export const wasChanged = 'Die Rechte hier wurden geändert. Was gespeichert war, liegt auf dem Server.';
export const inTrash = 'Dieses Dokument liegt im Papierkorb';
export const trashMeans =
  'Nichts davon ist verloren: wem es gehört, der kann es mit allem zurückholen. Was gespeichert war, steht darin.';
export const yoursToBringBack =
  'Nichts davon ist verloren: zurückgeholt ist es wie zuvor, für alle, mit denen es geteilt war.';
export const bringBack = 'Zurückholen';
export const notBroughtBack = (reason: string) => `Es konnte nicht zurückgeholt werden. ${reason}`;
export const eitherOr = 'Entweder fehlt das Recht dazu, oder unter dieser Adresse gibt es kein Dokument.';
export const ifShared =
  'Wurde es geteilt, hilft Anmelden. Ein geschickter Link kann abgelaufen oder unterwegs abgeschnitten worden sein.';
export const signedInAs = <Shown>(person: Shown) => [' Angemeldet ist ', person, '.'];
export const withoutName = 'jemand ohne Namen';
export const copyFirst = 'Noch nicht Gespeichertes steht nur hier: bitte kopieren, bevor die Seite verlassen wird.';
export const asked = 'Angefragt';
export const askToBeLetIn = 'Um Zugang bitten';
export const otherAccount = 'Anderes Konto benutzen';
export const signIn = 'Anmelden';
export const wasAsked =
  'Die Anfrage ist gesendet. Wem ein Dokument hier gehört, der sieht sie. Es öffnet sich hier, sobald der Zugang erlaubt ist.';
export const notAsked = (reason: string) => `Die Anfrage konnte nicht gesendet werden. ${reason}`;

export const pageTitle = 'Papierkorb – Weft';
export const homeLabel = 'Weft: alle Dokumente';
export const trash = 'Papierkorb';
export const lead =
  'Diese Dokumente öffnet niemand. Nichts davon ist verloren: was zurückkommt, ist wie zuvor, für alle, mit denen es geteilt war.';
export const nothingHere = 'Der Papierkorb ist leer';
export const allDocuments = 'Alle Dokumente';
export const since = (when: string) => `Im Papierkorb seit: ${when}.`;
export const until = (when: string) => `Endgültig gelöscht nach: ${when}.`;
export const forGood = 'Es bleibt hier, bis jemand es endgültig löscht.';
export const bringBack = 'Zurückholen';
export const bringThisBack = (title: string) => `„${title}“ zurückholen`;
export const isBack = (title: string) => `„${title}“ ist zurück, für alle, mit denen es geteilt war.`;
export const erase = 'Endgültig löschen …';
export const eraseYes = 'Endgültig löschen';
export const eraseThis = (title: string) => `„${title}“ endgültig löschen …`;
export const eraseTitle = (title: string) => `„${title}“ endgültig löschen?`;
export const eraseMeans =
  'Text, Verlauf und Dateien sind dann für alle weg. Das lässt sich nicht rückgängig machen. In Sicherungen des Servers kann es noch stehen.';
export const isErased = (title: string) => `„${title}“ ist endgültig gelöscht.`;
export const notDone = 'Es wurde nicht getan.';
export const notFetched = 'Was im Papierkorb ist, konnte nicht geholt werden.';
export const tryAgain = 'Nochmals versuchen';

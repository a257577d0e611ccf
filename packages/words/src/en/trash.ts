// The documents in the trash.

export const pageTitle = 'Trash – Weft';
export const homeLabel = 'Weft: all documents';
export const trash = 'Trash';
export const lead =
  'Nobody opens these documents. Nothing of them is lost: what you bring back is as it was, for everybody it was shared with.';
export const nothingHere = 'The trash is empty';
export const allDocuments = 'All documents';
/** @param when  as in "yesterday" */
export const since = (when: string) => `In the trash since: ${when}.`;
export const until = (when: string) => `Erased for good after ${when}.`;
export const forGood = 'It stays here until somebody erases it.';
export const bringBack = 'Bring back';
export const bringThisBack = (title: string) => `Bring “${title}” back`;
export const isBack = (title: string) => `“${title}” is back, for everybody it was shared with.`;
export const erase = 'Erase for good…';
export const eraseYes = 'Erase for good';
export const eraseThis = (title: string) => `Erase “${title}” for good…`;
export const eraseTitle = (title: string) => `Erase “${title}” for good?`;
export const eraseMeans =
  'Its text, its history and its files are gone for everybody. This cannot be undone. Backups of the server may still hold it.';
export const isErased = (title: string) => `“${title}” is erased.`;
export const notDone = 'It was not done.';
export const notFetched = 'What is in the trash could not be fetched.';
export const tryAgain = 'Try again';

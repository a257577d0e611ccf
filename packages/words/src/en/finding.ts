// Finding and replacing in a document.

export const find = 'Find';
export const findAndReplace = 'Find and replace';
export const matchCase = 'Match case';
export const previous = 'Previous';
export const previousKeys = 'Previous (Shift+Enter)';
export const next = 'Next';
export const nextKeys = 'Next (Enter)';
export const close = 'Close';
export const closeKeys = 'Close (Esc)';
export const replaceWith = 'Replace with';
export const replace = 'Replace';
export const replaceAll = 'Replace all';
export const undo = 'Undo';
export const notFound = 'Not found';
export const replaced = (count: number) => `${count.toLocaleString('en')} replaced`;
export const found = (count: number) => `${count.toLocaleString('en')} found`;
export const foundAt = (at: number, count: number) => `${at.toLocaleString('en')} of ${count.toLocaleString('en')}`;
export const allReplaced = 'All are replaced. Undo brings them back.';

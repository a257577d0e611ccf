// The app around its pages: where there is none, and what is there for all of them.

export const allDocuments = 'All documents';

export const nothingHere = 'There is nothing here';
export const cutShort = 'The address may have been cut short on its way to you. No document is affected.';
export const noName = 'This address names no document';
export const checkTheLink = (reason: string) => `${reason} Check the link you were given, or begin a new document.`;
export const stillSignedIn = (reason: string) => `You are still signed in. ${reason}`;
export const thisPage = 'This page';
export const newerIsReady = 'A newer version of Weft is ready.';
export const reload = 'Reload';

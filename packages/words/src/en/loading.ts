// Where the app, or a part of it, does not come.

export const needsScript = 'Weft needs JavaScript to show and save documents.';
export const notLoaded = 'Weft could not be loaded.';

export const noDocument = 'No document is affected.';
export const reloadThePage = 'Reload the page.';
export const reload = 'Reload';
export const tryAgain = 'Try again';
export const partNotLoaded = (part: string) => `${part} could not be loaded`;
export const unreachable = (spared: string) => `The server cannot be reached now. ${spared}`;

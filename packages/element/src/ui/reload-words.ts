// What is said where a part of the app did not come, after what it was.

export const NO_DOCUMENT = 'No document is affected.';
export const RELOAD = 'Reload the page.';
export const RELOAD_HELPS = `${NO_DOCUMENT} ${RELOAD}`;

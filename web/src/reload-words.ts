// What is said where a part of the app did not come, after what it was.

export const RELOAD_HELPS = 'No document is affected. Reload the page.';

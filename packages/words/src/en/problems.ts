// What can stand between a writer and their document: what happened, what it means for the text, what to do.

export const copied = 'Copied';
export const copyText = 'Copy your text';
export const reload = 'Reload';
export const readIt = 'Read it';
export const dismiss = 'Dismiss';
export const signIn = 'Sign in';
export const connect = 'Connect again';

export const noName = 'This address names no document';
export const closed = 'The server has closed this document';
export const stillHere = 'What is on this page is still here: copy it before you leave.';
export const signedOut = 'You are signed out';

export const serverIsOlder = 'The server is older than this page';
export const goesOn = 'It goes on by itself once whoever runs the server has updated it.';
export const savedThen = (onDevice: boolean) =>
  `What you write is kept on this ${onDevice ? 'device' : 'page: leave it open'}, and it is saved then.`;

export const serverIsNewer = 'The server has been updated';
export const fromBefore = 'This page is from before. Reload it.';
export const fromBeforeUnsaved =
  'This page is from before. What you wrote since is kept on this page only: copy it, then reload.';

export const ended = 'The server has ended the connection';
export const keptHere = (onDevice: boolean) =>
  `What is not saved yet is kept on this ${onDevice ? 'device' : 'page only'}.`;

export const needsNewer = 'This document needs a newer Weft';
export const canStillRead = 'You can read it, and follow what others write. A newer Weft may be here after a reload.';

export const refused = 'A change was refused';
export const asWritten = (onDevice: boolean) =>
  `The text as you wrote it is kept on this ${onDevice ? 'device' : 'page'}: read it, put it back, or copy it.`;
export const notOnServer = 'Text of this page is not on the server';
export const asItWas = (onDevice: boolean) =>
  `Your text as it was is kept on this ${onDevice ? 'device' : 'page'}: read it, put it back, or copy it.`;
export const newestOf = (drafts: number) => `This is the newest of ${drafts}; Dismiss leads to the one before.`;

const comeIn = (bySignIn: boolean): string =>
  bySignIn ? 'sign in' : 'come in again from where you came, in another tab';
export const endedUnseen = (bySignIn: boolean) =>
  `Your sign-in has ended. To see the text, ${comeIn(bySignIn)}, and connect again.`;
export const endedKept = (bySignIn: boolean, onDevice: boolean) =>
  `Your sign-in has ended. What you write is kept ${onDevice ? `on this device: ${comeIn(bySignIn)}` : `in this tab: leave it open, ${comeIn(bySignIn)}`}, and it is saved.`;
/** @param draft  where text is that was not saved; null without any */
export const endedReadOnly = (bySignIn: boolean, draft: 'device' | 'tab' | null) =>
  `Your sign-in has ended. ${draft === null ? 'What you wrote is saved.' : `The last of what you wrote is not saved, and kept ${draft === 'device' ? 'on this device' : 'in this tab'} only: copy it.`} To go on writing, ${comeIn(bySignIn)}, and connect again.`;

export const textOfFile = (file: string) => `The text of “${file}” is here`;
export const andMore = (count: number) => `And ${count} more.`;

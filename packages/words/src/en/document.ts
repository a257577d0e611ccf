// The page of a document, around its text.

export const allDocuments = 'All documents';
export const untitled = 'Untitled';
export const title = 'Title';
export const document = 'Document';
export const noAccess = 'You have no access to this document';
export const orNone = 'Or it does not exist. Ask whoever gave you this page.';
export const writeHere = 'Write here, or begin with # for a heading';
export const more = 'More';
export const readIt = 'Read it';
export const copied = 'Copied';
export const copyText = 'Copy your text';
export const isForgotten = (title: string) => `“${title}” is forgotten on this device.`;
export const serverAway = 'The server cannot be reached.';
export const comesByItself = 'It is tried again by itself; the text will appear here.';
export const tryAgain = 'Try again';
export const textOfFile = (file: string) => `The text of “${file}” is here.`;

export const inFocusMode = 'Focus mode. Escape leaves it.';
export const noFocusMode = 'Focus mode is off.';
export const leaveFocusMode = 'Leave focus mode';

/** Parts that come when they are used, as a sentence begins with them. */
export const parts = {
  editor: 'The editor',
  page: 'This page',
  writing: 'The menus for writing',
  menu: 'The menu',
  sharing: 'Sharing',
  finding: 'Find and replace',
  following: 'Following somebody',
  shortcuts: 'The list of shortcuts',
  pictures: 'The picture view',
};

export const stillOnTheirWay = (files: number) =>
  files === 1 ? 'A file is still on its way' : `${files} files are still on their way`;
export const notAdded = 'What is not on the server when you leave this page is not added. Your text is not affected.';
export const leave = 'Leave';

export const waitToBeLetIn = (count: number) =>
  count === 1 ? 'Somebody waits to be let in.' : `${count} people wait to be let in.`;

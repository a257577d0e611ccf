// The list of documents.

export const documents = 'Documents';
export const newDocument = 'New document';
export const trash = 'Trash';
export const signIn = 'Sign in';
export const tryAgain = 'Try again';
export const untitled = 'Untitled';

export const notMade = 'The document could not be made.';
export const fetching = 'Fetching the documents';
export const notListed = 'The list could not be loaded';
export const whereTextIs =
  'What is saved is on the server; what is not yet saved is kept on the device it was written on.';
export const serverAway = 'The server cannot be reached.';
export const onThisDevice =
  'These documents are on this device: what you write in them is sent when there is a connection.';

export const willBeHere = 'Your documents will be here';
export const beginOne =
  'Begin one, then send its link to whoever should write with you. Everything is saved as you type.';
export const signInToSee = 'Sign in to see your documents';
export const linkOpens = 'Somebody sent you a link? It opens its document without signing in, too.';
export const sharedWillBeHere = 'Documents shared with you will be here';
export const askForOne = 'Nobody has shared one with you yet. Ask whoever owns a document to add you, or for a link.';

export const find = 'Find a document';
export const findBy = 'Find a document by title or first lines';
export const noneHas = (wanted: string) => `No document has “${wanted}” in its title or first lines.`;
export const showAll = 'Show all documents';
export const showMore = 'Show more';
export const noMore = 'The rest could not be fetched. Try again.';
export const countOf = (found: number, all: number) => (found === all ? `${all}` : `${found} of ${all}`);

/** Two parts of a sentence: the first leads to them. */
export const textsKept = (count: number) => [
  count === 1 ? 'A text is kept for you' : `${count} texts are kept for you`,
  ' in this browser, and not on the server.',
];

export const forgetHere = 'On this device: forget it here';
export const forgetThisHere = (title: string) => `On this device: forget “${title}” here`;

export const moveToTrash = 'Move to the trash';
export const trashThis = (title: string) => `Move “${title}” to the trash`;
export const movedToTrash = (title: string) => `“${title}” is in the trash: nobody opens it there.`;
export const undo = 'Undo';
export const notMoved = 'The document could not be moved to the trash.';
export const isAsItWas = 'It is as it was. Try again when there is a connection.';

export const importFile = 'Import';
export const importWhat = 'Make a document of a file: Word, Markdown, a web page or plain text';
export const fileToImport = 'A file to make a document of';
export const dropHere = 'Drop it to make a document of it';
export const reading = (file: string) => `Reading “${file}”…`;
export const notImported = (file: string) => `No document could be made of “${file}”.`;
export const chooseAnother = 'Choose another';
export const dismiss = 'Dismiss';

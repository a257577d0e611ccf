// Where the documents in the trash are listed.

export const TRASH_PATH = '/trash';

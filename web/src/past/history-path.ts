// Where the past of a document is looked at; what follows is its name.

export const HISTORY_PREFIX = '/history/';

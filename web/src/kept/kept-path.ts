// Where the texts are read that are kept in this browser.

export const KEPT_PATH = '/kept';

/** Where one of them is read. */
export const keptPath = (document: string, id: string): string =>
  `${KEPT_PATH}?${new URLSearchParams({ document, text: id })}`;

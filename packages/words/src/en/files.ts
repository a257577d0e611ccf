// Files that become documents.

export const whatIsRead = 'Weft reads Word (.docx), Markdown (.md), web pages (.html) and plain text (.txt).';
export const tooLarge = (limit: string) => `It has more than ${limit}, which is beyond the limit.`;
/** Why it could not be read. */
export const notRead = (sentence: string): string => sentence;
export const noReader =
  'The file reader could not be loaded. No document is affected. Reload the page, then choose the file again.';
export const tooMuch = (limit: string) =>
  `It holds more than the ${limit} that can be saved at once. Split it into several files.`;

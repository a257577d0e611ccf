// What a document without a title is called: the first line of its text, wherever it is named.

const MAX_LENGTH = 80;

/** @param line  all of the first block that has words */
export const derivedTitle = (line: string): string => cutAtWord(tidy(line), MAX_LENGTH);

export const tidy = (text: string): string => text.replace(/\s+/gu, ' ').trim();

/** Cuts tidy text to at most `length` units, between words if there is a gap in the second half, never inside a character. */
export function cutAtWord(text: string, length: number): string {
  if (text.length <= length) return text;
  const gap = text.lastIndexOf(' ', length);
  if (gap >= length / 2) return text.slice(0, gap);
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(length - 1));
  return text.slice(0, splitsPair ? length - 1 : length);
}

// Sizes of files, as people are told them: by thousands, as their systems count them.

import * as words from '@weft/words/sizes';

export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return words.bytes(bytes);
  const kB = Math.round(bytes / 1000);
  return kB < 1000 ? words.kilobytes(kB) : words.megabytes(bytes / 1_000_000);
}

/** Of a limit: never more than it is. */
export const limitInWords = (bytes: number): string => `${Math.floor(bytes / 1_000_000)} MB`;

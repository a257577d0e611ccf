// Sizes of files, as people are told them: by thousands, as their systems count them.

export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const kB = Math.round(bytes / 1000);
  return kB < 1000 ? `${kB} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Of a limit: never more than it is. */
export const limitInWords = (bytes: number): string => `${Math.floor(bytes / 1_000_000)} MB`;

// Why text was refused, set aside, or a document closed, in the words of the page. They are loaded when the first is said; until they are
// there it is said as it came, in English.

/** As the server or the provider says it. */
export interface Reason {
  readonly code: string | number;
  readonly reason: string;
}

let words: typeof import('@weft/words/why') | null = null;

/** @param came  called when it can be said in other words than now */
export function inOwnWords({ code, reason }: Reason, came: () => void): string {
  if (words) return words.said(code, reason);
  import('@weft/words/why').then((loaded) => {
    words = loaded;
    came();
  }, console.warn);
  return reason;
}

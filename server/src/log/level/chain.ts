// The hash chains of the log (L1). Each link is the first 16 bytes of SHA-256 over the link before and the bytes it
// adds, so a changed, missing or moved entry changes every later link. A chain starts from sixteen zero bytes.

import { hash } from 'node:crypto';

export const HASH_BYTES = 16;
export const CHAIN_START: Uint8Array = new Uint8Array(HASH_BYTES);

/**
 * Writes the link over `bytes` into their own first 16 bytes, which hold the link before.
 * One call with a string as its result costs a quarter of a hash object (0.3 µs against 1.2 µs).
 */
export function linkInPlace(bytes: Uint8Array): void {
  const digest = hash('sha256', bytes, 'binary');
  for (let at = 0; at < HASH_BYTES; at++) bytes[at] = digest.charCodeAt(at);
}

/** The chain of one channel's entries, walked entry by entry. */
export class EntryChain {
  #scratch = new Uint8Array(1024);

  /** Adds one encoded entry to `link`, in place. */
  advance(link: Uint8Array, entry: Uint8Array): void {
    const length = HASH_BYTES + entry.length;
    if (length > this.#scratch.length) this.#scratch = new Uint8Array(2 * length);
    this.#scratch.set(link);
    this.#scratch.set(entry, HASH_BYTES);
    linkInPlace(this.#scratch.subarray(0, length));
    for (let at = 0; at < HASH_BYTES; at++) link[at] = this.#scratch[at]!;
    if (this.#scratch.length > 65_536) this.#scratch = new Uint8Array(1024);
  }
}

export function sameLink(a: Uint8Array, b: Uint8Array): boolean {
  for (let at = 0; at < HASH_BYTES; at++) if (a[at] !== b[at]) return false;
  return true;
}

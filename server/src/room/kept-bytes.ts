// Copies of small updates, side by side in one piece of memory. An array of its own costs V8 several times the bytes of a
// letter, and a free() for each when it goes: with thousands kept, its collections were what people waited for (docs/adr/0017).

/** What keeps one update keeps as much as this. */
const PIECE_BYTES = 16 * 1024;
/** Larger ones have memory of their own. */
const SMALL_BYTES = 512;

let piece = new ArrayBuffer(PIECE_BYTES);
let usedBytes = 0;

/** A copy to keep; its `buffer` is shared with other copies, and so never to be handed over. */
export function keptCopy(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (length > SMALL_BYTES) return new Uint8Array(bytes);
  if (usedBytes + length > PIECE_BYTES) {
    piece = new ArrayBuffer(PIECE_BYTES);
    usedBytes = 0;
  }
  const copy = new Uint8Array(piece, usedBytes, length);
  copy.set(bytes);
  usedBytes += length;
  return copy;
}

// Long bytes whose end is known are given back then. Left to the collector, copies of a document gather by the hundred before V8
// looks at them: it counts them as little objects, and the heap of C they lie in never shrinks again.

/** Its other end is closed: what is posted here is dropped, and with it the memory of what is handed over. */
const nowhere = new MessageChannel();
nowhere.port2.close();

/** Less is not worth it, and short Buffers share their memory, which is half of this. */
const MIN_BYTES = 16 * 1024;

/**
 * Frees all the memory that these bytes lie in: nothing may read any of it any more, no view, no thread, and no socket that
 * still writes. Views of it are empty afterwards. What is short is left to the collector.
 */
export function giveBack({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= MIN_BYTES) nowhere.port1.postMessage(null, [buffer]);
}

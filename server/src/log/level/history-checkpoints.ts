// Which checkpoints stay when a newer one is put: the newest serves joins, those before it bound how much has to be applied
// to have the state at any entry. Bytes of updates stand for that work: a typed character has some twenty-four, and so many
// small entries as a few large ones can hold no more structs than bytes.

/** Of updates between checkpoints that are kept, of a document that is small. Measured: docs/adr/0012. */
const MIN_BYTES_BETWEEN = 1024 * 1024;
/** What a worker applies in about two seconds, unless the state itself is larger and takes as long. */
const MAX_BYTES_BETWEEN = 6 * 1024 * 1024;
/** A checkpoint is worth keeping for so many times its own size, that the entries and not the checkpoints fill the disk. */
const BYTES_PER_CHECKPOINT_BYTE = 4;

/**
 * Whether a checkpoint stays when the next one is put.
 * @param stateBytes of the checkpoint, compressed
 * @param bytesAround of the updates from the kept one before it, or from the first entry, to the next one
 */
export function staysForHistory(stateBytes: number, bytesAround: number): boolean {
  const worthIt = Math.min(MAX_BYTES_BETWEEN, BYTES_PER_CHECKPOINT_BYTE * stateBytes);
  return bytesAround > Math.max(MIN_BYTES_BETWEEN, worthIt, stateBytes);
}

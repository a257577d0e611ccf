// What a document holds, as 16 bytes: every struct and every deletion, shown or not (J1, J2). Written over the bytes of Yjs, which are the
// same for the same sets, so that a server has it without a Y.Doc.

import * as encoding from 'lib0/encoding';
import { digest } from 'lib0/hash/sha256';

const DIGEST_BYTES = 16;

/**
 * @param stateVector as `Y.encodeStateVector` writes it
 * @param deleteSet as it stands at the end of a Yjs v1 update of the whole state
 */
export function stateDigest(stateVector: Uint8Array, deleteSet: Uint8Array): Uint8Array {
  const bytes = encoding.encode((encoder) => {
    encoding.writeVarUint8Array(encoder, stateVector);
    encoding.writeVarUint8Array(encoder, deleteSet);
  });
  return Uint8Array.from(digest(bytes).subarray(0, DIGEST_BYTES));
}

// Frames of the `yjs` dialect: bytes <-> messages, one per frame (clients up to 3.0.0 read only the first). Pure: what is
// wrong with bytes is found here, and whatever fails later is a fault of ours. Formats: y-protocols sync.js,
// awareness.js, auth.js.

import { BadFrameError } from '@weft/protocol';
import * as decoding from 'lib0/decoding';

const SYNC = 0;
const AWARENESS = 1;
const AUTH = 2;
const QUERY_AWARENESS = 3;
const SYNC_STEP_1 = 0;
const SYNC_STEP_2 = 1;
const SYNC_UPDATE = 2;
const PERMISSION_DENIED = 0;

/** What a client says of its own presence: JSON, `null` when it leaves. */
export interface OwnPresence {
  readonly id: number;
  readonly json: string;
}

/** The bytes of a message are views into its frame, not copies. */
export type YjsMessage =
  | { readonly type: 'syncStep1'; readonly stateVector: Uint8Array }
  | { readonly type: 'syncStep2'; readonly update: Uint8Array }
  | { readonly type: 'update'; readonly update: Uint8Array }
  /** null when it speaks of others alone. */
  | { readonly type: 'awareness'; readonly own: OwnPresence | null }
  | { readonly type: 'queryAwareness' }
  /** An extension of others: a stock server skips it. */
  | { readonly type: 'unknown' };

/**
 * @param presenceId whose entry is looked for in an awareness frame; null takes the entry of a frame that has one alone
 * @throws BadFrameError and nothing else
 */
export function decodeYjsFrame(frame: Uint8Array, presenceId: number | null): YjsMessage {
  try {
    const decoder = decoding.createDecoder(frame);
    switch (decoding.readVarUint(decoder)) {
      case SYNC:
        return readSync(decoder);
      case AWARENESS:
        return { type: 'awareness', own: readAwareness(decoding.readVarUint8Array(decoder), presenceId) };
      case QUERY_AWARENESS:
        return { type: 'queryAwareness' };
      default:
        return { type: 'unknown' };
    }
  } catch (cause) {
    throw cause instanceof BadFrameError ? cause : new BadFrameError('the frame cannot be read', { cause });
  }
}

function readSync(decoder: decoding.Decoder): YjsMessage {
  const kind = decoding.readVarUint(decoder);
  const body = decoding.readVarUint8Array(decoder);
  switch (kind) {
    case SYNC_STEP_1:
      return { type: 'syncStep1', stateVector: body };
    case SYNC_STEP_2:
      return { type: 'syncStep2', update: body };
    case SYNC_UPDATE:
      return { type: 'update', update: body };
    default:
      throw new BadFrameError(`no sync message has the number ${kind}`);
  }
}

/** An id is in a frame once: what a hundred thousand more entries may say is not read. */
function readAwareness(update: Uint8Array, presenceId: number | null): OwnPresence | null {
  const decoder = decoding.createDecoder(update);
  const count = decoding.readVarUint(decoder);
  for (let i = 0; i < count; i++) {
    const id = decoding.readVarUint(decoder);
    // Its clock: the server has clocks of its own.
    decoding.readVarUint(decoder);
    if (id === presenceId || (presenceId === null && count === 1)) return { id, json: decoding.readVarString(decoder) };
    decoding.readVarUint8Array(decoder);
  }
  return null;
}

/** @param types numbers below 128 */
function frame(types: readonly number[], body: Uint8Array): Uint8Array {
  // One array of the right size: lib0's encoder takes two, and a view of the body, for each update.
  let lengthBytes = 1;
  for (let rest = body.length; rest > 0x7f; rest >>>= 7) lengthBytes += 1;
  const bytes = new Uint8Array(types.length + lengthBytes + body.length);
  let at = 0;
  for (const type of types) bytes[at++] = type;
  let rest = body.length;
  for (; rest > 0x7f; rest >>>= 7) bytes[at++] = 0x80 | (rest & 0x7f);
  bytes[at++] = rest;
  bytes.set(body, at);
  return bytes;
}

const syncFrame = (kind: number, body: Uint8Array): Uint8Array => frame([SYNC, kind], body);
export const syncStep1Frame = (stateVector: Uint8Array): Uint8Array => syncFrame(SYNC_STEP_1, stateVector);
export const syncStep2Frame = (update: Uint8Array): Uint8Array => syncFrame(SYNC_STEP_2, update);
export const updateFrame = (update: Uint8Array): Uint8Array => syncFrame(SYNC_UPDATE, update);
/** @param update as awareness.js encodes it */
export const awarenessFrame = (update: Uint8Array): Uint8Array => frame([AWARENESS], update);
export const deniedFrame = (reason: string): Uint8Array =>
  frame([AUTH, PERMISSION_DENIED], Buffer.from(reason, 'utf8'));

// What stands in an archive for the entries of a channel that were trimmed: the state at the last of them, and who wrote it. It comes
// in pieces, one or more. What can be computed from the state is not in it, so that an archive cannot say it falsely.

import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { MAX_OUTBOX_ID_LENGTH } from '@weft/protocol';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { ChannelBase, Checkpoint, Seq } from '../log/document-log.js';
import { readPeople, writePeople } from '../log/level/stored-values.js';

export interface ArchivedBase extends Pick<Checkpoint, 'seq' | 'state' | 'outboxes' | 'owners'> {
  /** Of the entry. */
  readonly timeMs: number;
  /** The channel's link after it. */
  readonly link: Uint8Array;
}

/** A record of an archive holds less than the largest states have. */
export const BASE_PIECE_BYTES = 4 * 1024 * 1024;
const MAX_BASE_BYTES = 256 * 1024 * 1024;
/** Of a state, decompressed: as much as a document that is imported may take in memory. */
const MAX_STATE_BYTES = 1024 * 1024 * 1024;
/** Ids of people are made by servers, and short. */
export const MAX_PERSON_LENGTH = 1024;

const inflate = promisify(inflateRaw);

export function encodeBase({ checkpoint, timeMs }: ChannelBase): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, timeMs);
  encoding.writeVarUint8Array(encoder, checkpoint.state);
  writePeople(encoder, checkpoint);
  return encoding.toUint8Array(encoder);
}

/** The pieces of a base as they are read. Each says how many bytes there are from it on. */
export class BasePieces {
  readonly #pieces: Uint8Array[] = [];
  #bytesLeft: number | null = null;

  /** @throws Error when it is not the next one */
  add(decoder: decoding.Decoder): void {
    const left = decoding.readVarUint(decoder);
    const piece = decoding.readTailAsUint8Array(decoder);
    if (left > MAX_BASE_BYTES || left < 1) throw new Error(`a base cannot have ${left} bytes`);
    if (left !== (this.#bytesLeft ?? left)) throw new Error('a piece of its base is missing');
    if (piece.length < 1 || piece.length > left) throw new Error('a piece of its base has another length than it says');
    this.#pieces.push(piece);
    this.#bytesLeft = left - piece.length;
  }

  get isWhole(): boolean {
    return this.#bytesLeft === 0;
  }

  /** @throws Error when it is none that a server would have written */
  decode(seq: Seq, link: Uint8Array): Promise<ArchivedBase> {
    return decodeBase(Buffer.concat(this.#pieces), seq, link);
  }
}

async function decodeBase(bytes: Uint8Array, seq: Seq, link: Uint8Array): Promise<ArchivedBase> {
  const decoder = decoding.createDecoder(bytes);
  const timeMs = decoding.readVarUint(decoder);
  const state = decoding.readVarUint8Array(decoder).slice();
  const { outboxes, owners } = readPeople(decoder);
  const isSound =
    seq > 0 &&
    [...outboxes].every(([id, clientSeq]) => id.length <= MAX_OUTBOX_ID_LENGTH && Number.isSafeInteger(clientSeq)) &&
    [...owners.values()].every((person) => person.length <= MAX_PERSON_LENGTH);
  if (!isSound) throw new Error(`what stands for its entries up to ${seq} is not what a server would have written`);
  await inflate(state, { maxOutputLength: MAX_STATE_BYTES });
  return { seq, timeMs, link, state, outboxes, owners };
}

// What a client shows for the entries it was told of (L3): half a link of the channel and a code over it that only who
// holds the store's secret can make. So a claim can be judged also for a seq the log does not have, and nobody can make
// one up to have a document's epoch changed.

import { hash, timingSafeEqual } from 'node:crypto';
import type { ChannelId, Seq } from '../document-log.js';

/** Bytes of the secret, made by chance with the store. */
export const SECRET_BYTES = 32;
const PROOF_BYTES = 16;
const LINK_PART_BYTES = 8;

const encoder = new TextEncoder();

export class Proofs {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /** @param link the channel's link after `seq` */
  make(id: ChannelId, epoch: number, seq: Seq, link: Uint8Array): Uint8Array {
    const linkPart = link.subarray(0, LINK_PART_BYTES);
    const proof = new Uint8Array(PROOF_BYTES);
    proof.set(linkPart);
    proof.set(this.#code(id, epoch, seq, linkPart), LINK_PART_BYTES);
    return proof;
  }

  /** @returns the beginning of the link that was told with `seq`, or null when nobody was told that */
  read(id: ChannelId, epoch: number, seq: Seq, proof: Uint8Array): Uint8Array | null {
    if (proof.length !== PROOF_BYTES) return null;
    const linkPart = proof.subarray(0, LINK_PART_BYTES);
    const isOurs = timingSafeEqual(proof.subarray(LINK_PART_BYTES), this.#code(id, epoch, seq, linkPart));
    return isOurs ? linkPart : null;
  }

  /** The secret stands at both ends and only a part of the hash is shown, so that no message can be lengthened. */
  #code(id: ChannelId, epoch: number, seq: Seq, linkPart: Uint8Array): Uint8Array {
    const name = encoder.encode(`${id.kind}/${id.document}`);
    const message = new Uint8Array(2 * SECRET_BYTES + 16 + LINK_PART_BYTES + name.length);
    const numbers = new DataView(message.buffer, SECRET_BYTES);
    message.set(this.#secret);
    numbers.setBigUint64(0, BigInt(epoch));
    numbers.setBigUint64(8, BigInt(seq));
    message.set(linkPart, SECRET_BYTES + 16);
    message.set(name, SECRET_BYTES + 16 + LINK_PART_BYTES);
    message.set(this.#secret, message.length - SECRET_BYTES);
    // A string costs a quarter of a hash object (chain.ts).
    return Buffer.from(hash('sha256', message, 'binary').slice(0, PROOF_BYTES - LINK_PART_BYTES), 'latin1');
  }
}

/** Whether a link begins like that. */
export const linkBeginsWith = (link: Uint8Array, part: Uint8Array): boolean =>
  part.every((byte, at) => byte === link[at]);

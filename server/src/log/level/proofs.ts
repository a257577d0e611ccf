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

/** The proofs of one channel in one epoch. */
export class Proofs {
  /** What is hashed; only seq and link change in it. */
  readonly #message: Uint8Array;
  readonly #numbers: DataView;
  readonly #seqAt: number;

  constructor(secret: Uint8Array, id: ChannelId, epoch: number) {
    const name = encoder.encode(`${id.kind}/${id.document}`);
    this.#message = new Uint8Array(2 * SECRET_BYTES + name.length + 16 + LINK_PART_BYTES);
    this.#numbers = new DataView(this.#message.buffer);
    const epochAt = SECRET_BYTES + name.length;
    this.#seqAt = epochAt + 8;
    // The secret stands at both ends and only a part of the hash is shown, so that no message can be lengthened.
    this.#message.set(secret);
    this.#message.set(name, SECRET_BYTES);
    this.#setNumber(epochAt, epoch);
    this.#message.set(secret, this.#message.length - SECRET_BYTES);
  }

  /** @param link the channel's link after `seq` */
  make(seq: Seq, link: Uint8Array): Uint8Array {
    const linkPart = link.subarray(0, LINK_PART_BYTES);
    const proof = new Uint8Array(PROOF_BYTES);
    proof.set(linkPart);
    const code = this.#code(seq, linkPart);
    for (let at = 0; at < PROOF_BYTES - LINK_PART_BYTES; at++) proof[LINK_PART_BYTES + at] = code.charCodeAt(at);
    return proof;
  }

  /** @returns the beginning of the link that was told with `seq`, or null when nobody was told that */
  read(seq: Seq, proof: Uint8Array): Uint8Array | null {
    if (!isWellFormed(proof)) return null;
    return timingSafeEqual(proof, this.make(seq, proof)) ? proof.subarray(0, LINK_PART_BYTES) : null;
  }

  /** As a string: that costs a quarter of a hash object (chain.ts). */
  #code(seq: Seq, linkPart: Uint8Array): string {
    this.#setNumber(this.#seqAt, seq);
    this.#message.set(linkPart, this.#seqAt + 8);
    return hash('sha256', this.#message, 'binary');
  }

  #setNumber(at: number, value: number): void {
    this.#numbers.setUint32(at, Math.floor(value / 2 ** 32));
    this.#numbers.setUint32(at + 4, value);
  }
}

/** Whether it may be the proof of some store. */
export const isWellFormed = (proof: Uint8Array): boolean => proof.length === PROOF_BYTES;

/** Whether a link begins like that. */
export const linkBeginsWith = (link: Uint8Array, part: Uint8Array): boolean =>
  part.every((byte, at) => byte === link[at]);

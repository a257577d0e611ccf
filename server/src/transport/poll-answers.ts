// Answers to polls as the way to a client. An answer holds what there is, joined to one frame; when there is nothing, it waits a
// while for something. Answers are numbered, and the newest is kept until the next poll says that it has arrived: one that was
// lost on the way is given again.

import type { ServerResponse } from 'node:http';
import { CarrierHeader, POLL_WITHIN_MS } from '@weft/protocol';
import type { Outgoing } from '../room/member.js';
import type { Downstream, DownstreamReader } from './downstream.js';
import { type Answer, closedAnswer, outOfOrder, respond, UNKNOWN_SESSION } from './http-answers.js';
import type { SendLimits } from './send-queue.js';

/** Bytes of one answer; one message may go over it. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** A poll that broke is made again by a client that lives; else it has gone. */
const GONE_AFTER_MS = 5000;

const NOTHING: Buffer = Buffer.alloc(0);

export class PollAnswers implements Downstream {
  readonly transport = 'poll';
  readonly #limits: SendLimits;
  readonly #reader: DownstreamReader;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** The newest answer, until it is known to have arrived, and its number. */
  #unread: Buffer = NOTHING;
  #answers = 0;
  /** A poll that is not answered yet. */
  #held: ServerResponse | null = null;
  #holdTimer: NodeJS.Timeout | undefined;
  #goneTimer: NodeJS.Timeout | undefined;
  #stallTimer: NodeJS.Timeout | undefined;
  #flush: NodeJS.Immediate | undefined;
  #isFull = false;
  #whenDrained: (() => void)[] = [];
  #ending: { readonly code: number; readonly reason: string } | null = null;
  #isEnded = false;

  constructor(limits: SendLimits, reader: DownstreamReader) {
    this.#limits = limits;
    this.#reader = reader;
  }

  /** Takes a poll. @param received the number of the newest answer that has arrived */
  poll(received: number, response: ServerResponse): void {
    clearTimeout(this.#goneTimer);
    // Whoever asks anew has given up waiting for the one before.
    this.#respondHeld(outOfOrder('Another poll came after this one.'));
    if (received === this.#answers - 1) return this.#write(response);
    if (received !== this.#answers) return respond(response, outOfOrder(`${this.#answers} answers were given.`));
    this.#arrived();
    // What is called back when nothing waits may have ended it.
    if (this.#isEnded) return respond(response, UNKNOWN_SESSION);
    this.#held = response;
    response.on('close', () => this.#broken(response));
    this.#holdTimer = setTimeout(() => this.#answer(), POLL_WITHIN_MS);
    this.#look();
  }

  get bytes(): number {
    return this.#waitingBytes + this.#unread.length;
  }

  get hasRoom(): boolean {
    return !this.#isFull;
  }

  push({ messages }: Outgoing): number {
    let bytes = 0;
    for (const message of messages) bytes += message.length;
    if (this.#isEnded) return bytes;
    this.#waiting.push(...messages);
    this.#waitingBytes += bytes;
    // What is said in one turn leaves in one answer.
    if (this.#held !== null) this.#flush ??= setImmediate(() => this.#look());
    if (!this.#isFull && this.bytes > this.#limits.maxWaitingBytes) {
      this.#isFull = true;
      this.#limits.metrics.fellBehind += 1;
      this.#stallTimer = setTimeout(() => this.#reader.stalled(), this.#limits.stalledAfterMs);
    }
    return bytes;
  }

  whenDrained(callback: () => void): void {
    if (this.#isEnded) return;
    this.#whenDrained.push(callback);
    if (this.#whenDrained.length === 1) this.#settle();
  }

  /** A poll is answered in time by itself. */
  ping(): void {}

  close(code: number, reason: string): void {
    this.#ending = { code, reason };
    this.#look();
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#isFull = false;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#unread = NOTHING;
    this.#whenDrained = [];
    this.#held?.destroy();
    this.#held = null;
    for (const timer of [this.#holdTimer, this.#goneTimer, this.#stallTimer]) clearTimeout(timer);
    clearImmediate(this.#flush);
  }

  /** Answers the poll that is held, if there is something to say. */
  #look(): void {
    this.#flush = undefined;
    if (this.#held === null) return;
    if (this.#waiting.length > 0) this.#answer();
    else if (this.#ending !== null) {
      this.#respondHeld(closedAnswer(this.#ending.code, this.#ending.reason));
      this.#reader.gone();
    }
  }

  #answer(): void {
    const response = this.#release();
    if (response === null) return;
    this.#answers += 1;
    this.#unread = this.#takeWaiting();
    this.#write(response);
  }

  #takeWaiting(): Buffer {
    let count = 0;
    let bytes = 0;
    for (const { length } of this.#waiting) {
      if (count > 0 && bytes + length > MAX_ANSWER_BYTES) break;
      count += 1;
      bytes += length;
    }
    this.#waitingBytes -= bytes;
    return Buffer.concat(this.#waiting.splice(0, count), bytes);
  }

  #write(response: ServerResponse): void {
    this.#limits.metrics.writes += 1;
    response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': this.#unread.length,
      [CarrierHeader.answer]: this.#answers,
    });
    response.end(this.#unread);
  }

  #arrived(): void {
    if (this.#unread.length > 0) {
      this.#unread = NOTHING;
      this.#reader.moved();
      this.#stallTimer?.refresh();
    }
    this.#settle();
  }

  /** If nothing waits, whoever waited for that is called. Each may push before the next. */
  #settle(): void {
    while (this.bytes === 0 && !this.#isEnded) {
      this.#isFull = false;
      clearTimeout(this.#stallTimer);
      this.#stallTimer = undefined;
      const next = this.#whenDrained[0];
      if (next === undefined) return;
      next();
      this.#whenDrained.shift();
    }
  }

  #respondHeld(answer: Answer): void {
    const response = this.#release();
    if (response !== null) respond(response, answer);
  }

  #release(): ServerResponse | null {
    clearTimeout(this.#holdTimer);
    const response = this.#held;
    this.#held = null;
    return response;
  }

  #broken(response: ServerResponse): void {
    if (response !== this.#held) return;
    this.#release();
    this.#goneTimer = setTimeout(() => this.#reader.gone(), GONE_AFTER_MS);
  }
}

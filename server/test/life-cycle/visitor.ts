// Somebody who comes to a document, types, and leaves, over a session of the `weft` dialect. A visitor checks everything it
// is told against what it may expect, and against what others were promised before it came.

import { inflateRawSync } from 'node:zlib';
import {
  type ClientMessage,
  CloseCode,
  clientCodec,
  type Message,
  PROTOCOL_VERSION,
  type ServerMessage,
  serverCodec,
} from '@weft/protocol';
import * as Y from 'yjs';
import { GUEST_KEY_BYTES, Guests } from '../../src/access/guests.js';
import { LiveSessions } from '../../src/access/live-sessions.js';
import { openAccess } from '../../src/access/test/open-access.js';
import { WeftSession } from '../../src/dialect/weft-session.js';
import { defaultLimits } from '../../src/limits.js';
import { DialectMetrics } from '../../src/metrics/metrics.js';
import type { Outgoing } from '../../src/room/member.js';
import type { RoomRegistry } from '../../src/room/room-registry.js';

/** What somebody who was in a document before still holds of it (L3). */
export interface Memory {
  readonly epoch: number;
  readonly seq: number;
  readonly proof: Uint8Array;
  /** Yjs update with everything. */
  readonly state: Uint8Array;
}

export interface VisitorInit {
  readonly number: number;
  readonly registry: RoomRegistry;
  readonly document: string;
  readonly memory: Memory | null;
  /** Words known to be saved in this document, by anybody: shared by all its visitors, who add to it. */
  readonly saved: Set<string>;
  readonly violation: (what: string) => void;
}

export class Visitor {
  /** How this visitor is called in what it writes, and its outbox. */
  readonly name: string;
  readonly #init: VisitorInit;
  readonly #session: WeftSession;
  readonly #doc = new Y.Doc();
  readonly #whenAnswered: Promise<void>;
  #answered = (): void => {};
  #savedSomething = (): void => {};
  #phase: 'coming' | 'waiting' | 'in' | 'refused' | 'dismissed' | 'gone' = 'coming';
  #channel = 0;
  #epoch = 0;
  /** Every entry up to this one was told, with this proof. */
  #seq = 0;
  #proof = new Uint8Array();
  #sent = 0;
  #savedClientSeq = 0;
  /** From this clientSeq on the server has thrown everything away. */
  #turnedDownFrom = Number.POSITIVE_INFINITY;
  /** What was saved when the request to open was sent: it has to be in the answer. */
  #mustHave: readonly string[] = [];

  constructor(init: VisitorInit) {
    this.#init = init;
    this.name = `visitor-${init.number}`;
    this.#doc.clientID = init.number;
    this.#whenAnswered = new Promise((resolve) => {
      this.#answered = resolve;
    });
    this.#session = new WeftSession({
      registry: init.registry,
      access: openAccess(new Guests(new Uint8Array(GUEST_KEY_BYTES))),
      sessions: new LiveSessions(defaultLimits, null),
      metrics: new DialectMetrics(),
      connection: {
        address: '',
        transport: 'websocket',
        send: (out) => this.#receive(out),
        hasRoom: true,
        whenDrained: (callback) => callback(),
        close: (code, reason) => this.#violation(`its connection is closed with ${code}: ${reason}`),
        fail: (error) => this.#violation(`its session failed: ${(error as Error).stack}`),
      },
      sessionId: this.name,
      software: 'test',
    });
  }

  get document(): string {
    return this.#init.document;
  }
  get isIn(): boolean {
    return this.#phase === 'in';
  }
  get wasRefused(): boolean {
    return this.#phase === 'refused';
  }
  get isSaved(): boolean {
    return this.#savedClientSeq >= this.taken;
  }
  /** Words sent that the server has taken, whether or not it has said that they are saved. */
  get taken(): number {
    return Math.min(this.#sent, this.#turnedDownFrom - 1);
  }
  /** Room and epoch of the open document: those who are in it at the same time have the same. */
  get place(): string {
    return `room ${this.#channel}, epoch ${this.#epoch}`;
  }

  knock(): void {
    this.#phase = 'waiting';
    this.#mustHave = [...this.#init.saved];
    const { document, number, memory } = this.#init;
    const { epoch, seq, proof } = memory ?? { epoch: 0, seq: 0, proof: new Uint8Array() };
    this.#say(
      {
        type: 'Hello',
        version: PROTOCOL_VERSION,
        client: 'test',
        name: this.name,
        color: '#2a6f97',
        token: '',
        guest: '',
      },
      { type: 'Open', ref: 1, document, kind: 0, clientId: number, outboxId: this.name, epoch, seq, proof, link: '' },
    );
  }

  /** Resolves once the request to open is answered, or nobody waits for it any more. */
  whenAnswered(): Promise<void> {
    return this.#whenAnswered;
  }

  /** Writes a word and shows a caret after it. */
  type(): void {
    if (this.#phase !== 'in') return;
    this.#sent += 1;
    const before = Y.encodeStateVector(this.#doc);
    this.#doc.getMap('words').set(`${this.name}/${this.#sent}`, 1);
    const update = Y.encodeStateAsUpdate(this.#doc, before);
    const [channel, clientSeq] = [this.#channel, this.#sent];
    this.#say({ type: 'Update', channel, clientSeq, update }, { type: 'Presence', channel, clientSeq, state: '{}' });
  }

  /** Resolves once everything taken is saved. */
  async whenSaved(): Promise<void> {
    while (this.#phase === 'in' && !this.isSaved) {
      await new Promise<void>((resolve) => {
        this.#savedSomething = resolve;
      });
    }
  }

  /** What it can show when it comes again; null unless it is in and all of its own is saved. */
  get memory(): Memory | null {
    if (this.#phase !== 'in' || !this.isSaved) return null;
    return { epoch: this.#epoch, seq: this.#seq, proof: this.#proof, state: Y.encodeStateAsUpdate(this.#doc) };
  }

  /** Closes the document, or lets the connection break. */
  leave(how: 'close' | 'break'): void {
    if (this.#phase === 'gone') return;
    if (how === 'close' && this.#phase === 'in') this.#say({ type: 'Close', channel: this.#channel });
    this.#phase = 'gone';
    if (how === 'break' || this.#channel === 0) this.#session.closed();
    this.#answered();
    this.#savedSomething();
  }

  #say(...messages: ClientMessage[]): void {
    this.#session.receive(clientCodec.encode(...messages));
  }

  #receive(out: Outgoing): void {
    for (const frame of out.messages) {
      const messages = serverCodec.decode(frame);
      for (const message of messages) this.#hear(message);
      if (messages[0]?.type === 'Opened') this.#checkOpened();
    }
  }

  #hear(message: ServerMessage): void {
    if (message.type === 'Welcome') return;
    if (this.#phase === 'gone') return this.#violation(`hears ${message.type} after it left`);
    if (message.type === 'Opened') return this.#opened(message);
    if (message.type === 'Closed' && this.#phase === 'waiting') {
      this.#phase = 'refused';
      return this.#answered();
    }
    if (this.#phase !== 'in') return this.#violation(`hears ${message.type} before it is in`);
    switch (message.type) {
      case 'Entries':
        if (message.firstSeq !== this.#seq + 1) {
          this.#violation(`hears of entry ${message.firstSeq} after entry ${this.#seq}`);
        }
        this.#seq += message.updates.length;
        this.#proof = message.proof.slice();
        for (const update of message.updates) Y.applyUpdate(this.#doc, update);
        return;
      case 'Saved':
        return this.#saved(message);
      case 'Busy':
      case 'Refused':
      case 'Resync':
        if (message.type !== 'Busy') this.#violation(`is answered ${message.type}`);
        this.#turnedDownFrom = message.clientSeq;
        return this.#savedSomething();
      case 'Presence':
        return;
      case 'Hash':
        if (message.seq !== this.#seq)
          this.#violation(`hears what entry ${message.seq} shows after entry ${this.#seq}`);
        return;
      case 'Closed':
        if (message.code !== CloseCode.Replaced || message.channel !== this.#channel) break;
        if (!this.isSaved) this.#violation('is sent away before it was told what is saved');
        this.#phase = 'dismissed';
        return this.#savedSomething();
    }
    this.#violation(`hears ${message.type}`);
  }

  #opened({ channel, epoch, held, proof, checkpoint, checkpointSeq }: Message<ServerMessage, 'Opened'>): void {
    if (this.#phase !== 'waiting') return this.#violation('is told Opened twice');
    this.#phase = 'in';
    this.#channel = channel;
    this.#epoch = epoch;
    this.#seq = checkpointSeq;
    this.#proof = proof.slice();
    const { memory } = this.#init;
    if (memory && held !== memory.seq) this.#violation(`held up to ${memory.seq}, and is believed ${held}`);
    if (memory) Y.applyUpdate(this.#doc, memory.state);
    if (checkpoint.length > 0) Y.applyUpdate(this.#doc, inflateRawSync(checkpoint));
    this.#answered();
  }

  /** The first frame holds all that was saved before it was asked for. */
  #checkOpened(): void {
    const words = this.#doc.getMap('words');
    const missing = this.#mustHave.filter((word) => !words.has(word));
    if (missing.length > 0) this.#violation(`is let in without ${missing.join(', ')}, which was saved before`);
  }

  #saved({ clientSeq, seq, proof }: Message<ServerMessage, 'Saved'>): void {
    if (clientSeq > this.taken)
      this.#violation(`is told that ${clientSeq} is saved, of which ${this.taken} were taken`);
    if (seq < this.#seq) this.#violation(`is told of seq ${seq} after seq ${this.#seq}`);
    for (let word = this.#savedClientSeq + 1; word <= clientSeq; word++) this.#init.saved.add(`${this.name}/${word}`);
    this.#savedClientSeq = clientSeq;
    this.#seq = seq;
    this.#proof = proof.slice();
    this.#savedSomething();
  }

  #violation(what: string): void {
    this.#init.violation(`${this.name} in ${this.#init.document} ${what}`);
  }
}

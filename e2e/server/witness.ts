// Somebody who may everything and watches one channel: what others got into the log since the last look, and whether the
// server's document is still what all that was seen to be accepted makes of it.

import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import * as decoding from 'lib0/decoding';
import { expect } from 'vitest';
import * as Y from 'yjs';
import { BareWeft } from './harness.js';

export class Witness {
  /** The channel as it should be: every accepted change applied. */
  readonly doc = new Y.Doc();
  /** The number of the room on the wire: the same for every session in it. */
  readonly channel: number;
  /** Who is shown to be here. */
  readonly states = new Map<number, Readonly<Record<string, unknown>>>();
  readonly #server: { readonly url: string };
  readonly #token: string;
  readonly #document: string;
  readonly #kind: number;
  readonly #socket: BareWeft;
  #clientSeq = 0;
  #head = 0;
  #looks = 0;

  private constructor(at: WitnessPlace, socket: BareWeft, channel: number) {
    this.#server = at.server;
    this.#token = at.token;
    this.#document = at.document;
    this.#kind = at.kind;
    this.#socket = socket;
    this.channel = channel;
  }

  /** The channel has to be empty. */
  static async sitDown(at: WitnessPlace): Promise<Witness> {
    const socket = new BareWeft(at.server);
    await socket.hello('Witness', at.token);
    const clientId = new Y.Doc().clientID;
    await socket.ask(at.document, { kind: at.kind, clientId, outboxId: `witness ${clientId}` });
    const { channel, head } = await socket.next('Opened');
    expect(head).toBe(0);
    const witness = new Witness(at, socket, channel);
    witness.doc.clientID = clientId;
    await witness.look();
    return witness;
  }

  /** Resolves once all that was shown before is noted in `states`: a caret of its own comes back behind it. */
  async look(): Promise<void> {
    this.#looks += 1;
    const state = JSON.stringify({ look: this.#looks });
    await this.#socket.say({ type: 'Presence', channel: this.channel, clientSeq: 0, state });
    while (this.states.get(this.doc.clientID)?.look !== this.#looks) {
      this.#note((await this.#socket.next('Presence')).entries);
    }
  }

  /** Writes; resolves once it is on disk. @returns what others had got into the log before, since the last time */
  async write(text = '.'): Promise<readonly Uint8Array[]> {
    let update: Uint8Array = new Uint8Array();
    this.doc.once('update', (bytes: Uint8Array) => {
      update = bytes;
    });
    this.doc.getText('text').insert(0, text);
    this.#clientSeq += 1;
    await this.#socket.say({ type: 'Update', channel: this.channel, clientSeq: this.#clientSeq, update });
    const news: Uint8Array[] = [];
    for (;;) {
      const message = await this.#socket.next('Entries', 'Saved', 'Refused', 'Resync', 'Presence');
      if (message.type === 'Presence') this.#note(message.entries);
      else if (message.type === 'Entries') news.push(...message.updates);
      else {
        expect(message).toMatchObject({ type: 'Saved', clientSeq: this.#clientSeq });
        const others = news.filter((bytes) => !Buffer.from(bytes).equals(update));
        for (const bytes of others) Y.applyUpdate(this.doc, bytes);
        this.#head += 1 + others.length;
        return others;
      }
    }
  }

  /** The log has what was seen to be accepted, and nothing else: its length and the hash of what it makes are compared. */
  async checkNothingElse(): Promise<void> {
    const socket = new BareWeft(this.#server);
    await socket.hello('Check', this.#token);
    await socket.ask(this.#document, { kind: this.#kind, clientId: new Y.Doc().clientID, outboxId: 'check' });
    const opened = await socket.next('Opened');
    const doc = new Y.Doc();
    if (opened.checkpoint.length > 0) Y.applyUpdate(doc, inflateRawSync(opened.checkpoint));
    for (let seq = opened.checkpointSeq; seq < opened.head; ) {
      const { updates } = await socket.next('Entries');
      for (const update of updates) Y.applyUpdate(doc, update);
      seq += updates.length;
    }
    socket.webSocket.terminate();
    expect([opened.head, hashOf(doc)]).toEqual([this.#head, hashOf(this.doc)]);
  }

  #note(update: Uint8Array): void {
    for (const [id, state] of statesIn(update)) {
      if (state === null) this.states.delete(id);
      else this.states.set(id, state);
    }
  }
}

export interface WitnessPlace {
  readonly server: { readonly url: string };
  readonly token: string;
  readonly document: string;
  readonly kind: number;
}

/** What an awareness update says of whom; null: gone. */
export function statesIn(update: Uint8Array): Map<number, Readonly<Record<string, unknown>> | null> {
  const decoder = decoding.createDecoder(update);
  const states = new Map<number, Readonly<Record<string, unknown>> | null>();
  for (let count = decoding.readVarUint(decoder); count > 0; count--) {
    const id = decoding.readVarUint(decoder);
    decoding.readVarUint(decoder);
    states.set(id, JSON.parse(decoding.readVarString(decoder)));
  }
  return states;
}

/** Of the text and of what was ever written and deleted: two documents with the same text and another history differ. */
const hashOf = (doc: Y.Doc): string =>
  createHash('sha256')
    .update(doc.getText('text').toString())
    .update(Y.encodeSnapshot(Y.snapshot(doc)))
    .digest('hex');

// The `weft` dialect as a load: Hello and Open in one frame, Updates, Presence. Messages are read by the schema's own table,
// in place; only those of a join are decoded.

import { inflateRawSync } from 'node:zlib';
import {
  type ClientMessage,
  CloseCode,
  clientCodec,
  clientSchema,
  PROTOCOL_VERSION,
  type ServerMessage,
  serverCodec,
} from '@weft/protocol';
import * as encoding from 'lib0/encoding';
import type { BenchClient, Held, Place } from '../scenario.js';
import { Listeners } from './listeners.js';
import { LoadSocket, type Target } from './load-socket.js';
import { WeftReader } from './weft-reader.js';

const NOTHING = new Uint8Array();
const OWN_REF = 1;

type Opened = Extract<ServerMessage, { type: 'Opened' }>;

const reader = new WeftReader();

export class WeftClient extends Listeners implements BenchClient {
  readonly joined: Uint8Array[] = [];
  #socket!: LoadSocket;
  #opened: Opened | null = null;
  /** The newest entry it was told. */
  #seq = 0;
  /** Entries up to here it was told before it fell behind. */
  #toldSeq = 0;
  #document = '';
  #clientId = 0;
  #isJoined = false;
  #clientSeq = 0;
  #pings = 0;
  #whenJoined: (error?: Error) => void = () => {};

  /** @param held null for who comes for the first time */
  static async join(target: Target, document: string, clientId: number, held: Held | null): Promise<WeftClient> {
    const client = new WeftClient();
    await client.#join(target, document, clientId, held?.place ?? null);
    return client;
  }

  get place(): Place | null {
    if (this.#opened === null) return null;
    const { epoch, head, proof } = this.#opened;
    return { epoch, seq: head, proof };
  }

  get receivedBytes(): number {
    return this.#socket.receivedBytes;
  }

  update(update: Uint8Array): void {
    this.#clientSeq += 1;
    const head = encoding.createEncoder();
    encoding.writeVarUint(head, clientSchema.Update.tag);
    encoding.writeVarUint(head, this.#opened!.channel);
    encoding.writeVarUint(head, this.#clientSeq);
    encoding.writeVarUint(head, update.length);
    this.#socket.send(encoding.toUint8Array(head), update);
  }

  awareness(_clientId: number, _clock: number, state: string): void {
    this.#send({ type: 'Presence', channel: this.#opened!.channel, clientSeq: this.#clientSeq, state });
  }

  beat(): void {
    this.#pings += 1;
    this.#send({ type: 'Ping', nonce: this.#pings });
  }

  whenDrained(): Promise<void> {
    return this.#socket.whenDrained();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  async #join(target: Target, document: string, clientId: number, place: Place | null): Promise<void> {
    const joined = new Promise<void>((resolve, reject) => {
      this.#whenJoined = (error) => (error ? reject(error) : resolve());
    });
    joined.catch(() => {});
    this.#socket = new LoadSocket(target, {
      onMessage: this.#receive,
      onClosed: (code, reason) => {
        this.#whenJoined(new Error(`closed with ${code} while joining: ${reason}`));
        if (this.#isJoined) this.onClosed(code, reason);
      },
    });
    await this.#socket.opened;
    this.#document = document;
    this.#clientId = clientId;
    this.#send(
      {
        type: 'Hello',
        version: PROTOCOL_VERSION,
        client: 'weft-bench',
        name: `Person ${clientId % 1000}`,
        color: '#59636e',
        token: '',
        guest: '',
      },
      this.#openMessage(place),
    );
    await joined;
  }

  #openMessage(place: Place | null): ClientMessage {
    return {
      type: 'Open',
      ref: OWN_REF,
      document: this.#document,
      kind: 0,
      clientId: this.#clientId,
      outboxId: `bench-${this.#clientId}`,
      epoch: place?.epoch ?? 0,
      seq: place?.seq ?? 0,
      proof: place?.proof ?? NOTHING,
      link: '',
    };
  }

  readonly #receive = (bytes: Uint8Array, from: number, to: number): void => {
    reader.set(bytes, from, to);
    while (reader.hasMore) {
      const message = reader.next();
      if (message === 'Entries') this.#entries(bytes);
      else if (message === 'Presence') {
        reader.enter('Presence', 'entries');
        const start = reader.field.run();
        this.onAwareness(bytes, start, reader.field.at);
      } else if (message === 'Saved') this.onSaved(reader.uint('Saved', 'clientSeq'));
      else this.#other(serverCodec.decode(bytes.slice(reader.start, reader.end))[0]!);
    }
  };

  #entries(bytes: Uint8Array): void {
    const firstSeq = reader.uint('Entries', 'firstSeq');
    reader.enter('Entries', 'updates');
    const field = reader.field;
    let seq = firstSeq - 1;
    for (let left = field.uint(); left > 0; left--) {
      seq += 1;
      const start = field.run();
      // A frame may hold what this client wrote itself, and so has passed already.
      if (!this.#isJoined) this.joined.push(bytes.slice(start, field.at));
      else if (seq <= this.#toldSeq) this.onState(bytes, start, field.at);
      else this.onUpdate(bytes, start, field.at);
    }
    this.#seq = seq;
    this.#look();
  }

  #other(message: ServerMessage): void {
    switch (message.type) {
      case 'Opened': {
        const state = message.checkpoint.length === 0 ? null : new Uint8Array(inflateRawSync(message.checkpoint));
        this.#seq = message.checkpointSeq;
        this.#opened = message;
        if (state !== null && !this.#isJoined) this.joined.push(state);
        else if (state !== null) this.onState(state, 0, state.length);
        return this.#look();
      }
      case 'Closed':
        if (message.code === CloseCode.SlowReader) {
          this.#toldSeq = this.#seq;
          return this.#send(this.#openMessage(null));
        }
        throw new Error(`the document is closed with ${message.code}: ${message.reason}`);
      case 'Refused':
      case 'Resync':
      case 'Busy':
      case 'Storage':
        throw new Error(`the server answers ${JSON.stringify(message)}`);
      default:
    }
  }

  #look(): void {
    if (this.#isJoined || this.#opened === null || this.#seq < this.#opened.head) return;
    this.#isJoined = true;
    this.#whenJoined();
  }

  #send(...messages: readonly ClientMessage[]): void {
    this.#socket.send(clientCodec.encode(...messages), NOTHING);
  }
}

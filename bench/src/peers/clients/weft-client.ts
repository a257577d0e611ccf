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
import { LoadClient } from './load-client.js';
import type { Target } from './load-socket.js';
import { WeftReader } from './weft-reader.js';

const NOTHING = new Uint8Array();
const OWN_REF = 1;

type Opened = Extract<ServerMessage, { type: 'Opened' }>;

const reader = new WeftReader();

export class WeftClient extends LoadClient implements BenchClient {
  #opened: Opened | null = null;
  /** The newest entry it was told. */
  #seq = 0;
  /** Entries up to here it was told before it fell behind. */
  #toldSeq = 0;
  readonly #document: string;
  readonly #clientId: number;
  #clientSeq = 0;
  #pings = 0;

  private constructor(document: string, clientId: number) {
    super();
    this.#document = document;
    this.#clientId = clientId;
  }

  /** @param held null for who comes for the first time */
  static async open(target: Target, document: string, clientId: number, held: Held | null): Promise<WeftClient> {
    const client = new WeftClient(document, clientId);
    await client.join(target, () => client.#greet(held?.place ?? null));
    return client;
  }

  get place(): Place | null {
    if (this.#opened === null) return null;
    const { epoch, head, proof } = this.#opened;
    return { epoch, seq: head, proof };
  }

  update(update: Uint8Array): void {
    this.#clientSeq += 1;
    const head = encoding.createEncoder();
    encoding.writeVarUint(head, clientSchema.Update.tag);
    encoding.writeVarUint(head, this.#opened!.channel);
    encoding.writeVarUint(head, this.#clientSeq);
    encoding.writeVarUint(head, update.length);
    this.sendFrame(encoding.toUint8Array(head), update);
  }

  awareness(_clientId: number, _clock: number, state: string): void {
    this.#send({ type: 'Presence', channel: this.#opened!.channel, clientSeq: this.#clientSeq, state });
  }

  beat(): void {
    this.#pings += 1;
    this.#send({ type: 'Ping', nonce: this.#pings });
  }

  #greet(place: Place | null): void {
    this.#send(
      {
        type: 'Hello',
        version: PROTOCOL_VERSION,
        client: 'weft-bench',
        name: `Person ${this.#clientId % 1000}`,
        color: '#59636e',
        token: '',
        guest: '',
      },
      this.#openMessage(place),
    );
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

  protected readonly receive = (bytes: Uint8Array, from: number, to: number): void => {
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
      if (!this.isJoined) this.joined.push(bytes.slice(start, field.at));
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
        if (state !== null && !this.isJoined) this.joined.push(state);
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
    if (this.isJoined || this.#opened === null || this.#seq < this.#opened.head) return;
    this.hasJoined();
  }

  #send(...messages: readonly ClientMessage[]): void {
    this.sendFrame(clientCodec.encode(...messages), NOTHING);
  }
}

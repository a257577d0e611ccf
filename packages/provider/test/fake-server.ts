// A server that says what a test tells it to, on the far side of a fake WebSocket. Bytes move when the test says so:
// nothing is delivered by itself, and every frame goes through the real codec.

import {
  type ClientMessage,
  clientCodec,
  MAX_UPDATE_BYTES,
  type Message,
  PROTOCOL_VERSION,
  type ServerMessage,
  serverCodec,
} from '@weft/protocol';
import { deflateSync } from 'fflate';
import { createEncoder, toUint8Array, writeVarString, writeVarUint } from 'lib0/encoding';
import * as Y from 'yjs';
import { Connection, type ConnectionOptions } from '../src/connection.js';

type Handler = ((event: object) => void) | null;

/** One fake WebSocket, seen from the server. */
export class FakeSocket {
  binaryType = 'blob';
  bufferedAmount = 0;
  /** As a browser has it: 0 connecting, 1 open, 2 closing, 3 closed. */
  readyState = 0;
  onopen: Handler = null;
  onmessage: Handler = null;
  onclose: Handler = null;
  onerror: Handler = null;
  readonly url: string;
  readonly frames: Uint8Array[] = [];
  closedByClient: number | null = null;
  #read = 0;

  constructor(url: string) {
    this.url = url;
  }

  /** Ended by either side. */
  get isOver(): boolean {
    return this.readyState > 1;
  }

  /** @throws where a browser would complain in its console */
  send(frame: Uint8Array): void {
    if (this.readyState !== 1) throw new Error('WebSocket is not open.');
    this.frames.push(frame);
  }

  close(code = 1005): void {
    if (this.isOver) return;
    this.readyState = 2;
    this.closedByClient = code;
  }

  /** Answers the handshake; the client may speak now. */
  open(): void {
    this.readyState = 1;
    this.onopen?.({});
  }

  /** The server closes it, and the client has not been told yet. */
  startClosing(): void {
    this.readyState = 2;
  }

  /** The frames that the client sent since the last call. */
  takeFrames(): Uint8Array[] {
    const fresh = this.frames.slice(this.#read);
    this.#read = this.frames.length;
    return fresh;
  }

  /** What the client sent since the last call. */
  heard(): ClientMessage[] {
    return this.takeFrames().flatMap((frame) => clientCodec.decode(frame));
  }

  /** An Opened with the ref 0 answers the newest Open. */
  say(...messages: ServerMessage[]): void {
    const answered = messages.map((message) =>
      message.type === 'Opened' && message.ref === 0 ? { ...message, ref: this.#newestRef() } : message,
    );
    this.sayBytes(serverCodec.encode(...answered));
  }

  #newestRef(): number {
    const opens = this.frames.flatMap((frame) => clientCodec.decode(frame)).filter(({ type }) => type === 'Open');
    return (opens.at(-1) as Message<ClientMessage, 'Open'> | undefined)?.ref ?? 0;
  }

  sayBytes(frame: Uint8Array<ArrayBuffer>): void {
    this.onmessage?.({ data: frame.buffer.slice(frame.byteOffset, frame.byteOffset + frame.byteLength) });
  }

  /** Ends the connection as the server, or the network, would. */
  breakOff(code = 1006, reason = ''): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
}

export class FakeServer {
  readonly sockets: FakeSocket[] = [];

  /** A constructor for the option `WebSocket`. */
  get WebSocket() {
    const { sockets } = this;
    return class extends FakeSocket {
      constructor(url: string) {
        super(url);
        sockets.push(this);
      }
    };
  }

  connect(options: Partial<ConnectionOptions> = {}): Connection {
    return new Connection({
      url: 'ws://test/weft',
      person: { name: 'Ann', color: '#aa0000' },
      WebSocket: this.WebSocket,
      transports: ['websocket'],
      random: () => 0.5,
      ...options,
    });
  }

  /** The newest socket. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('nobody has connected');
    return socket;
  }

  /** Opens the newest socket and welcomes; returns what the client said first. */
  async accept(): Promise<ClientMessage[]> {
    this.socket.open();
    const first = await this.heard();
    this.socket.say(welcome());
    return first;
  }

  /** What the client sent since the last call, this turn's flush included. */
  async heard(): Promise<ClientMessage[]> {
    await turn();
    return this.socket.heard();
  }

  say(...messages: ServerMessage[]): void {
    this.socket.say(...messages);
  }
}

/** Lets the microtasks of this turn run. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 4; i++) await Promise.resolve();
}

export function welcome(fields: Partial<Message<ServerMessage, 'Welcome'>> = {}): ServerMessage {
  return {
    type: 'Welcome',
    version: PROTOCOL_VERSION,
    server: 'test',
    session: 's1',
    maxUpdateBytes: MAX_UPDATE_BYTES,
    person: '',
    name: 'Ann',
    color: '#aa0000',
    expiresAtMs: 0,
    ...fields,
  };
}

/** Answers the newest Open with a channel that is empty, or whose checkpoint is the state of `doc`. */
export function opened(fields: Partial<Message<ServerMessage, 'Opened'>> = {}, doc?: Y.Doc): ServerMessage {
  return {
    type: 'Opened',
    ref: 0,
    channel: 1,
    epoch: 1,
    access: 1,
    savedClientSeq: 0,
    held: fields.checkpointSeq ?? 0,
    head: 0,
    proof: proofOf(fields.head ?? 0),
    checkpointSeq: 0,
    checkpoint: doc ? deflateSync(Y.encodeStateAsUpdate(doc)) : new Uint8Array(),
    role: 3,
    ...fields,
  };
}

export function entries(firstSeq: number, ...updates: Uint8Array[]): ServerMessage {
  return { type: 'Entries', channel: 1, firstSeq, updates, proof: proofOf(firstSeq + updates.length - 1) };
}

export function saved(clientSeq: number, seq: number, timeMs = 1000): ServerMessage {
  return { type: 'Saved', channel: 1, clientSeq, seq, proof: proofOf(seq), timeMs };
}

/** Answers Check: whether the server holds the same at that seq; 2 says no, and what it holds. */
export function checked(seq: number, verdict = 1, doc?: Y.Doc): ServerMessage {
  return { type: 'Checked', channel: 1, seq, verdict, stateVector: doc ? Y.encodeStateVector(doc) : new Uint8Array() };
}

/** What this server tells with a seq: any bytes will do, for a client does not look into them. */
export const proofOf = (seq: number): Uint8Array => new Uint8Array(16).fill(seq);

/** An awareness update as y-protocols would write it; `null` says that the client has left. */
export function presence(...people: [clientId: number, clock: number, state: object | null][]): ServerMessage {
  const encoder = createEncoder();
  writeVarUint(encoder, people.length);
  for (const [clientId, clock, state] of people) {
    writeVarUint(encoder, clientId);
    writeVarUint(encoder, clock);
    writeVarString(encoder, JSON.stringify(state));
  }
  return { type: 'Presence', channel: 1, entries: toUint8Array(encoder) };
}

/** A Y.Doc of somebody else, and the updates that made it, in order. */
export function writer(clientId: number): { doc: Y.Doc; updates: Uint8Array[]; type(text: string): Uint8Array } {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  return {
    doc,
    updates,
    type(text) {
      doc.getText('t').insert(doc.getText('t').length, text);
      return updates.at(-1)!;
    },
  };
}

export const typed = (messages: readonly ClientMessage[]): string[] => messages.map((message) => message.type);

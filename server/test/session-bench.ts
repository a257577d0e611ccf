// Sessions of both dialects over the real rooms and a log in memory, with access as a test says it. Everything happens in
// this thread: `settled` lets it all run until nothing is left to do.

import {
  type ClientMessage,
  clientCodec,
  type DocumentName,
  type Message,
  PROTOCOL_VERSION,
  type ServerMessage,
  serverCodec,
} from '@weft/protocol';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { vi } from 'vitest';
import * as Y from 'yjs';
import type { Audit, AuditNote } from '../src/access/audit.js';
import { LiveSessions } from '../src/access/live-sessions.js';
import { Refusals } from '../src/access/refusals.js';
import type { Connection, Session } from '../src/dialect/connection.js';
import { createDialects, type Dialects } from '../src/dialect/dialects.js';
import { inlineHistory } from '../src/history/inline-history.js';
import { defaultLimits, type Limits } from '../src/limits.js';
import type { DocumentLog } from '../src/log/document-log.js';
import { openMemoryLog } from '../src/log/memory-log.js';
import { MemoryStore } from '../src/log/memory-store.js';
import type { Outgoing } from '../src/room/member.js';
import { RoomRegistry } from '../src/room/room-registry.js';
import { FakeAccess } from './fake-access.js';

interface HeldDisk {
  held: Promise<void> | null;
  letGo: () => void;
}

export class SessionBench {
  readonly access = new FakeAccess();
  readonly sessions: LiveSessions;
  readonly log: DocumentLog;
  readonly registry: RoomRegistry;
  readonly noted: AuditNote[] = [];
  readonly #dialects: Dialects;
  readonly #disk: HeldDisk;

  private constructor(log: DocumentLog, disk: HeldDisk, limits: Limits) {
    this.log = log;
    this.#disk = disk;
    const audit: Audit = { note: (what) => this.noted.push(what) };
    this.sessions = new LiveSessions(limits, { audit, refusals: new Refusals(audit, Date.now) });
    const complain = (sentence: string): never => {
      throw new Error(sentence);
    };
    const { access, sessions } = this;
    const samePerson = (a: string, b: string): boolean => access.isSame(a, b);
    const registry = new RoomRegistry({ log, history: inlineHistory, samePerson, complain });
    this.registry = registry;
    access.onRevoked((isHit, reason) => sessions.endAll(isHit, reason));
    this.#dialects = createDialects({ registry, access, sessions, software: 'test' });
  }

  static async start(limits: Partial<Limits> = {}): Promise<SessionBench> {
    const disk: HeldDisk = { held: null, letGo: () => undefined };
    const log = await openMemoryLog(new MemoryStore({ beforeBatch: () => disk.held ?? undefined }));
    return new SessionBench(log, disk, { ...defaultLimits, ...limits });
  }

  async close(): Promise<void> {
    this.letDisk();
    this.sessions.close();
    await this.registry.close(0);
    await this.log.close();
  }

  /** Nothing is on disk until `letDisk`. */
  holdDisk(): void {
    this.#disk.held = new Promise((resolve) => {
      this.#disk.letGo = resolve;
    });
  }

  letDisk(): void {
    this.#disk.held = null;
    this.#disk.letGo();
  }

  weft(): WeftClient {
    return new WeftClient((connection) => this.#dialects.weft()(connection));
  }

  yjs(document: string, token = ''): YjsClient {
    return new YjsClient((connection) => this.#dialects.yjs(document as DocumentName, null, token)(connection));
  }

  /** How many entries a channel has on disk. */
  async entries(document: string, kind: 'content' | 'discussion' = 'content'): Promise<number> {
    return (await this.log.view({ document: document as DocumentName, kind })).head;
  }
}

/** Lets everything run that is ready to, and what follows from it. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
}

/** Under fake timers: what is shown of people leaves in groups, some milliseconds apart. */
export async function caretsSettled(): Promise<void> {
  await settled();
  vi.advanceTimersByTime(60);
  await settled();
}

/** Under fake timers: a stock client's echo waits a little for something to go with. */
export async function echoesSettled(): Promise<void> {
  await settled();
  vi.advanceTimersByTime(110);
  await settled();
}

class Client {
  closed: { readonly code: number; readonly reason: string } | null = null;
  protected readonly frames: Uint8Array[] = [];
  readonly #session: Session;

  constructor(open: (connection: Connection) => Session) {
    this.#session = open({
      address: '192.0.2.1',
      transport: 'websocket',
      hasRoom: true,
      whenDrained: (callback) => callback(),
      send: ({ messages }: Outgoing) => {
        // Taken at once: what was sent may be given back from here on.
        if (this.closed === null) this.frames.push(...messages.map((message) => message.slice()));
      },
      close: (code, reason) => {
        this.closed ??= { code, reason };
      },
      fail: (error) => {
        throw error;
      },
    });
  }

  sendFrame(frame: Uint8Array): void {
    if (this.closed === null) this.#session.receive(frame);
  }

  leave(): void {
    this.#session.closed();
  }
}

export class WeftClient extends Client {
  readonly doc = new Y.Doc();
  readonly outboxId = `outbox ${this.doc.clientID}`;
  clientSeq = 0;

  say(...messages: ClientMessage[]): void {
    this.sendFrame(clientCodec.encode(...messages));
  }

  /** What it was told since the last call. */
  heard(): ServerMessage[] {
    return this.frames.splice(0).flatMap((frame) => serverCodec.decode(frame));
  }

  hello(token: string, name = 'Says So', version = PROTOCOL_VERSION): ClientMessage {
    return { type: 'Hello', version, client: 'test', name, color: '#2a6f97', token, guest: '' };
  }

  openMessage(document: string, fields: Partial<Message<ClientMessage, 'Open'>> = {}): ClientMessage {
    return {
      type: 'Open',
      ref: 1,
      document,
      kind: 0,
      clientId: this.doc.clientID,
      outboxId: this.outboxId,
      epoch: 0,
      seq: 0,
      proof: new Uint8Array(),
      link: '',
      ...fields,
    };
  }

  /** Hello and Open; what came before Opened is let go. @returns the number of the channel; null when it was turned down */
  async open(token: string, document: string, kind = 0): Promise<number | null> {
    this.say(this.hello(token), this.openMessage(document, { kind }));
    await settled();
    const opened = this.heard().find((message) => message.type === 'Opened');
    return opened?.type === 'Opened' ? opened.channel : null;
  }

  /** One change, under the next number. */
  write(channel: number, update: Uint8Array = this.typed('x')): void {
    this.clientSeq += 1;
    this.say({ type: 'Update', channel, clientSeq: this.clientSeq, update });
  }

  showCaret(channel: number, state: object): void {
    this.say({ type: 'Presence', channel, clientSeq: this.clientSeq, state: JSON.stringify(state) });
  }

  /** The update of typing something. */
  typed(text: string): Uint8Array {
    let update: Uint8Array = new Uint8Array();
    this.doc.once('update', (bytes: Uint8Array) => {
      update = bytes;
    });
    this.doc.getText('text').insert(0, text);
    return update;
  }
}

const SYNC = 0;
const AWARENESS = 1;
const AUTH = 2;
export const SYNC_STEPS = { step1: 0, step2: 1, update: 2 } as const;

export class YjsClient extends Client {
  readonly doc = new Y.Doc();

  sync(kind: number, body: Uint8Array): void {
    this.sendFrame(
      encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, SYNC);
        encoding.writeVarUint(encoder, kind);
        encoding.writeVarUint8Array(encoder, body);
      }),
    );
  }

  showCaret(state: object): void {
    this.sendPresence([[this.doc.clientID, 1, JSON.stringify(state)]]);
  }

  /** An awareness update of these entries, sound or not. */
  sendPresence(entries: readonly (readonly [id: number, clock: number, json: string])[]): void {
    const update = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, entries.length);
      for (const [id, clock, json] of entries) {
        encoding.writeVarUint(encoder, id);
        encoding.writeVarUint(encoder, clock);
        encoding.writeVarString(encoder, json);
      }
    });
    this.sendFrame(
      encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, AWARENESS);
        encoding.writeVarUint8Array(encoder, update);
      }),
    );
  }

  /** What it was told since the last call, in words; entries and answers are applied to its document. */
  heard(): string[] {
    return this.frames.splice(0).map((frame) => {
      const decoder = decoding.createDecoder(frame);
      const type = decoding.readVarUint(decoder);
      if (type === AWARENESS) {
        const states = statesIn(decoding.readVarUint8Array(decoder));
        return `presence ${JSON.stringify([...states.values()])}`;
      }
      const kind = decoding.readVarUint(decoder);
      if (type === AUTH) return `denied: ${decoding.readVarString(decoder)}`;
      const body = decoding.readVarUint8Array(decoder);
      if (kind === SYNC_STEPS.step1) return 'asks';
      Y.applyUpdate(this.doc, body);
      return kind === SYNC_STEPS.step2 ? 'answers' : 'update';
    });
  }
}

/** What an awareness update says of whom. */
export function statesIn(update: Uint8Array): Map<number, unknown> {
  const decoder = decoding.createDecoder(update);
  const states = new Map<number, unknown>();
  for (let count = decoding.readVarUint(decoder); count > 0; count--) {
    const id = decoding.readVarUint(decoder);
    decoding.readVarUint(decoder);
    states.set(id, JSON.parse(decoding.readVarString(decoder)));
  }
  return states;
}

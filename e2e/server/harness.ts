// The built server as a child process on a folder and a port of its own, and clients for it: the stock y-websocket
// provider, Weft's own provider, and bare sockets of both dialects for what no sound client would send.
// Whatever a test opens is closed when that test ends.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  type ClientMessage,
  clientCodec,
  type Message,
  PROTOCOL_VERSION,
  type ServerMessage,
  serverCodec,
} from '@weft/protocol';
import { Connection, type ConnectionOptions } from '@weft/provider';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { type Exit, ServerProcess, serverMain, spawnServer } from '../../bench/src/server-process.js';

/** How long a test waits for something that is bound to happen. */
const SOON = { timeout: 10_000, interval: 10 };

export interface TestServer {
  /** `http://host:port` */
  readonly url: string;
  readonly pid: number;
  readonly dataFolder: string;
  readonly stderr: string;
  stop(): Promise<Exit>;
  kill(): Promise<Exit>;
  readonly exited: Promise<Exit>;
}

/** @param dataFolder of an earlier server, to start again on its data; default: a new one, which the caller deletes */
async function startServer(dataFolder?: string): Promise<TestServer> {
  if (!existsSync(serverMain)) throw new Error('These tests run the built server: npm run build');
  const folder = dataFolder ?? (await makeFolder());
  const server = spawnServer(folder);
  const url = await server.ready;
  return {
    url,
    dataFolder: folder,
    get stderr() {
      return server.stderr;
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
    pid: server.pid,
    exited: server.exited,
  };
}

/** One server for all tests of a file, each of which takes a document of its own. */
export function sharedServer(): { readonly current: TestServer } {
  let server: TestServer | null = null;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => {
    await server?.kill();
    if (server) await rm(server.dataFolder, { recursive: true, force: true });
  });
  return {
    get current() {
      return server!;
    },
  };
}

/** A server of one test. */
export async function ownServer(dataFolder?: string): Promise<TestServer> {
  const server = await startServer(dataFolder);
  onTestFinished(async () => void (await server.kill()));
  return server;
}

/** An empty folder. @param atEnd takes what deletes it; default: after the test */
export async function ownFolder(atEnd: (cleanUp: () => Promise<void>) => void = onTestFinished): Promise<string> {
  const folder = await makeFolder();
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const makeFolder = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'weft-e2e-'));

/** What a command says now and then of how far it is, once that takes a second: on a busy machine anything does. */
const PROGRESS = /^.*(?:: \d+ %| …)\n/gm;

/** Runs `weft` until it ends, which it has to do soon. How far it is is left out. */
export async function runWeft(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const output = await promisify(execFile)(process.execPath, [serverMain, ...args], { timeout: 10_000 });
    return { code: 0, ...output, stderr: output.stderr.replace(PROGRESS, '') };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr: stderr.replace(PROGRESS, '') };
  }
}

/** Starts `weft` with these arguments and leaves it running. */
export function spawnWeft(...args: string[]): ServerProcess {
  const server = new ServerProcess(args);
  onTestFinished(async () => void (await server.kill()));
  return server;
}

export const webSocketUrl = ({ url }: { readonly url: string }, rest: string): string =>
  url.replace(/^http/, 'ws') + rest;

let documents = 0;
/** A name no other test of the file uses. */
export function newName(stem = 'document'): string {
  documents += 1;
  return `${stem}-${documents}`;
}

export const textOf = (doc: Y.Doc): string => doc.getText('text').toString();

/** Waits until a text is what it should be. */
export const untilText = (doc: Y.Doc, expected: string): Promise<void> =>
  expect.poll(() => textOf(doc), SOON).toBe(expected);

export const until = (isSo: () => boolean | Promise<boolean>, what: string): Promise<void> =>
  expect.poll(isSo, { ...SOON, message: what }).toBe(true);

/** A wire that can be cut and mended: sockets made by it break, and none can be made meanwhile. */
export class Line {
  readonly WebSocket: new (
    url: string,
  ) => WebSocket;
  readonly #sockets = new Set<WebSocket>();
  #isCut = false;

  constructor() {
    const line = this;
    this.WebSocket = class extends WebSocket {
      constructor(url: string) {
        // Port 9, "discard": nobody listens, so that a try fails at once.
        super(line.#isCut ? 'ws://127.0.0.1:9' : url);
        line.#sockets.add(this);
      }
    };
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.terminate();
    this.#sockets.clear();
  }

  mend(): void {
    this.#isCut = false;
  }
}

/** A connection of Weft's own provider. */
export function connect(server: TestServer, name: string, options: Partial<ConnectionOptions> = {}): Connection {
  const person = { name, color: '#2a6f97', token: '', guest: '' };
  const connection = new Connection({
    url: webSocketUrl(server, '/weft'),
    person,
    WebSocket,
    // A line that is cut is a WebSocket's: another way round it would not be.
    transports: ['websocket'],
    ...options,
  });
  onTestFinished(() => connection.close());
  return connection;
}

export interface StockClient {
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
}

/** A client of the published y-websocket. */
export function stockClient(server: TestServer, document: string, doc = new Y.Doc()): StockClient {
  const provider = new WebsocketProvider(webSocketUrl(server, '/yjs'), document, doc, {
    // The type asked for is the browser's; `ws` has all of it that is used.
    WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
    disableBc: true,
    maxBackoffTime: 100,
  });
  onTestFinished(() => {
    provider.destroy();
    provider.awareness.destroy();
  });
  return { doc, provider };
}

/** A socket of which every frame is kept until somebody asks for it. */
export class BareSocket {
  readonly webSocket: WebSocket;
  readonly opened: Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  receivedBytes = 0;
  readonly #frames: Buffer[] = [];
  #wake: () => void = () => {};
  #isClosed = false;

  constructor(url: string, protocols: readonly string[] = []) {
    const webSocket = new WebSocket(url, [...protocols]);
    this.webSocket = webSocket;
    this.opened = new Promise((resolve, reject) => {
      webSocket.once('open', resolve);
      webSocket.once('error', reject);
    });
    this.opened.catch(() => {});
    this.closed = new Promise((resolve) => {
      webSocket.once('close', (code, reason) => {
        this.#isClosed = true;
        this.#wake();
        resolve({ code, reason: reason.toString() });
      });
    });
    webSocket.on('error', () => {});
    webSocket.on('message', (data: Buffer) => {
      this.receivedBytes += data.length;
      this.#frames.push(data);
      this.#wake();
    });
    onTestFinished(() => webSocket.terminate());
  }

  async send(data: Uint8Array | string): Promise<void> {
    await this.opened;
    this.webSocket.send(data);
  }

  /** Resolves once the server has looked at everything that was sent before. */
  async heardOut(): Promise<void> {
    await this.opened;
    const answered = new Promise((resolve) => this.webSocket.once('pong', resolve));
    this.webSocket.ping();
    await Promise.race([answered, this.closed]);
  }

  protected takeFrames(): Uint8Array[] {
    return this.#frames.splice(0);
  }

  /** The next frame. @throws Error when the socket closes first */
  async frame(): Promise<Uint8Array> {
    while (this.#frames.length === 0) {
      if (this.#isClosed) throw new Error('the socket was closed');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#frames.shift()!;
  }
}

/** The `weft` dialect without a provider. */
export class BareWeft extends BareSocket {
  #messages: ServerMessage[] = [];

  constructor(server: { readonly url: string }) {
    super(webSocketUrl(server, '/weft'));
  }

  say(...messages: ClientMessage[]): Promise<void> {
    return this.send(clientCodec.encode(...messages));
  }

  hello(name = 'Bare', token = ''): Promise<void> {
    return this.say({
      type: 'Hello',
      version: PROTOCOL_VERSION,
      client: 'test',
      name,
      color: '#2a6f97',
      token,
      guest: '',
    });
  }

  /** The next message of one of these types; others before it are let go. */
  async next<Type extends ServerMessage['type']>(...types: Type[]): Promise<Message<ServerMessage, Type>> {
    for (;;) {
      const message = this.#messages.shift();
      if (message && (types as string[]).includes(message.type)) return message as Message<ServerMessage, Type>;
      if (!message) this.#messages = serverCodec.decode(await this.frame());
    }
  }

  /** Everything that has come and was not taken yet. */
  rest(): ServerMessage[] {
    const frames = this.takeFrames();
    return [...this.#messages.splice(0), ...frames.flatMap((frame) => serverCodec.decode(frame))];
  }

  /** Hello and Open. */
  async open(
    document: string,
    init: Partial<Message<ClientMessage, 'Open'>> = {},
  ): Promise<Message<ServerMessage, 'Opened'>> {
    await this.hello();
    await this.ask(document, init);
    return this.next('Opened');
  }

  /** Open, after Hello. */
  ask(document: string, init: Partial<Message<ClientMessage, 'Open'>> = {}): Promise<void> {
    return this.say({
      type: 'Open',
      ref: 1,
      document,
      kind: 0,
      clientId: 1 + documents,
      outboxId: 'bare',
      epoch: 0,
      seq: 0,
      proof: new Uint8Array(),
      link: '',
      ...init,
    });
  }
}

export const SYNC = { step1: 0, step2: 1, update: 2 } as const;

/** The `yjs` dialect without a provider. */
export class BareYjs extends BareSocket {
  /** @param more after the path of the URL */
  constructor(
    server: { readonly url: string },
    document: string,
    { more = '', protocols = [] }: { readonly more?: string; readonly protocols?: readonly string[] } = {},
  ) {
    super(webSocketUrl(server, `/yjs/${encodeURIComponent(document)}${more}`), protocols);
  }

  sync(kind: number, body: Uint8Array): Promise<void> {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 0);
    encoding.writeVarUint(encoder, kind);
    encoding.writeVarUint8Array(encoder, body);
    return this.send(encoding.toUint8Array(encoder));
  }

  /** Says where its client is. */
  showCaret(clientId: number, state: object): Promise<void> {
    const update = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarUint(encoder, clientId);
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarString(encoder, JSON.stringify(state));
    });
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint8Array(encoder, update);
    return this.send(encoding.toUint8Array(encoder));
  }

  /** The next awareness update; other messages before it are let go. */
  async nextPresence(): Promise<Uint8Array> {
    for (;;) {
      const decoder = decoding.createDecoder(await this.frame());
      if (decoding.readVarUint(decoder) === 1) return decoding.readVarUint8Array(decoder);
    }
  }

  /** The body of the next sync message of a kind; other messages before it are let go. */
  async next(kind: number): Promise<Uint8Array> {
    for (;;) {
      const decoder = decoding.createDecoder(await this.frame());
      if (decoding.readVarUint(decoder) === 0 && decoding.readVarUint(decoder) === kind) {
        return decoding.readVarUint8Array(decoder);
      }
    }
  }
}

/** The updates a made-up writer would send for these edits, one for each. */
export function updatesOf(...edits: ((text: Y.Text) => void)[]): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (const edit of edits) edit(doc.getText('text'));
  return updates;
}

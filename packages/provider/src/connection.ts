// A connection: one WebSocket at a time to one server, for any number of documents, brought back whenever it breaks.
// A close code 44xx stops it; everything else is followed by another try after a pause chosen by chance.

import {
  type ClientMessage,
  CloseCode,
  MAX_UPDATE_BYTES,
  type Message,
  mayComeBack,
  PROTOCOL_VERSION,
  parseDocumentName,
  parseStorageCode,
  type ServerMessage,
  type StorageTrouble,
} from '@weft/protocol';
import { backoffDelayMs } from './backoff.js';
import type { Carrier } from './channel-owner.js';
import { Events } from './events.js';
import { newOutboxId } from './outbox.js';
import { type OpenOptions, SharedDocument } from './shared-document.js';
import { Socket, type SocketEnd, type WebSocketConstructor } from './socket.js';
import { Switchboard } from './switchboard.js';

/** A connection that lived this long after Welcome is no failed try: the next pause is a short one again. */
const LASTING_MS = 5_000;

export interface Person {
  readonly name: string;
  /** `#rrggbb` */
  readonly color: string;
}

export interface ConnectionOptions {
  /** ws(s)://host/weft */
  readonly url: string;
  readonly person: Person;
  /** Software and version, for the server's eyes. */
  readonly client?: string;
  /** Default: `globalThis.WebSocket`. In Node pass the one of `ws`. */
  readonly WebSocket?: WebSocketConstructor;
  /** In [0, 1); default: `Math.random`. */
  readonly random?: () => number;
}

export type ConnectionStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  /** Between two tries. */
  | { readonly kind: 'waiting'; readonly retryAtMs: number }
  /** A 44xx close code: does not come back by itself. */
  | { readonly kind: 'stopped'; readonly code: number; readonly reason: string }
  /** `close()` was called. */
  | { readonly kind: 'closed' };

interface ConnectionEvents {
  status: (status: ConnectionStatus) => void;
}

export class Connection extends Events<ConnectionEvents> {
  readonly #options: ConnectionOptions;
  readonly #random: () => number;
  readonly #switchboard = new Switchboard(() => queueMicrotask(() => this.#flush()));
  readonly #carrier: Carrier;
  #person: Person;
  #status: ConnectionStatus = { kind: 'connecting' };
  #socket: Socket | null = null;
  #socketIsOpen = false;
  #maxUpdateBytes = MAX_UPDATE_BYTES;
  #storageTrouble: StorageTrouble | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  /** Connections in a row that did not last. */
  #attempt = 0;
  #welcomedAtMs: number | null = null;
  readonly #documents = new Set<SharedDocument>();
  readonly #cameOnline = () => {
    if (this.#status.kind === 'waiting') this.retryNow();
  };

  constructor(options: ConnectionOptions) {
    super();
    this.#options = options;
    this.#person = options.person;
    this.#random = options.random ?? Math.random;
    this.#carrier = {
      switchboard: this.#switchboard,
      random: this.#random,
      maxUpdateBytes: () => this.#maxUpdateBytes,
      storageTrouble: () => this.#storageTrouble,
      reconnect: (reason) => this.#socket?.end(CloseCode.BadFrame, reason),
    };
    this.#connect();
    globalThis.addEventListener?.('online', this.#cameOnline);
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /**
   * Opens a document, which need not exist yet.
   * @throws RangeError when the name is outside the grammar; Error after close, or when it is open here already
   */
  open(name: string, options: OpenOptions = {}): SharedDocument {
    if (this.#status.kind === 'closed') throw new Error('the connection is closed');
    const parsed = parseDocumentName(name);
    if (!parsed.ok) throw new RangeError(parsed.reason);
    const kind = options.kind ?? 'content';
    for (const other of this.#documents) {
      if (other.name === name && other.kind === kind) throw new Error(`"${name}" is open on this connection already`);
    }
    const document = new SharedDocument({
      name: parsed.name,
      kind,
      link: options.link ?? '',
      clientId: options.clientId,
      user: { user: { ...this.#person } },
      carrier: this.#carrier,
      newOutboxId: () => newOutboxId(this.#options.random),
      onClose: (closed) => this.#left(closed),
    });
    this.#documents.add(document);
    if (this.#socketIsOpen) document.channel.connected();
    return document;
  }

  setPerson(person: Person): void {
    this.#person = person;
    this.#send([this.#hello()]);
    for (const { presence } of this.#documents) presence.setLocalStateField('user', { ...person });
  }

  /** Tries now instead of later; also after a stop. */
  retryNow(): void {
    if (this.#status.kind !== 'waiting' && this.#status.kind !== 'stopped') return;
    this.#clearRetry();
    this.#connect();
  }

  close(): void {
    if (this.#status.kind === 'closed') return;
    globalThis.removeEventListener?.('online', this.#cameOnline);
    this.#clearRetry();
    for (const document of [...this.#documents]) document.close();
    const socket = this.#socket;
    this.#socket = null;
    this.#setStatus({ kind: 'closed' });
    socket?.end(1000, '');
    this.destroy();
  }

  #connect(): void {
    this.#setStatus({ kind: 'connecting' });
    this.#welcomedAtMs = null;
    const WebSocket = this.#options.WebSocket ?? globalThis.WebSocket;
    this.#socket = new Socket(this.#options.url, WebSocket, {
      opened: () => this.#opened(),
      received: (messages) => this.#received(messages),
      ended: (end) => this.#ended(end),
    });
  }

  /** Hello and every Open leave in one frame: joining costs one round trip. */
  #opened(): void {
    this.#socketIsOpen = true;
    for (const { channel } of this.#documents) channel.connected();
    this.#flush([this.#hello()]);
  }

  #received(messages: readonly ServerMessage[]): void {
    for (const message of messages) {
      // Ended by the message before.
      if (this.#socket === null) return;
      if (message.type === 'Welcome') this.#welcomed(message);
      else if (message.type === 'Storage') this.#storageChanged(message);
      else if ('channel' in message) this.#switchboard.dispatch(message);
    }
  }

  #welcomed({ version, maxUpdateBytes }: Message<ServerMessage, 'Welcome'>): void {
    if (version !== PROTOCOL_VERSION) {
      const reason = `the server speaks version ${version} of the protocol, this client ${PROTOCOL_VERSION}`;
      this.#socket?.end(CloseCode.VersionUnsupported, reason);
      return;
    }
    this.#welcomedAtMs = Date.now();
    this.#maxUpdateBytes = maxUpdateBytes;
    this.#setStatus({ kind: 'connected' });
  }

  #storageChanged({ code }: Message<ServerMessage, 'Storage'>): void {
    this.#storageTrouble = parseStorageCode(code);
    for (const { channel } of this.#documents) channel.storageChanged();
  }

  #ended({ by, code, reason }: SocketEnd): void {
    this.#socket = null;
    this.#socketIsOpen = false;
    this.#switchboard.clear();
    this.#storageTrouble = null;
    for (const { channel } of this.#documents) channel.disconnected();
    if (this.#status.kind === 'closed') return;
    // What we ended ourselves because it made no sense is tried again; another version will not change by itself.
    if (code === CloseCode.VersionUnsupported || (by === 'server' && !mayComeBack(code))) {
      this.#setStatus({ kind: 'stopped', code, reason });
      return;
    }
    if (this.#welcomedAtMs !== null && Date.now() - this.#welcomedAtMs >= LASTING_MS) this.#attempt = 0;
    const delayMs = backoffDelayMs(this.#attempt, this.#random());
    this.#attempt += 1;
    this.#retryTimer = setTimeout(() => this.retryNow(), delayMs);
    this.#setStatus({ kind: 'waiting', retryAtMs: Date.now() + delayMs });
  }

  /** The last that a document has to say leaves before this returns: the connection may be closed next. */
  #left(document: SharedDocument): void {
    this.#documents.delete(document);
    const unsent = document.channel.collect();
    document.channel.close();
    this.#send([...unsent, ...document.channel.collect()]);
    document.channel.disconnected();
  }

  /** Sends, after `first`, everything that the documents have to say since the last time. */
  #flush(first: readonly ClientMessage[] = []): void {
    this.#send([...first, ...this.#switchboard.collect()]);
  }

  #send(messages: readonly ClientMessage[]): void {
    this.#socket?.send(messages);
  }

  #hello(): ClientMessage {
    const { name, color } = this.#person;
    return {
      type: 'Hello',
      version: PROTOCOL_VERSION,
      client: this.#options.client ?? '',
      name,
      color,
      token: '',
      guest: '',
    };
  }

  #clearRetry(): void {
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
  }

  #setStatus(status: ConnectionStatus): void {
    this.#status = status;
    this.emit('status', [status]);
  }
}

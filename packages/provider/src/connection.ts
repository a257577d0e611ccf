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
  type ServerMessage,
} from '@weft/protocol';
import { ObservableV2 } from 'lib0/observable';
import { backoffDelayMs } from './backoff.js';
import type { Carrier, Channel } from './channel.js';
import { type OpenOptions, SharedDocument } from './shared-document.js';
import { Socket, type SocketEnd, type WebSocketConstructor } from './socket.js';

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

export class Connection extends ObservableV2<ConnectionEvents> {
  readonly #options: ConnectionOptions;
  readonly #carrier: Carrier;
  #person: Person;
  #status: ConnectionStatus = { kind: 'connecting' };
  #socket: Socket | null = null;
  #socketIsOpen = false;
  #maxUpdateBytes = MAX_UPDATE_BYTES;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  /** Connections in a row that did not last. */
  #attempt = 0;
  #welcomedAtMs: number | null = null;
  readonly #documents = new Set<SharedDocument>();
  readonly #opening = new Map<number, Channel>();
  readonly #open = new Map<number, Channel>();
  readonly #scheduled = new Set<Channel>();
  #lastRef = 0;
  readonly #cameOnline = () => this.retryNow();

  constructor(options: ConnectionOptions) {
    super();
    this.#options = options;
    this.#person = options.person;
    this.#carrier = this.#makeCarrier();
    globalThis.addEventListener?.('online', this.#cameOnline);
    this.#connect();
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /**
   * Opens a document, which need not exist yet.
   * @throws RangeError when the name is outside the grammar; Error after close
   */
  open(name: string, options: OpenOptions = {}): SharedDocument {
    if (this.#status.kind === 'closed') throw new Error('the connection is closed');
    const parsed = parseDocumentName(name);
    if (!parsed.ok) throw new RangeError(parsed.reason);
    const document = new SharedDocument({
      name: parsed.name,
      options,
      user: { user: { ...this.#person } },
      carrier: this.#carrier,
      outboxId: () => randomHex(this.#options.random),
      onClose: (closed, channel) => this.#left(closed, channel),
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
    for (const message of messages) this.#dispatch(message);
  }

  #dispatch(message: ServerMessage): void {
    switch (message.type) {
      case 'Welcome':
        this.#welcomed(message);
        break;
      case 'Pong':
        break;
      case 'Opened': {
        const channel = this.#opening.get(message.ref);
        this.#opening.delete(message.ref);
        if (channel) {
          this.#open.set(message.channel, channel);
          channel.receive(message);
        } else this.#send([{ type: 'Close', channel: message.channel }]); // left before the answer came
        break;
      }
      case 'Closed': {
        const channel = message.channel === 0 ? this.#opening.get(message.ref) : this.#open.get(message.channel);
        channel?.receive(message);
        break;
      }
      default:
        // What was still under way for a channel that was left is nobody's.
        this.#open.get(message.channel)?.receive(message);
    }
  }

  #welcomed({ version, maxUpdateBytes }: Message<ServerMessage, 'Welcome'>): void {
    if (version !== PROTOCOL_VERSION) {
      const reason = `the server speaks version ${version} of the protocol, this client ${PROTOCOL_VERSION}`;
      this.#setStatus({ kind: 'stopped', code: CloseCode.VersionUnsupported, reason });
      this.#socket?.end(CloseCode.VersionUnsupported, '');
      return;
    }
    this.#welcomedAtMs = Date.now();
    this.#maxUpdateBytes = maxUpdateBytes;
    this.#setStatus({ kind: 'connected' });
  }

  #ended({ by, code, reason }: SocketEnd): void {
    this.#socket = null;
    this.#socketIsOpen = false;
    this.#opening.clear();
    this.#open.clear();
    for (const { channel } of this.#documents) channel.disconnected();
    // Closed or stopped by ourselves.
    if (this.#status.kind === 'closed' || this.#status.kind === 'stopped') return;
    if (by === 'server' && !mayComeBack(code)) {
      this.#setStatus({ kind: 'stopped', code, reason });
      return;
    }
    if (this.#welcomedAtMs !== null && Date.now() - this.#welcomedAtMs >= LASTING_MS) this.#attempt = 0;
    const delayMs = backoffDelayMs(this.#attempt, this.#carrier.random());
    this.#attempt += 1;
    this.#retryTimer = setTimeout(() => this.retryNow(), delayMs);
    this.#setStatus({ kind: 'waiting', retryAtMs: Date.now() + delayMs });
  }

  #left(document: SharedDocument, channel: Channel): void {
    this.#documents.delete(document);
    this.#scheduled.delete(channel);
    const last = channel.collect();
    channel.close();
    this.#send([...last, ...channel.collect()]);
    channel.disconnected();
    this.#scheduled.delete(channel);
  }

  #makeCarrier(): Carrier {
    const connection = this;
    return {
      random: this.#options.random ?? Math.random,
      get maxUpdateBytes() {
        return connection.#maxUpdateBytes;
      },
      schedule: (channel) => {
        if (this.#scheduled.size === 0) queueMicrotask(() => this.#flush());
        this.#scheduled.add(channel);
      },
      expectOpened: (channel) => {
        this.#lastRef += 1;
        this.#opening.set(this.#lastRef, channel);
        return this.#lastRef;
      },
      forget: (place) => {
        if ('ref' in place) this.#opening.delete(place.ref);
        else this.#open.delete(place.channel);
      },
      reconnect: (reason) => this.#socket?.end(CloseCode.BadFrame, reason),
    };
  }

  /** Sends what the channels have to say that something happened to in this turn, after `first`. */
  #flush(first: readonly ClientMessage[] = []): void {
    const channels = [...this.#scheduled];
    this.#scheduled.clear();
    this.#send([...first, ...channels.flatMap((channel) => channel.collect())]);
  }

  #send(messages: readonly ClientMessage[]): void {
    this.#socket?.send(messages);
  }

  #hello(): ClientMessage {
    const { name, color } = this.#person;
    return { type: 'Hello', version: PROTOCOL_VERSION, client: this.#options.client ?? '', name, color };
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

/** 16 bytes: no two outboxes of a channel may ever have the same name, nor one that can be guessed. */
function randomHex(random: (() => number) | undefined): string {
  const bytes = new Uint8Array(16);
  if (random)
    bytes.forEach((_, index) => {
      bytes[index] = random() * 256;
    });
  else crypto.getRandomValues(bytes);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

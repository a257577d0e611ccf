// A connection: one transport at a time to one server, for any number of documents, brought back whenever it breaks.
// A close code 44xx stops it; everything else is followed by another try after a pause chosen by chance. Who one is, is shown
// anew each time; whom the server takes one for is `identity`.

import {
  type ClientMessage,
  CloseCode,
  MAX_UPDATE_BYTES,
  type Message,
  PROTOCOL_VERSION,
  parseDocumentName,
  parseStorageCode,
  type ServerMessage,
  type StorageTrouble,
} from '@weft/protocol';
import type { Carrier } from './channel-owner.js';
import { Climb } from './climb.js';
import { Comeback } from './comeback.js';
import type { ConnectionStatus, Identity, Person } from './connection-status.js';
import type { OpenOptions } from './document-options.js';
import { Events } from './events.js';
import type { LocalStore } from './local-store.js';
import { newOutboxId } from './outbox.js';
import { PageLife } from './page-life.js';
import { ProofSource, type Proofs, type TokenSource } from './proofs.js';
import { Renewal } from './renewal.js';
import { hasUnsaved } from './save-state.js';
import { SharedDocument } from './shared-document.js';
import { isBlocked, type Socket, type SocketEnd, type SocketListener } from './socket.js';
import { Switchboard } from './switchboard.js';
import { SyncError } from './sync-error.js';
import { type BroadcastChannelConstructor, type OpenTabLine, overBroadcast, pageBroadcast } from './tab-line.js';
import { DONE, type Rung } from './transport.js';
import { type TransportOptions, Transports } from './transports.js';
import { Who } from './who.js';

export interface ConnectionOptions extends TransportOptions {
  /** `ws(s)://host/weft`; with `?document=` and the path of one that is to be opened, a balancer can choose a node by it. */
  readonly url: string;
  readonly person: Person;
  /** A JWT or a ticket; a function is called for each connection and each renewal. */
  readonly token?: TokenSource;
  /** The identity of a guest, as the server gave it. With a token: this guest is that person now. */
  readonly guest?: string;
  /** Software and version, for the server's eyes. */
  readonly client?: string;
  /** Keeps documents and what is unsaved beyond the page, for one person; without it nothing is. */
  readonly store?: LocalStore;
  /** Whether a page that nobody sees keeps its connection. Default: it gives it up after a minute, if everything is saved. */
  readonly staysWhenHidden?: boolean;
  /** What tabs of one browser speak over, with a store. Default: that of the page, and none without one. */
  readonly BroadcastChannel?: BroadcastChannelConstructor;
  /** In [0, 1); default: `Math.random`. */
  readonly random?: () => number;
}

interface ConnectionEvents {
  status: (status: ConnectionStatus) => void;
  identity: (identity: Identity) => void;
  /** It has ended and will not come back by itself: why, in a sentence for people. Also in `status`. */
  error: (error: SyncError) => void;
}

export class Connection extends Events<ConnectionEvents> {
  readonly #options: ConnectionOptions;
  readonly #random: () => number;
  readonly #switchboard = new Switchboard(() => queueMicrotask(() => this.#flush()));
  readonly #carrier: Carrier;
  readonly #who: Who;
  #status: ConnectionStatus = { kind: 'connecting' };
  #socket: Socket | null = null;
  #socketIsOpen = false;
  #maxUpdateBytes = MAX_UPDATE_BYTES;
  #storageTrouble: StorageTrouble | null = null;
  readonly #comeback: Comeback;
  readonly #proofSource: ProofSource;
  readonly #renewal: Renewal;
  /** What the last frame came by, of this socket. */
  #carriedBy: Rung | null = null;
  readonly #documents = new Set<SharedDocument>();
  readonly #transports: Transports;
  readonly #climb: Climb;
  readonly #page: PageLife;
  /** What is shown was in step when the connection was given up. */
  #restsInStep = false;
  /** Since when a connection that was given up in step is being made again, for the first time. */
  #returnsSinceMs: number | null = null;

  constructor(options: ConnectionOptions) {
    super();
    this.#options = options;
    const { person, client = '', store = null } = options;
    this.#who = new Who({ person, client, store });
    this.#random = options.random ?? Math.random;
    this.#comeback = new Comeback(this.#random, () => this.retryNow());
    this.#proofSource = new ProofSource(options.token, options.guest);
    this.#renewal = new Renewal(this.#proofSource, this.#random, {
      show: (proofs) => this.#send([{ type: 'Renew', ...proofs }]),
      failing: (renewalFails) => {
        const { status } = this;
        if (status.kind === 'connected' && status.renewalFails !== renewalFails) {
          this.#setStatus({ kind: 'connected', renewalFails });
        }
      },
    });
    this.#carrier = {
      switchboard: this.#switchboard,
      random: this.#random,
      person: () => this.identity?.person ?? '',
      maxUpdateBytes: () => this.#maxUpdateBytes,
      storageTrouble: () => this.#storageTrouble,
      rests: () => this.#status.kind === 'resting' && this.#restsInStep,
      returnsSinceMs: () => this.#returnsSinceMs,
      reconnect: (code, reason) => this.#socket?.end(code, reason),
      unsentBytes: () => this.#socket?.unsentBytes ?? 0,
    };
    this.#transports = new Transports(options);
    this.#page = new PageLife({
      staysWhenHidden: options.staysWhenHidden ?? false,
      rung: () => this.#transports.ladder.rung,
      rest: () => this.#rest(),
      shown: () => this.#documents,
      tick: () => this.#tick(),
      lookNow: () => this.#lookNow(),
      isSeen: () => (this.#status.kind === 'resting' ? this.retryNow() : this.#lookNow()),
      cameOnline: () => {
        this.#lookNow();
        this.#climb.now();
      },
      wentOffline: () => this.#socket?.check(),
    });
    this.#climb = new Climb({
      ladder: this.#transports.ladder,
      ask: async () => this.#proofSource.known ?? (await this.#proofSource.ask().catch(() => null)),
      open: (rung, listener) => this.#transports.open(rung, listener),
      carries: (rung, socket, proofs) => this.#goOnWith(rung, socket, proofs),
    });
    this.#connect();
    this.#page.begin();
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** The last that the server said; null until it said so. */
  get identity(): Identity | null {
    return this.#who.identity;
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
    const document: SharedDocument = new SharedDocument({
      name: parsed.name,
      kind,
      link: options.link ?? '',
      clientId: options.clientId,
      user: { user: { ...this.#who.person } },
      carrier: this.#carrier,
      newOutboxId: () => newOutboxId(this.#options.random),
      store: this.#who.store,
      openTabLine: this.#openTabLine,
      onClose: () => this.#left(document),
    });
    this.#documents.add(document);
    if (this.#socketIsOpen) document.channel.connected();
    if (this.#status.kind === 'resting') this.retryNow();
    return document;
  }

  setPerson(person: Person): void {
    this.#who.person = person;
    this.#send([this.#who.hello()]);
    for (const { presence } of this.#documents) presence.setLocalStateField('user', { ...person });
  }

  /** Tries now instead of later; also after a stop. */
  retryNow(): void {
    const { kind } = this.#status;
    if (kind !== 'waiting' && kind !== 'stopped' && kind !== 'resting') return;
    this.#comeback.cancel();
    if (kind === 'stopped') this.#comeback.forgive();
    if (kind === 'resting' && this.#restsInStep) this.#returnsSinceMs = Date.now();
    this.#connect();
    if (kind === 'resting') for (const { channel } of this.#documents) channel.disconnected();
  }

  close(): void {
    if (this.#status.kind === 'closed') return;
    this.#page.end();
    this.#comeback.cancel();
    this.#proofSource.cancel();
    for (const document of [...this.#documents]) document.close();
    const socket = this.#socket;
    this.#socket = null;
    this.#setStatus({ kind: 'closed' });
    socket?.end(DONE, '');
    this.#disconnected();
    this.destroy();
  }

  #connect(): void {
    this.#setStatus({ kind: 'connecting' });
    this.#transports.ladder.begin();
    this.#connectOn();
  }

  #connectOn(): void {
    this.#comeback.begun();
    const { known } = this.#proofSource;
    if (known) this.#openSocket(known);
    else void this.#askThenOpen();
  }

  /** First the token, then the connection: a server does not wait long to be told who comes. */
  async #askThenOpen(): Promise<void> {
    const proofs = await this.#proofSource.ask().catch(() => null);
    if (this.#status.kind !== 'connecting') return;
    if (proofs === null) return this.#notConnected(this.#comeback.later('token'));
    const isNew = this.#proofSource.isNew(proofs);
    const { refusal } = this.#comeback;
    if (refusal !== null && !isNew) this.#notConnected(refusal);
    else this.#openSocket(proofs);
  }

  /** Not even tried, and what is shown has to say so. */
  #notConnected(status: ConnectionStatus): void {
    this.#disconnected();
    this.#setStatus(status);
  }

  #openSocket(proofs: Proofs): void {
    const { rung } = this.#transports.ladder;
    const listener = { opened: () => this.#opened(proofs), ...this.#heardBy(() => socket, rung) };
    const socket: Socket = this.#transports.open(rung, listener, (afterMs) => this.#page.remind(afterMs));
    this.#socket = socket;
  }

  /** What a socket tells is of no interest any more when another has taken its place. */
  #heardBy(socket: () => Socket, rung: Rung): Omit<SocketListener, 'opened'> {
    return {
      received: (messages) => {
        if (this.#socket === socket()) this.#received(messages, rung);
      },
      ended: (end) => {
        if (this.#socket === socket()) this.#ended(end);
      },
    };
  }

  /** A better socket takes the place of the one that is: as after a break, but without one. */
  #goOnWith(rung: Rung, socket: Socket, proofs: Proofs): void {
    const before = this.#socket;
    this.#socket = socket;
    this.#transports.ladder.carries(rung);
    socket.handOver({ opened: () => {}, ...this.#heardBy(() => socket, rung) });
    before?.end(DONE, '');
    this.#disconnected();
    this.#opened(proofs);
  }

  /** Hello and every Open leave in one frame: joining costs one round trip. */
  #opened(proofs: Proofs): void {
    this.#socketIsOpen = true;
    for (const { channel } of this.#documents) channel.connected();
    this.#flush([this.#who.hello(proofs)]);
  }

  #received(messages: readonly ServerMessage[], rung: Rung): void {
    if (rung !== this.#carriedBy) this.#carried(rung);
    for (const message of messages) {
      // Ended by the message before.
      if (this.#socket === null) return;
      if (message.type === 'Welcome') this.#welcomed(message);
      else if (message.type === 'Storage') this.#storageChanged(message);
      else if (message.type === 'Identity') this.#identified(message);
      else if (message.type === 'Renew') this.#renewal.asked();
      else if ('channel' in message) this.#switchboard.dispatch(message);
    }
  }

  /** Frames come: here it goes on, until it can be done better. */
  #carried(rung: Rung): void {
    this.#carriedBy = rung;
    this.#transports.ladder.carries(rung);
    this.#climb.begin();
  }

  #welcomed(message: Message<ServerMessage, 'Welcome'>): void {
    const { version, maxUpdateBytes } = message;
    if (version !== PROTOCOL_VERSION) {
      const isOlder = version < PROTOCOL_VERSION;
      const code = isOlder ? CloseCode.ServerOutdated : CloseCode.VersionUnsupported;
      this.#socket?.end(code, `the server speaks version ${version} of the protocol, this client ${PROTOCOL_VERSION}`);
      return;
    }
    this.#comeback.welcomed();
    this.#maxUpdateBytes = maxUpdateBytes;
    this.#setStatus({ kind: 'connected', renewalFails: false });
    this.#identified(message);
  }

  #identified(message: Identity): void {
    const { isNews, becomes } = this.#who.identified(message);
    this.#renewal.known(message.expiresAtMs);
    if (isNews) this.emit('identity', [this.identity!]);
    if (becomes === null) return;
    for (const document of this.#documents) document.personChanged(becomes === 'same');
  }

  /** Tabs of one person, who has to be known without the network, speak with each other. */
  get #openTabLine(): OpenTabLine | null {
    const { url, BroadcastChannel = pageBroadcast() } = this.#options;
    const { store } = this.#who;
    return store && BroadcastChannel ? overBroadcast(BroadcastChannel, new URL(url).host, store.person) : null;
  }

  #storageChanged({ code }: Message<ServerMessage, 'Storage'>): void {
    this.#storageTrouble = parseStorageCode(code);
    for (const { channel } of this.#documents) channel.storageChanged();
  }

  /** Every channel begins anew, on this connection or on another. */
  #disconnected(): void {
    this.#socketIsOpen = false;
    this.#returnsSinceMs = null;
    this.#switchboard.clear();
    this.#renewal.stop();
    this.#climb.stop();
    this.#carriedBy = null;
    this.#storageTrouble = null;
    for (const { channel } of this.#documents) channel.disconnected();
  }

  #ended(end: SocketEnd): void {
    this.#socket = null;
    this.#disconnected();
    if (this.#status.kind === 'closed') return;
    if (isBlocked(end) && this.#transports.ladder.blocked()) return this.#connectOn();
    this.#setStatus(this.#comeback.after(end, this.#proofSource.mayChange));
  }

  /** Gives up the connection, or trying to get one, where nothing has to be sent; until it is needed. */
  #rest(): void {
    const { kind } = this.#status;
    const states = [...this.#documents].map(({ saveState }) => saveState);
    const isInStep = states.every((state) => state.kind === 'saved' || state.kind === 'read-only');
    const isOffline = (kind === 'connecting' || kind === 'waiting') && !states.some(hasUnsaved);
    if (!isOffline && !(kind === 'connected' && isInStep)) return;
    this.#comeback.cancel();
    const socket = this.#socket;
    this.#socket = null;
    this.#restsInStep = kind === 'connected';
    this.#setStatus({ kind: 'resting' });
    this.#proofSource.cancel();
    socket?.end(DONE, '');
    this.#disconnected();
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
    if (this.#status.kind === 'resting' && [...this.#documents].some(({ saveState }) => hasUnsaved(saveState))) {
      this.retryNow();
    }
    this.#send([...first, ...this.#switchboard.collect()]);
  }

  #send(messages: readonly ClientMessage[]): void {
    this.#socket?.send(messages);
  }

  #lookNow(): void {
    if (this.#status.kind === 'waiting') this.retryNow();
    else if (this.#status.kind === 'connected') this.#socket?.check();
  }

  /** In a hidden page timers may be late. */
  #tick(): void {
    this.#socket?.look();
    if (this.#status.kind !== 'waiting') return;
    const leftMs = this.#status.retryAtMs - Date.now();
    if (leftMs <= 0) this.retryNow();
    else this.#page.remind(leftMs);
  }

  #setStatus(status: ConnectionStatus): void {
    this.#status = status;
    if (status.kind === 'waiting') this.#page.remind(status.retryAtMs - Date.now());
    this.emit('status', [status]);
    if (status.kind === 'stopped') this.emit('error', [new SyncError(`${status.code}`, status.reason)]);
  }
}

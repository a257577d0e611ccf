// The `weft` dialect: one connection, many channels. Frames of PROTOCOL.md become operations on rooms and back. What comes
// before it is known who the session is waits, in order; a frame that is not the protocol ends this session alone.

import {
  BadFrameError,
  type ClientMessage,
  CloseCode,
  clientCodec,
  MAX_FRAME_MESSAGES,
  MAX_OUTBOX_ID_LENGTH,
  type Message,
  PROTOCOL_VERSION,
  parseDocumentName,
  type StorageTrouble,
} from '@weft/protocol';
import type { Access } from '../access/access.js';
import type { Identity } from '../access/identity.js';
import type { LiveSession, LiveSessions, SessionLimits, TimedSession } from '../access/live-sessions.js';
import { type Person, parsePerson, shownPerson } from '../access/person.js';
import { CHANNEL_KINDS } from '../log/document-log.js';
import type { StorageState } from '../log/storage-health.js';
import type { DialectMetrics } from '../metrics/metrics.js';
import type { Outgoing } from '../room/member.js';
import type { RoomRegistry } from '../room/room-registry.js';
import { SyncError } from '../sync-error.js';
import { Allowance } from './allowance.js';
import type { Connection, Session } from './connection.js';
import { Paced } from './paced.js';
import { WatchedRole } from './watched-role.js';
import { type ChannelSession, outgoing, WeftChannel } from './weft-channel.js';

const storageNews: Readonly<Record<StorageState, Outgoing>> = {
  ok: outgoing({ type: 'Storage', code: '' }),
  full: outgoing({ type: 'Storage', code: 'disk-full' satisfies StorageTrouble }),
  failing: outgoing({ type: 'Storage', code: 'disk-failing' satisfies StorageTrouble }),
  silent: outgoing({ type: 'Storage', code: 'store-silent' satisfies StorageTrouble }),
};

const SUSPENDED = 'Your sign-in has ended. Sign in again to go on writing.';
const ID_TAKEN = 'The id this page writes under belongs to somebody else. It takes another.';
const OTHER_PERSON = 'What was shown to renew this session belongs to somebody else.';

/** How often a session may say something new of itself; what comes sooner waits, and the newest counts. */
const NEWS_PER_SECOND = 2;

export interface WeftSessionOptions {
  readonly registry: RoomRegistry;
  readonly access: Access;
  readonly sessions: LiveSessions;
  readonly connection: Connection;
  readonly metrics: DialectMetrics;
  /** Random and unique: what the client is told its connection is called. */
  readonly sessionId: string;
  /** Name and version of this server. */
  readonly software: string;
}

/** What a client shows to say who it is. */
type Proofs = Pick<Message<ClientMessage, 'Renew'>, 'token' | 'guest'>;

export class WeftSession implements Session, TimedSession, ChannelSession {
  readonly connection: Connection;
  readonly #options: WeftSessionOptions;
  readonly limits: SessionLimits;
  readonly metrics: DialectMetrics;
  readonly allowance: Allowance;
  readonly #live: LiveSession;
  /** null until it is known. */
  #identity: Identity | null = null;
  #person: Person = parsePerson(null);
  #suspension: string | null = null;
  /** What came after Hello before it is known who this is; null when nothing has to wait. */
  #waiting: ClientMessage[] | null = null;
  #unidentifiedBytes = 0;
  /** Who it says it is, and what shows that: each means work in every open channel. Made when it says so again. */
  #introductions: Paced<Message<ClientMessage, 'Hello'>> | null = null;
  #renewals: Paced<Proofs> | null = null;
  #isRenewing = false;
  /** The newest that came while others are looked at. */
  #nextProofs: Proofs | null = null;
  /** Open channels by the number of their room. */
  readonly #channels = new Map<number, WeftChannel>();
  /** One for each channel that is open or being opened. */
  readonly #roles = new Set<WatchedRole>();
  #isClosed = false;
  readonly #endStorageNews: () => void;

  constructor(options: WeftSessionOptions) {
    this.#options = options;
    const { registry, connection, sessions, sessionId: id } = options;
    this.connection = connection;
    this.limits = sessions.limits;
    this.metrics = options.metrics;
    this.metrics.sessionsOpened[this.connection.transport] += 1;
    this.allowance = new Allowance(sessions.limits);
    this.#live = sessions.arrive({ id, dialect: 'weft', address: connection.address }, this);
    this.#endStorageNews = registry.storage.subscribe((state) => {
      if (this.#identity !== null) connection.send(storageNews[state]);
    });
  }

  get author(): string {
    return this.#identity?.person ?? '';
  }
  get person(): Person {
    return this.#person;
  }
  get suspension(): string | null {
    return this.#suspension;
  }

  receive(frame: Uint8Array): void {
    if (this.#isClosed) return;
    let kept = frame;
    if (this.#identity === null) {
      this.#unidentifiedBytes += frame.length;
      if (this.#unidentifiedBytes > this.limits.unidentifiedBytes) {
        return this.end(CloseCode.TooMuch, 'Too much was sent before it was clear who sends it.');
      }
      kept = frame.slice();
    }
    let messages: ClientMessage[];
    try {
      messages = clientCodec.decode(kept);
    } catch (error) {
      if (!(error instanceof BadFrameError)) throw error;
      return this.end(CloseCode.BadFrame, 'This is not the weft protocol.');
    }
    for (const message of messages) {
      if (this.#isClosed) return;
      if (this.#waiting === null) this.#handle(message);
      else if (this.#waiting.push(message) > MAX_FRAME_MESSAGES) {
        return this.end(CloseCode.TooMuch, 'Too much was sent before it was clear who sends it.');
      }
    }
  }

  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.metrics.sessionsClosed[this.connection.transport] += 1;
    this.#waiting = null;
    this.#introductions?.end();
    this.#renewals?.end();
    this.#endStorageNews();
    for (const channel of [...this.#channels.values()]) channel.leave();
    for (const role of this.#roles) role.end();
    this.#live.end();
  }

  askToRenew(withinMs: number): void {
    this.connection.send(outgoing({ type: 'Renew', withinMs }));
  }

  suspend(): void {
    this.#setSuspension(SUSPENDED);
  }

  end(code: CloseCode, reason: string): void {
    this.connection.close(code, reason);
    this.closed();
  }

  #handle(message: ClientMessage): void {
    if (message.type !== 'Update' && message.type !== 'Presence' && !this.allowance.takeOther()) {
      return this.end(CloseCode.TooMany, 'Too much is asked at once on this connection.');
    }
    if (message.type === 'Hello') return this.#hello(message);
    // Also before it is known who asks: a client finds out whether frames get through before it shows anything.
    if (message.type === 'Ping') {
      this.connection.send(outgoing({ type: 'Pong', nonce: message.nonce }));
      return;
    }
    if (this.#identity === null) return this.end(CloseCode.BadFrame, 'The first message has to be Hello.');
    switch (message.type) {
      case 'Open':
        this.#open(message, this.#identity).catch((error) => this.connection.fail(error));
        break;
      // What is said of a channel that is not open is ignored.
      case 'Update':
        this.#channels.get(message.channel)?.update(message);
        break;
      case 'Resume':
        this.#channels.get(message.channel)?.resume();
        break;
      case 'Check':
        this.#channels.get(message.channel)?.check(message);
        break;
      case 'Presence':
        this.#channels.get(message.channel)?.presence(message);
        break;
      case 'Close':
        this.#channels.get(message.channel)?.leave();
        break;
      case 'Renew':
        this.#renewals ??= this.#paced<Proofs>((proofs) => this.#renewWith(proofs));
        this.#renewals.push(message);
        break;
      default:
        message satisfies never;
    }
  }

  #hello(hello: Message<ClientMessage, 'Hello'>): void {
    if (hello.version !== PROTOCOL_VERSION) {
      if (hello.version < PROTOCOL_VERSION) {
        return this.end(CloseCode.VersionUnsupported, 'This page is older than the server. Reload it.');
      }
      return this.end(CloseCode.ServerOutdated, 'The server is older than this page. It goes on once that is updated.');
    }
    if (this.#identity === null) {
      this.#waiting = [];
      this.#identify(hello).catch((error) => this.connection.fail(error));
      return;
    }
    this.#introductions ??= this.#paced<Message<ClientMessage, 'Hello'>>((again) => this.#introduceAgain(again));
    this.#introductions.push(hello);
  }

  #paced<T>(act: (value: T) => void): Paced<T> {
    return new Paced(NEWS_PER_SECOND, act, (error) => this.connection.fail(error));
  }

  #introduceAgain(hello: Message<ClientMessage, 'Hello'>): void {
    this.#introduce(this.#identity!, hello);
    for (const channel of this.#channels.values()) channel.introduce();
  }

  async #identify(hello: Message<ClientMessage, 'Hello'>): Promise<void> {
    const identity = await this.#whoShows(hello);
    if (identity === null) return;
    const refusal = this.#live.identified(identity);
    if (refusal !== null) return this.end(CloseCode.TooMany, refusal);
    this.#introduce(identity, hello);
    const { sessionId: session, software: server, registry } = this.#options;
    this.connection.send(
      outgoing({
        type: 'Welcome',
        version: PROTOCOL_VERSION,
        server,
        session,
        maxUpdateBytes: this.limits.updateBytes,
        ...this.#described(identity),
      }),
    );
    if (registry.storage.state !== 'ok') this.connection.send(storageNews[registry.storage.state]);
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const message of waiting) {
      if (this.#isClosed) return;
      this.#handle(message);
    }
  }

  /** @returns null when the session is over */
  async #whoShows({ token, guest }: Proofs): Promise<Identity | null> {
    const { access, connection } = this.#options;
    try {
      const identity = await access.identify({ token, guest, address: connection.address });
      return this.#isClosed ? null : identity;
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      if (error.code === 'UNAUTHORIZED') this.end(CloseCode.Unauthorized, error.message);
      else this.end(CloseCode.InternalError, 'The server could not find out who you are. Try again later.');
      return null;
    }
  }

  #introduce(identity: Identity, says: { readonly name: string; readonly color: string }): void {
    this.#identity = identity;
    this.#person = shownPerson(identity, says);
    this.#live.called(this.#person.name);
  }

  /** As Welcome and Identity say it. */
  #described({ person, expiresAtMs }: Identity) {
    return { person, ...this.#person, expiresAtMs: Number.isFinite(expiresAtMs) ? expiresAtMs : 0 };
  }

  #renewWith(proofs: Proofs): void {
    this.#nextProofs = proofs;
    if (!this.#isRenewing) this.#renew().catch((error) => this.connection.fail(error));
  }

  /** One at a time, and of those that come meanwhile the newest alone (I6). What one may do stays as it is until then. */
  async #renew(): Promise<void> {
    this.#isRenewing = true;
    while (this.#nextProofs !== null) {
      const proofs = this.#nextProofs;
      this.#nextProofs = null;
      const identity = await this.#whoShows(proofs);
      if (identity === null) return;
      if (identity.person !== this.author) {
        this.#live.refused(OTHER_PERSON);
        return this.end(CloseCode.Unauthorized, OTHER_PERSON);
      }
      this.#introduce(identity, this.#person);
      this.#live.renewed(identity);
      await Promise.all([...this.#roles].map((role) => role.begin(identity)));
      if (this.#isClosed) return;
      this.connection.send(outgoing({ type: 'Identity', ...this.#described(identity) }));
      this.#setSuspension(null);
      for (const channel of this.#channels.values()) channel.introduce();
    }
    this.#isRenewing = false;
  }

  #setSuspension(suspension: string | null): void {
    if (suspension === this.#suspension) return;
    this.#suspension = suspension;
    for (const channel of this.#channels.values()) channel.sessionChanged();
  }

  async #open(open: Message<ClientMessage, 'Open'>, identity: Identity): Promise<void> {
    const turnDown = (code: CloseCode, reason: string): void => {
      this.metrics.joinsRefused.add(`${code}`);
      this.connection.send(outgoing({ type: 'Closed', ref: open.ref, channel: 0, code, reason }));
    };

    const name = parseDocumentName(open.document);
    const kind = CHANNEL_KINDS[open.kind];
    if (!name.ok) return turnDown(CloseCode.BadName, name.reason);
    if (!kind || open.outboxId === '' || open.outboxId.length > MAX_OUTBOX_ID_LENGTH) {
      return turnDown(CloseCode.BadFrame, 'The request to open this document was malformed.');
    }
    const { openDocuments } = this.limits;
    if (this.#roles.size >= openDocuments) {
      return turnDown(CloseCode.TooMuch, `At most ${openDocuments} documents can be open on one connection.`);
    }
    if (!this.allowance.takeJoin()) {
      return turnDown(CloseCode.TooMany, 'Documents were opened too often on this connection. Try again later.');
    }

    const { access, registry } = this.#options;
    const document = name.name;
    const { epoch, seq } = open;
    // The frame is not ours to keep.
    const claim = { epoch, seq, proof: open.proof.slice() };
    const role = new WatchedRole(access, document, open.link);
    this.#roles.add(role);
    let hasEntered = false;
    let isOpen = false;
    const forget = (): void => {
      role.end();
      this.#roles.delete(role);
      if (hasEntered) this.#live.leave(document);
      hasEntered = false;
    };
    try {
      await role.begin(identity);
      if (this.#isClosed) return;
      if (role.role === null) {
        this.#live.refused(role.refusal, document);
        return turnDown(CloseCode.NoAccess, role.refusal);
      }
      hasEntered = this.#live.enter(document, role.role);
      if (!hasEntered) return turnDown(CloseCode.TooMany, 'Too many people have this document open. Try again later.');
      await registry.enterHolding({ document, kind }, claim, (room, held) => {
        if (this.#isClosed) return;
        if (role.role === null) return turnDown(CloseCode.NoAccess, role.refusal);
        if (this.#channels.has(room.number)) {
          return turnDown(CloseCode.BadFrame, 'This document is open on this connection already.');
        }
        const channel = new WeftChannel(this, room, role, open.outboxId, () => {
          this.#channels.delete(room.number);
          forget();
        });
        if (!channel.claim(open.clientId)) {
          channel.leave();
          return turnDown(CloseCode.ClientIdTaken, ID_TAKEN);
        }
        this.#channels.set(room.number, channel);
        isOpen = true;
        if (seq > 0) this.metrics.reconnects += 1;
        channel.begin(open.ref, held, held < seq || (epoch !== 0 && epoch !== room.channel.epoch));
      });
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      // Why, whoever runs the server was told.
      if (this.#isClosed) return;
      turnDown(CloseCode.InternalError, 'The server could not open this document. Whoever runs it was told why.');
    } finally {
      if (!isOpen) forget();
    }
  }
}

// The `yjs` dialect: what stock y-websocket clients speak, one document per connection. The echo of an update to its
// sender comes after the write like everyone's, which is what such a client can take as its acknowledgement. Here it arrives:
// who it is, whether it may come in, and what it sent until that is known.

import { CloseCode, type DocumentName } from '@weft/protocol';
import type { Access } from '../access/access.js';
import { type Identity, NOBODY } from '../access/identity.js';
import type { LiveSession, LiveSessions, SessionLimits, TimedSession } from '../access/live-sessions.js';
import { shownPerson } from '../access/person.js';
import type { DialectMetrics } from '../metrics/metrics.js';
import type { Room } from '../room/room.js';
import type { RoomRegistry } from '../room/room-registry.js';
import { SyncError } from '../sync-error.js';
import type { Connection, Session } from './connection.js';
import type { Comer, Denials } from './denials.js';
import { type RoleWatcher, WatchedRole } from './watched-role.js';
import { YjsChannel, type YjsChannelSession } from './yjs-channel.js';
import { deniedFrame } from './yjs-frames.js';

/** Bytes of frames kept while the document is being opened. */
const MAX_INBOX_BYTES = 8 * 1024 * 1024;

const DENIED_TOO_OFTEN = 'This page keeps sending what cannot be taken. Copy what you need, and reload it in a minute.';

const SUSPENDED = 'What showed who you are has ended: what you write from here on is not saved. Reload the page.';

export interface YjsSessionOptions {
  readonly registry: RoomRegistry;
  readonly access: Access;
  readonly sessions: LiveSessions;
  readonly denials: Denials;
  readonly connection: Connection;
  readonly metrics: DialectMetrics;
  /** Random and unique. */
  readonly sessionId: string;
  readonly document: DocumentName;
  /** The one in its URL, which says that what it holds is of that epoch; null when it says none. */
  readonly epoch: number | null;
  /** A token or ticket; '' when it shows none. */
  readonly token: string;
}

export class YjsSession implements Session, TimedSession, YjsChannelSession, RoleWatcher {
  readonly connection: Connection;
  readonly limits: SessionLimits;
  readonly metrics: DialectMetrics;
  readonly #options: YjsSessionOptions;
  readonly #live: LiveSession;
  readonly #role: WatchedRole;
  /** null until it is known. */
  #identity: Identity | null = null;
  #isSuspended = false;
  /** null until the document is open. */
  #channel: YjsChannel | null = null;
  /** Frames that came before that. */
  #inbox: Uint8Array[] | null = null;
  #inboxBytes = 0;
  #isClosed = false;

  constructor(options: YjsSessionOptions) {
    this.#options = options;
    const { access, connection, document, sessions, sessionId: id } = options;
    this.connection = connection;
    this.limits = sessions.limits;
    this.metrics = options.metrics;
    this.metrics.sessionsOpened[this.connection.transport] += 1;
    this.#role = new WatchedRole(access, document, '');
    this.#live = sessions.arrive({ id, dialect: 'yjs', address: connection.address }, this);
    this.#open().catch((error) => connection.fail(error));
  }

  get identity(): Identity {
    return this.#identity ?? NOBODY;
  }
  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  receive(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#channel !== null) return this.#channel.receive(bytes);
    this.#inboxBytes += bytes.length;
    const maxBytes = this.#identity === null ? this.limits.unidentifiedBytes : MAX_INBOX_BYTES;
    if (this.#inboxBytes > maxBytes) return this.end(CloseCode.TooMuch, 'Too much was sent at once.');
    this.#inbox ??= [];
    this.#inbox.push(bytes.slice());
  }

  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.metrics.sessionsClosed[this.connection.transport] += 1;
    this.#inbox = null;
    this.#role.end();
    this.#live.end();
    this.#channel?.leave();
  }

  /** Stock clients have no word for it. */
  askToRenew(): void {}

  suspend(): void {
    this.#isSuspended = true;
    this.#channel?.rightsChanged(SUSPENDED);
  }

  end(code: CloseCode, reason: string): void {
    this.connection.close(code, reason);
    this.closed();
  }

  called(name: string): void {
    this.#live.called(name);
  }

  noteDenial(): void {
    this.#options.denials.note(this.#comer, performance.now());
  }

  async #open(): Promise<void> {
    const { registry, access, connection, denials, document, token } = this.#options;
    try {
      const identity = await access.identify({ token, guest: '', address: connection.address });
      if (this.#isClosed) return;
      const refusal = this.#live.identified(identity);
      if (refusal !== null) return this.end(CloseCode.TooMany, refusal);
      this.#identity = identity;
      this.#live.called(shownPerson(identity, null).name);
      await this.#role.begin(identity);
      if (this.#isClosed) return;
      if (this.#role.role === null) {
        this.#live.refused(this.#role.refusal, document);
        return this.#turnAway(CloseCode.NoAccess, this.#role.refusal);
      }
      if (denials.turnsAway(this.#comer, performance.now())) return this.end(CloseCode.TooMany, DENIED_TOO_OFTEN);
      if (!this.#live.enter(document, this.#role.role))
        return this.end(CloseCode.TooMany, 'Too many people have this document open.');
      await registry.enter({ document, kind: 'content' }, (room) => this.#begin(room));
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      if (this.#isClosed) return;
      if (error.code === 'UNAUTHORIZED') return this.#turnAway(CloseCode.Unauthorized, error.message);
      this.end(CloseCode.InternalError, 'The server could not open this document.');
    }
  }

  #begin(room: Room): void {
    if (this.#isClosed) return;
    if (this.#role.role === null) return this.#turnAway(CloseCode.NoAccess, this.#role.refusal);
    const { epoch, registry } = this.#options;
    this.#channel = new YjsChannel(this, { room, role: this.#role, storage: registry.storage, epoch });
    this.#channel.begin();
    this.#role.watcher = this;
    const inbox = this.#inbox;
    this.#inbox = null;
    for (const bytes of inbox ?? []) this.receive(bytes);
  }

  roleChanged(reason: string): void {
    if (this.#role.role === null) this.#turnAway(CloseCode.NoAccess, reason);
    else this.#channel?.rightsChanged(reason);
  }

  get #comer(): Comer {
    return { person: this.identity.person, address: this.connection.address, document: this.#options.document };
  }

  /** A close frame has room for a short reason only, and few stock clients show it. */
  #turnAway(code: CloseCode, reason: string): void {
    this.connection.send({ messages: [deniedFrame(reason)] });
    this.end(code, reason);
  }
}

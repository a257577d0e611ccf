// The `yjs` dialect: what stock y-websocket clients speak, one document per connection. The echo of an update to its
// sender comes after the write like everyone's, which is what such a client can take as its acknowledgement.

import { BadFrameError, CloseCode, type DocumentName, MAX_RESYNCS, mayWrite, refusalSentences } from '@weft/protocol';
import type { Access as Rights } from '../access/access.js';
import { type Identity, NOBODY } from '../access/identity.js';
import type { LiveSession, LiveSessions, SessionLimits, TimedSession } from '../access/live-sessions.js';
import { shownPerson } from '../access/person.js';
import { MalformedError } from '../gate/byte-reader.js';
import { FIRST_EPOCH, type Seq } from '../log/document-log.js';
import type { Dialect, Member, Outgoing } from '../room/member.js';
import type { Room } from '../room/room.js';
import type { RoomRegistry } from '../room/room-registry.js';
import type { Access, Seat } from '../room/seat.js';
import { SyncError } from '../sync-error.js';
import { Allowance } from './allowance.js';
import { CATCH_UP_PIECE_BYTES, type Connection, type Session } from './connection.js';
import type { Comer, Denials } from './denials.js';
import { Paced } from './paced.js';
import { type PresenceState, parsePresenceState, presenceJson } from './presence-state.js';
import { NO_ACCESS, WatchedRole } from './watched-role.js';
import {
  awarenessFrame,
  decodeYjsFrame,
  deniedFrame,
  type OwnPresence,
  syncStep1Frame,
  syncStep2Frame,
  updateFrame,
  type YjsMessage,
} from './yjs-frames.js';

/** Bytes of frames kept while the document is being opened. */
const MAX_INBOX_BYTES = 8 * 1024 * 1024;
/** State vectors are small; a larger one is an attack on the memory of whoever reads it. */
const MAX_STATE_VECTOR_BYTES = 64 * 1024;
/** Updates in a row that may build on what the answer to our SyncStep1 is to bring. */
const MAX_AHEAD_OF_ANSWER = 1000;

/** Before each of the MAX_RESYNCS times that it is asked again. */
const RESYNC_PAUSES_MS = [0, 300, 2000] as const;

/** Of somebody who has nothing. */
const EMPTY_STATE_VECTOR = Uint8Array.of(0);

const CLIENT_ID_TAKEN =
  'This page writes under an id that belongs to somebody else. The document can be read here, but not changed: copy what ' +
  'you need, and reload.';

type Answer = Awaited<ReturnType<Room['answerSyncStep1']>>;

const yjsDialect: Dialect = {
  echoes: true,
  forgetsTheQuiet: true,
  entries: (_room, _firstSeq, updates) => ({ messages: updates.map(updateFrame) }),
  presence: (_room, update) => ({ messages: [awarenessFrame(update)] }),
  contentHash: () => null,
};

const DENIED_TOO_OFTEN = 'This page keeps sending what cannot be taken. Copy what you need, and reload it in a minute.';

const SUSPENDED = 'What showed who you are has ended: what you write from here on is not saved. Reload the page.';

export interface YjsSessionOptions {
  readonly registry: RoomRegistry;
  readonly access: Rights;
  readonly sessions: LiveSessions;
  readonly denials: Denials;
  readonly connection: Connection;
  /** Random and unique. */
  readonly sessionId: string;
  readonly document: DocumentName;
  /** The one in its URL, which says that what it holds is of that epoch; null when it says none. */
  readonly epoch: number | null;
  /** A token or ticket; '' when it shows none. */
  readonly token: string;
}

export class YjsSession implements Session, Member, TimedSession {
  readonly dialect = yjsDialect;
  readonly #connection: Connection;
  readonly #live: LiveSession;
  readonly #denials: Denials;
  readonly #document: DocumentName;
  readonly #role: WatchedRole;
  #identity: Identity = NOBODY;
  /** Whether it is known who it is. */
  #isIdentified = false;
  #isSuspended = false;
  #room: Room | null = null;
  #seat: Seat | null = null;
  /** Frames that came before the document was open; null afterwards. */
  #inbox: Uint8Array[] | null = [];
  #inboxBytes = 0;
  readonly #limits: SessionLimits;
  readonly #allowance: Allowance;
  readonly #presences: Paced<OwnPresence>;
  /** Each is an answer as long as the document (A18). */
  readonly #questions: Paced<Uint8Array>;
  /** The session numbers its updates itself, so that a caret can wait for the text before it (S5). */
  #clientSeq = 0;
  /**
   * Our SyncStep1 is not answered yet. A client that wrote while it was away speaks of that text before it sends it:
   * updates that build on it are in the answer as well, and carets in it have to wait (S5).
   */
  #awaitsAnswer = true;
  #aheadOfAnswer = 0;
  /** Updates were thrown away because nothing could be written: they are asked for when it can be (S1). */
  #hasDropped = false;
  #askTimer: NodeJS.Timeout | null = null;
  readonly #endStorageNews: () => void;
  /** What it says of itself and where it is; null for nowhere. */
  #presenceState: PresenceState | null = null;
  #resyncs = 0;
  /** Of a pause before it is asked again. */
  #resyncTimer: NodeJS.Timeout | undefined;
  /** Its changes cannot be merged; it may read on. */
  #refused = false;
  /** The epoch in its URL, or null. */
  readonly #epoch: number | null;
  /** It did not say the epoch, and not yet what it holds: that may be from before (G5). */
  #mayBeOlder = false;
  /** The state vector of the SyncStep1 that is being answered. */
  #asked: Uint8Array | null = null;
  /** Whom it was shown when it fell behind: who is gone since then, it is told. */
  #seen: readonly number[] = [];
  #isClosed = false;

  constructor(options: YjsSessionOptions) {
    const { access, connection, denials, document, registry, sessions, sessionId: id } = options;
    this.#connection = connection;
    this.#denials = denials;
    this.#document = document;
    this.#epoch = options.epoch;
    this.#role = new WatchedRole(access, document, '');
    this.#live = sessions.arrive({ id, dialect: 'yjs', address: connection.address }, this);
    const { limits } = sessions;
    const fail = (error: unknown): void => connection.fail(error);
    this.#limits = limits;
    this.#allowance = new Allowance(limits);
    this.#presences = new Paced(limits.presencesPerSecond, (own) => this.#awareness(own), fail);
    const answersPerSecond = 1 / Math.max(limits.secondsBetweenAnswers, 0.001);
    this.#questions = new Paced(answersPerSecond, (asked) => this.#syncStep1(asked), fail);
    this.#endStorageNews = registry.storage.subscribe((state) => {
      if (state === 'ok') this.#askForDropped();
    });
    this.#open(options).catch((error) => this.#connection.fail(error));
  }

  receive(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#inbox !== null) {
      this.#inboxBytes += bytes.length;
      const maxBytes = this.#isIdentified ? MAX_INBOX_BYTES : this.#limits.unidentifiedBytes;
      if (this.#inboxBytes > maxBytes) return this.#end(CloseCode.TooMuch, 'Too much was sent at once.');
      this.#inbox.push(bytes.slice());
      return;
    }
    let message: YjsMessage;
    try {
      message = decodeYjsFrame(bytes, this.#seat!.presenceId);
    } catch (error) {
      if (!(error instanceof BadFrameError)) throw error;
      return this.#end(CloseCode.BadFrame, 'This is not the y-websocket protocol.');
    }
    this.#handle(message);
  }

  closed(): void {
    this.#isClosed = true;
    clearTimeout(this.#resyncTimer);
    this.#presences.end();
    this.#questions.end();
    if (this.#askTimer !== null) clearTimeout(this.#askTimer);
    this.#endStorageNews();
    this.#role.end();
    this.#live.end();
    this.#seat?.leave();
    this.#seat = null;
  }

  /** Stock clients have no word for it. */
  askToRenew(): void {}

  suspend(): void {
    this.#isSuspended = true;
    this.#rightsChanged(SUSPENDED);
  }

  end(code: CloseCode, reason: string): void {
    this.#end(code, reason);
  }

  get hasRoom(): boolean {
    return this.#connection.hasRoom;
  }

  send(out: Outgoing): void {
    this.#connection.send(out);
  }

  fellBehind(seq: Seq): void {
    this.#seen = this.#room!.shownIds();
    this.#connection.whenDrained(() => this.#catchUp(seq));
  }

  /** Stock clients have no word for it: they were sent their echo. */
  saved(): void {}

  dismissed(code: CloseCode, reason: string): void {
    this.#seat = null;
    this.#end(code, reason);
  }

  async #open({ registry, access, connection, document, token }: YjsSessionOptions): Promise<void> {
    try {
      const identity = await access.identify({ token, guest: '', address: connection.address });
      if (this.#isClosed) return;
      const refusal = this.#live.identified(identity);
      if (refusal !== null) return this.#end(CloseCode.TooMany, refusal);
      this.#identity = identity;
      this.#isIdentified = true;
      this.#live.called(shownPerson(identity, null).name);
      await this.#role.begin(identity);
      if (this.#isClosed) return;
      if (this.#role.role === null) {
        this.#live.refused(NO_ACCESS, document);
        return this.#turnAway(CloseCode.NoAccess, NO_ACCESS);
      }
      if (this.#denials.turnsAway(this.#comer, performance.now()))
        return this.#end(CloseCode.TooMany, DENIED_TOO_OFTEN);
      if (!this.#live.enter(document, this.#role.role))
        return this.#end(CloseCode.TooMany, 'Too many people have this document open.');
      await registry.enter({ document, kind: 'content' }, (room) => this.#begin(room));
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      if (this.#isClosed) return;
      if (error.code === 'UNAUTHORIZED') return this.#turnAway(CloseCode.Unauthorized, error.message);
      this.#end(CloseCode.InternalError, 'The server could not open this document.');
    }
  }

  #begin(room: Room): void {
    if (this.#isClosed) return;
    if (this.#role.role === null) return this.#turnAway(CloseCode.NoAccess, NO_ACCESS);
    this.#room = room;
    const { epoch } = room.channel;
    // Nothing is older than the first epoch.
    this.#mayBeOlder = epoch !== FIRST_EPOCH && epoch !== this.#epoch;
    const access = this.#access();
    const { person: author } = this.#identity;
    this.#seat = room.join({ member: this, access, author, outboxId: '' });
    this.#role.onChange = (reason) => this.#roleChanged(reason);
    // What a reader holds is of no use, so it is not asked for; that it is one, it is told once.
    if (access === 'read') this.#send(deniedFrame(refusalSentences['read-only']));
    if (access === 'write') this.#send(syncStep1Frame(room.durableStateVector()));
    else this.#awaitsAnswer = false;
    const inbox = this.#inbox!;
    this.#inbox = null;
    for (const bytes of inbox) this.receive(bytes);
  }

  #handle(message: YjsMessage): void {
    switch (message.type) {
      case 'syncStep1':
        return this.#questions.push(message.stateVector.slice());
      case 'syncStep2':
        return this.#answered(message.update);
      case 'update':
        return this.#update(message.update);
      case 'awareness':
        if (message.own !== null) this.#presences.push(message.own);
        return;
      case 'queryAwareness':
        if (this.#allowance.takeOther()) return this.#sendPresence();
        return this.#end(CloseCode.TooMany, 'Too much is asked at once on this connection.');
      case 'unknown':
        return;
      default:
        message satisfies never;
    }
  }

  /** One answer is made at a time, and of the questions that come meanwhile only the newest is answered (I6). */
  #syncStep1(stateVector: Uint8Array): void {
    if (stateVector.length > MAX_STATE_VECTOR_BYTES) {
      return this.#end(CloseCode.TooMuch, 'The state vector is too long.');
    }
    if (!this.#judge(stateVector)) return;
    const isAnswering = this.#asked !== null;
    this.#asked = stateVector;
    if (!isAnswering) this.#answer().catch((error) => this.#connection.fail(error));
  }

  /**
   * G5: what a client holds from before the epoch must not come back as new writing, and a stock client cannot know.
   * @returns false when it was shut out
   */
  #judge(stateVector: Uint8Array): boolean {
    let isOfThisEpoch: boolean;
    try {
      isOfThisEpoch = this.#room!.hasStructsOf(stateVector);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#end(CloseCode.BadFrame, 'The state vector could not be read.');
      return false;
    }
    if (!this.#mayBeOlder) return true;
    this.#mayBeOlder = !isOfThisEpoch;
    if (this.#mayBeOlder) this.#refuseOlder();
    return true;
  }

  #refuseOlder(): void {
    const { epoch } = this.#room!.channel;
    this.#denyForGood(
      'The document was replaced on the server, and this page holds text from before. It can be read here, but not ' +
        `changed: copy what you need, and reload. (A client whose text is of this epoch says so: ?epoch=${epoch}.)`,
    );
  }

  get #comer(): Comer {
    return { person: this.#identity.person, address: this.#connection.address, document: this.#document };
  }

  /** It would be the same each time it comes with what it holds. */
  #denyForGood(reason: string): void {
    if (!this.#refused) this.#denials.note(this.#comer, performance.now());
    this.#deny(reason);
  }

  /** Nothing that it sends is taken from here on, nor is its caret shown, which may be in text that nobody has. */
  #deny(reason: string): void {
    if (this.#refused) return;
    this.#refused = true;
    clearTimeout(this.#resyncTimer);
    this.#presenceState = null;
    this.#seat?.showPresence('', 0);
    this.#send(deniedFrame(reason));
  }

  async #answer(): Promise<void> {
    for (let asked = this.#asked; asked !== null; asked = this.#asked) {
      // A client that asks and does not read costs no answer.
      await new Promise<void>((resolve) => this.#connection.whenDrained(resolve));
      const answer = await this.#answerTo(asked);
      if (answer === null || this.#seat === null) return;
      if (asked !== this.#asked) continue;
      this.#asked = null;
      this.#send(syncStep2Frame(answer.update));
      if (!this.#seat.live) this.#catchUp(answer.head);
    }
  }

  /** J1: with the whole delete set. @returns null when there is none: the session is ended */
  async #answerTo(stateVector: Uint8Array): Promise<Answer | null> {
    try {
      return await this.#room!.answerSyncStep1(stateVector);
    } catch {
      this.#end(CloseCode.InternalError, 'The server could not send this document.');
      return null;
    }
  }

  /** The entries after `seq`, a piece at a time, each when the one before was taken; then it is told what happens. */
  #catchUp(seq: Seq): void {
    if (this.#seat === null) return;
    const { head, tail } = this.#room!;
    const updates = tail.pieceAfter(seq, CATCH_UP_PIECE_BYTES);
    if (updates === null) {
      // A checkpoint took those entries away: it is asked for by us this time.
      this.#syncStep1(EMPTY_STATE_VECTOR);
      return;
    }
    const reached = seq + updates.length;
    if (updates.length > 0) this.#connection.send({ messages: updates.map(updateFrame) });
    if (reached < head) return this.#connection.whenDrained(() => this.#catchUp(reached));
    // Only now, for carets point into that text (S5), and what changed before this moment was not told to this seat.
    this.#sendPresence();
    this.#seat.goLive();
  }

  #answered(update: Uint8Array): void {
    clearTimeout(this.#resyncTimer);
    this.#awaitsAnswer = false;
    this.#aheadOfAnswer = 0;
    this.#update(update);
    if (this.#presenceState !== null) this.#showPresence();
  }

  #update(update: Uint8Array): void {
    // Who may only read was told so; what it sends is not looked at. After something was dropped the rest builds on it.
    if (this.#refused || this.#seat?.access === 'read' || this.#hasDropped) return;
    if (this.#mayBeOlder) return this.#refuseOlder();
    if (update.length > this.#limits.updateBytes) return this.#end(CloseCode.TooMuch, 'This change is too large.');
    const waitMs = this.#allowance.takeUpdate(update.length);
    if (waitMs > 0) return this.#dropFor(waitMs);
    this.#clientSeq += 1;
    const result = this.#seat!.submit(update, this.#clientSeq);
    switch (result.kind) {
      case 'accepted':
      case 'known':
        this.#resyncs = 0;
        return;
      case 'gap':
        this.#clientSeq -= 1;
        return this.#gap(result.isPartTaken);
      case 'busy':
        return this.#end(CloseCode.SlowReader, 'The server is busy. Your changes are kept by your editor.');
      case 'no-storage':
        this.#clientSeq -= 1;
        this.#hasDropped = true;
        return;
      case 'malformed':
        return this.#end(CloseCode.BadFrame, `This change could not be read: ${result.reason}.`);
      case 'read-only':
      case 'tangled':
      case 'document-full':
        return this.#deny(refusalSentences[result.kind]);
      case 'client-id-taken':
        this.#clientSeq -= 1;
        return this.#denyForGood(CLIENT_ID_TAKEN);
      default:
        result satisfies never;
    }
  }

  /** Whether the client has text that is not here: carets may be in it (S5). */
  get #isBehind(): boolean {
    return this.#awaitsAnswer || this.#hasDropped;
  }

  /** More than it may send now: it is asked for later, all in one. */
  #dropFor(waitMs: number): void {
    this.#hasDropped = true;
    if (this.#askTimer !== null) clearTimeout(this.#askTimer);
    this.#askTimer = setTimeout(() => {
      this.#askTimer = null;
      this.#askForDropped();
    }, waitMs);
  }

  /** Stock clients have no word for waiting: what they wrote meanwhile is asked for once it can be written. */
  #askForDropped(): void {
    if (!this.#hasDropped || this.#room === null) return;
    this.#hasDropped = false;
    if (!this.#awaitsAnswer) this.#ask();
  }

  /**
   * Asks for everything that is missing, once: what arrives until then is in the answer too. If that has nothing new either,
   * it lacks what somebody else has not sent yet, who may be about to: so the next times it is waited before.
   */
  #gap(isPartTaken: boolean): void {
    if (isPartTaken) this.#resyncs = 0;
    if (this.#awaitsAnswer) this.#aheadOfAnswer += 1;
    else this.#resyncs += 1;
    if (this.#resyncs > MAX_RESYNCS || this.#aheadOfAnswer > MAX_AHEAD_OF_ANSWER) {
      return this.#denyForGood('Your changes build on text the server does not have.');
    }
    if (this.#awaitsAnswer) return;
    const pauseMs = RESYNC_PAUSES_MS[this.#resyncs - 1] ?? 0;
    if (pauseMs === 0) return this.#ask();
    this.#awaitsAnswer = true;
    this.#resyncTimer = setTimeout(() => this.#ask(), pauseMs);
  }

  #ask(): void {
    this.#awaitsAnswer = true;
    this.#send(syncStep1Frame(this.#room!.durableStateVector()));
  }

  /**
   * G6: the session's presence id is the one of its first frame with a single entry; entries for other ids, which stock
   * clients pass on, and all for an id of somebody else, are ignored. Clocks are the server's own.
   */
  #awareness({ id, json }: OwnPresence): void {
    if (this.#refused) return;
    const seat = this.#seat!;
    if (seat.presenceId === null && !seat.claim(id)) return;
    const state = json === 'null' ? null : parsePresenceState(json, this.#limits.presenceBytes);
    if (json !== 'null' && state === null) return;
    this.#presenceState = state;
    this.#showPresence();
  }

  #showPresence(): void {
    const state = this.#presenceState;
    const { role } = this.#role;
    if (state === null) this.#seat?.showPresence('', this.#clientSeq);
    if (state === null || role === null || this.#isBehind) return;
    const shown = shownPerson(this.#identity, state.user);
    this.#live.called(shown.name);
    this.#seat?.showPresence(presenceJson(state, { person: this.#identity.person, ...shown, role }), this.#clientSeq);
  }

  #roleChanged(reason: string): void {
    if (this.#role.role === null) this.#turnAway(CloseCode.NoAccess, reason);
    else this.#rightsChanged(reason);
  }

  /** What it wrote while it could not is asked for when it can again: its editor shows it all the while. */
  #rightsChanged(reason: string): void {
    const seat = this.#seat;
    if (seat === null) return;
    const before = seat.access;
    seat.allow(this.#access());
    if (before === 'write' && seat.access === 'read') this.#send(deniedFrame(reason));
    if (before === 'read' && seat.access === 'write') this.#ask();
    if (this.#presenceState !== null) this.#showPresence();
  }

  #access(): Access {
    const { role } = this.#role;
    return !this.#isSuspended && role !== null && mayWrite(role, 'content') ? 'write' : 'read';
  }

  #sendPresence(): void {
    const update = this.#room!.presenceAnew(this.#seen);
    if (update) this.#send(awarenessFrame(update));
  }

  /** A close frame has room for a short reason only, and few stock clients show it. */
  #turnAway(code: CloseCode, reason: string): void {
    this.#send(deniedFrame(reason));
    this.#end(code, reason);
  }

  #end(code: CloseCode, reason: string): void {
    this.#connection.close(code, reason);
    this.closed();
  }

  #send(message: Uint8Array): void {
    this.#connection.send({ messages: [message] });
  }
}

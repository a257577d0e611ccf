// The document a `yjs` session has open: what its client is sent and sends, where it is, what it may do now. Such a client has
// no word for refusing: it is told that it may only read.

import { BadFrameError, CloseCode, mayWrite, type RefusalCode, refusalSentences } from '@weft/protocol';
import type { Identity } from '../access/identity.js';
import type { SessionLimits } from '../access/live-sessions.js';
import { shownPerson } from '../access/person.js';
import { MalformedError } from '../gate/byte-reader.js';
import { FIRST_EPOCH, type Seq } from '../log/document-log.js';
import type { StorageHealth } from '../log/storage-health.js';
import type { DialectMetrics } from '../metrics/metrics.js';
import type { JoinAnswer } from '../room/join-answers.js';
import type { Loan } from '../room/loan.js';
import type { Member, Outgoing } from '../room/member.js';
import type { Room } from '../room/room.js';
import type { Access, Seat } from '../room/seat.js';
import { Allowance } from './allowance.js';
import { type Asker, ClientBacklog } from './client-backlog.js';
import { CATCH_UP_PIECE_BYTES, type Connection } from './connection.js';
import { Paced } from './paced.js';
import { type PresenceState, parsePresenceState, presenceJson } from './presence-state.js';
import type { WatchedRole } from './watched-role.js';
import { yjsDialect } from './yjs-dialect.js';
import {
  decodeYjsFrame,
  deniedFrame,
  type OwnPresence,
  syncStep1Frame,
  syncStep2Frame,
  updateFrame,
  type YjsMessage,
} from './yjs-frames.js';

/** State vectors are small; a larger one is an attack on the memory of whoever reads it. */
const MAX_STATE_VECTOR_BYTES = 64 * 1024;
/** Of somebody who has nothing. */
const EMPTY_STATE_VECTOR = Uint8Array.of(0);

const CLIENT_ID_TAKEN =
  'This page writes under an id that belongs to somebody else. The document can be read here, but not changed: copy what ' +
  'you need, and reload.';

const NOBODY_SEEN: readonly number[] = [];

/** Whether a client that was asked for what is missing has nothing: no structs, no deletes. */
const isEmpty = (update: Uint8Array): boolean => update.length === 2 && update[0] === 0 && update[1] === 0;

const BUILDS_ON_NOTHING = 'Your changes build on text the server does not have.';

/** What a document needs to know of its session. */
export interface YjsChannelSession {
  readonly connection: Connection;
  readonly identity: Identity;
  readonly limits: SessionLimits;
  readonly metrics: DialectMetrics;
  /** What was shown has ended: nothing is taken any more. */
  readonly isSuspended: boolean;
  /** What it is called, for admins. */
  called(name: string): void;
  /** It was denied what it would be denied again, whenever it comes. */
  noteDenial(): void;
  end(code: CloseCode, reason: string): void;
}

export interface YjsChannelOptions {
  readonly room: Room;
  readonly role: WatchedRole;
  readonly storage: StorageHealth;
  /** The one in the client's URL, which says that what it holds is of that epoch; null when it says none. */
  readonly epoch: number | null;
}

export class YjsChannel implements Member, Asker {
  readonly dialect = yjsDialect;
  readonly #session: YjsChannelSession;
  readonly #room: Room;
  readonly #role: WatchedRole;
  /** null once it is left. */
  #seat: Seat | null;
  readonly #allowance: Allowance;
  /** Made, as the other two, when something of the kind comes first. */
  #presences: Paced<OwnPresence> | null = null;
  /** Each is an answer as long as the document (A18). */
  #questions: Paced<Uint8Array> | null = null;
  /** Who is here is asked in a byte, and told in as many as there are people. */
  #rollCalls: Paced<null> | null = null;
  /** The session numbers its updates itself, so that a caret can wait for the text before it (S5). */
  #clientSeq = 0;
  readonly #backlog = new ClientBacklog(this);
  readonly #endStorageNews: () => void;
  /** What it said last, as it was said. */
  #presenceText = '';
  /** What it says of itself and where it is; null for nowhere. */
  #presenceState: PresenceState | null = null;
  /** Its changes cannot be merged; it may read on. */
  #refused = false;
  /** It did not say the epoch, and not yet what it holds: that may be from before (G5). */
  #mayBeOlder: boolean;
  /** The state vector of the SyncStep1 that is being answered. */
  #asked: Uint8Array | null = null;
  /** The answer it was sent last, until it has taken it. */
  #taking: Loan<JoinAnswer> | null = null;
  /** Whom it was shown when it fell behind: who is gone since then, it is told. */
  #seen: readonly number[] = NOBODY_SEEN;

  constructor(session: YjsChannelSession, { room, role, storage, epoch }: YjsChannelOptions) {
    this.#session = session;
    this.#room = room;
    this.#role = role;
    this.#allowance = new Allowance(session.limits);
    // Nothing is older than the first epoch.
    this.#mayBeOlder = room.channel.epoch !== FIRST_EPOCH && room.channel.epoch !== epoch;
    this.#endStorageNews = storage.subscribe((state) => {
      if (state === 'ok') this.#backlog.askForDropped();
    });
    this.#seat = room.join({ member: this, access: this.#access(), author: session.identity.person, outboxId: '' });
  }

  /** What a reader holds is of no use, so it is not asked for; that it is one, it is told once. */
  begin(): void {
    if (this.#seat?.access === 'write') this.#backlog.ask();
    else this.#send(deniedFrame(refusalSentences['read-only']));
  }

  sendQuestion(): void {
    this.#send(syncStep1Frame(this.#room.durableStateVector()));
  }

  receive(bytes: Uint8Array): void {
    if (this.#seat === null) return;
    let message: YjsMessage;
    try {
      message = decodeYjsFrame(bytes, this.#seat.presenceId);
    } catch (error) {
      if (!(error instanceof BadFrameError)) throw error;
      return this.#session.end(CloseCode.BadFrame, 'This is not the y-websocket protocol.');
    }
    this.#handle(message);
  }

  /** The client has left, or its connection has gone. May be called twice. */
  leave(): void {
    this.#backlog.end();
    this.#presences?.end();
    this.#questions?.end();
    this.#rollCalls?.end();
    this.#endStorageNews();
    this.#seat?.leave();
    this.#seat = null;
    // Its socket may still be at it.
    this.#taking?.forfeit();
    this.#taking = null;
  }

  get hasRoom(): boolean {
    return this.#session.connection.hasRoom;
  }

  send(out: Outgoing): void {
    this.#session.connection.send(out);
  }

  fellBehind(seq: Seq): void {
    this.#seen = this.#room.presence.shownTo(this.#seat!);
    this.#session.connection.whenDrained(() => this.#catchUp(seq));
  }

  /** Stock clients have no word for it: they were sent their echo. */
  saved(): void {}

  dismissed(code: CloseCode, reason: string): void {
    this.#seat = null;
    this.#session.end(code, reason);
  }

  /** What it wrote while it could not is asked for when it can again: its editor shows it all the while. */
  rightsChanged(reason: string): void {
    const seat = this.#seat;
    if (seat === null) return;
    const before = seat.access;
    seat.allow(this.#access());
    if (before === 'write' && seat.access === 'read') this.#send(deniedFrame(reason));
    if (before === 'read' && seat.access === 'write') this.#backlog.ask();
    if (this.#presenceState !== null) this.#showPresence();
  }

  #handle(message: YjsMessage): void {
    switch (message.type) {
      case 'syncStep1':
        this.#questions ??= this.#paced(this.#answersPerSecond, (asked) => this.#syncStep1(asked));
        return this.#questions.push(message.stateVector.slice());
      case 'syncStep2':
        return this.#answered(message.update);
      case 'update':
        return this.#update(message.update);
      case 'awareness':
        if (message.own === null || this.#isSaidAgain(message.own)) return;
        this.#presenceText = message.own.json;
        this.#presences ??= this.#paced(this.#session.limits.presencesPerSecond, (own) => this.#awareness(own));
        return this.#presences.push(message.own);
      case 'queryAwareness':
        if (!this.#allowance.takeOther()) {
          return this.#session.end(CloseCode.TooMany, 'Too much is asked at once on this connection.');
        }
        this.#rollCalls ??= this.#paced(this.#answersPerSecond, () => this.#callTheRoll());
        return this.#rollCalls.push(null);
      case 'unknown':
        return;
      default:
        message satisfies never;
    }
  }

  #paced<T>(perSecond: number, act: (value: T) => void): Paced<T> {
    return new Paced(perSecond, act, (error) => this.#session.connection.fail(error));
  }

  get #answersPerSecond(): number {
    return 1 / Math.max(this.#session.limits.secondsBetweenAnswers, 0.001);
  }

  /** One answer is made at a time, and of the questions that come meanwhile only the newest is answered (I6). */
  #syncStep1(stateVector: Uint8Array): void {
    if (stateVector.length > MAX_STATE_VECTOR_BYTES) {
      return this.#session.end(CloseCode.TooMuch, 'The state vector is too long.');
    }
    if (!this.#judge(stateVector)) return;
    const isAnswering = this.#asked !== null;
    this.#asked = stateVector;
    if (!isAnswering) this.#answer().catch((error) => this.#session.connection.fail(error));
  }

  /**
   * G5: what a client holds from before the epoch must not come back as new writing, and a stock client cannot know.
   * @returns false when it was shut out
   */
  #judge(stateVector: Uint8Array): boolean {
    let isOfThisEpoch: boolean;
    try {
      isOfThisEpoch = this.#room.hasStructsOf(stateVector);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#session.end(CloseCode.BadFrame, 'The state vector could not be read.');
      return false;
    }
    if (!this.#mayBeOlder) return true;
    this.#mayBeOlder = !isOfThisEpoch;
    if (this.#mayBeOlder) this.#refuseOlder();
    return true;
  }

  #refuseOlder(): void {
    const { epoch } = this.#room.channel;
    this.#denyForGood(
      'cannot-merge',
      'The document was replaced on the server, and this page holds text from before. It can be read here, but not ' +
        `changed: copy what you need, and reload. (A client whose text is of this epoch says so: ?epoch=${epoch}.)`,
    );
  }

  /** It would be the same each time it comes with what it holds. */
  #denyForGood(code: RefusalCode, reason: string): void {
    if (!this.#refused) this.#session.noteDenial();
    this.#deny(code, reason);
  }

  /** Nothing that it sends is taken from here on, nor is its caret shown, which may be in text that nobody has. */
  #deny(code: RefusalCode, reason: string): void {
    if (this.#refused) return;
    this.#refused = true;
    this.#session.metrics.refused.add(code);
    this.#backlog.end();
    this.#presenceState = null;
    this.#seat?.showPresence('', 0);
    this.#send(deniedFrame(reason));
  }

  async #answer(): Promise<void> {
    for (let asked = this.#asked; asked !== null && this.#seat !== null; asked = this.#asked) {
      // A client that asks and does not read costs no answer.
      await new Promise<void>((resolve) => this.#session.connection.whenDrained(resolve));
      const loan = await this.#answerTo(asked);
      if (loan === null) return;
      if (this.#seat === null || asked !== this.#asked) {
        loan.release();
        continue;
      }
      this.#asked = null;
      this.#taking = loan;
      const reached = this.#sendAnswer(await loan.value);
      this.#session.connection.whenDrained(() => this.#taken(loan));
      if (!this.#seat.live) this.#catchUp(reached);
    }
  }

  /**
   * The answer, and the entries after it. By SyncStep2 a client takes itself to be in sync, so that is what comes last.
   * @returns up to which entry it has everything now
   */
  #sendAnswer(answer: JoinAnswer): Seq {
    const { seq } = answer;
    const rest = this.#room.tail.pieceAfter(seq, CATCH_UP_PIECE_BYTES) ?? [];
    const { connection } = this.#session;
    connection.send(answer.outgoing(rest.length === 0 ? syncStep2Frame : updateFrame));
    if (rest.length > 0) {
      const last = rest.length - 1;
      connection.send({ messages: rest.map((entry, i) => (i === last ? syncStep2Frame : updateFrame)(entry)) });
    }
    return seq + rest.length;
  }

  /** J1: with the whole delete set. @returns it made, and held; null when there is none: the session is ended */
  async #answerTo(stateVector: Uint8Array): Promise<Loan<JoinAnswer> | null> {
    try {
      const loan = this.#room.answerSyncStep1(stateVector);
      await loan.value;
      return loan;
    } catch {
      this.#session.end(CloseCode.InternalError, 'The server could not send this document.');
      return null;
    }
  }

  #taken(loan: Loan<JoinAnswer>): void {
    if (this.#taking !== loan) return;
    this.#taking = null;
    loan.release();
  }

  /** The entries after `seq`, a piece at a time, each when the one before was taken; then it is told what happens. */
  #catchUp(seq: Seq): void {
    if (this.#seat === null) return;
    const { head, tail } = this.#room;
    const updates = tail.pieceAfter(seq, CATCH_UP_PIECE_BYTES);
    if (updates === null) {
      // A checkpoint took those entries away: it is asked for by us this time.
      this.#syncStep1(EMPTY_STATE_VECTOR);
      return;
    }
    const reached = seq + updates.length;
    if (updates.length > 0) this.#session.connection.send({ messages: updates.map(updateFrame) });
    if (reached < head) return this.#session.connection.whenDrained(() => this.#catchUp(reached));
    // Only now, for carets point into that text (S5), and what changed before this moment was not told to this seat.
    this.#seat.goLive();
    this.#room.presence.greet(this.#seat, this.#seen);
  }

  #answered(update: Uint8Array): void {
    this.#backlog.answered();
    if (isEmpty(update)) this.#backlog.taken();
    else this.#update(update);
    if (this.#presenceState !== null) this.#showPresence();
  }

  #update(update: Uint8Array): void {
    // Who may only read was told so; what it sends is not looked at. After something was dropped the rest builds on it.
    if (this.#refused || this.#seat?.access === 'read' || this.#backlog.hasDropped) return;
    if (this.#mayBeOlder) return this.#refuseOlder();
    const { limits, metrics } = this.#session;
    if (update.length > limits.updateBytes) {
      metrics.refused.add('too-large');
      return this.#session.end(CloseCode.TooMuch, 'This change is too large.');
    }
    const waitMs = this.#allowance.takeUpdate(update.length);
    if (waitMs > 0) {
      metrics.postponed.add('too-many');
      return this.#backlog.drop(waitMs);
    }
    this.#clientSeq += 1;
    const result = this.#seat!.submit(update, this.#clientSeq);
    switch (result.kind) {
      case 'accepted':
      case 'known':
        if (result.kind === 'accepted') metrics.edits += 1;
        else metrics.known += 1;
        return this.#backlog.taken();
      case 'gap':
        this.#clientSeq -= 1;
        metrics.resyncs += 1;
        if (!this.#backlog.gap(result.isPartTaken)) this.#denyForGood('cannot-merge', BUILDS_ON_NOTHING);
        return;
      case 'busy':
        metrics.postponed.add(result.kind);
        return this.#session.end(CloseCode.SlowReader, 'The server is busy. Your changes are kept by your editor.');
      case 'no-storage':
        this.#clientSeq -= 1;
        metrics.postponed.add(result.kind);
        return this.#backlog.drop(null);
      case 'malformed':
        metrics.refused.add(result.kind);
        return this.#session.end(CloseCode.BadFrame, `This change could not be read: ${result.reason}.`);
      case 'read-only':
      case 'tangled':
      case 'document-full':
        return this.#deny(result.kind, refusalSentences[result.kind]);
      case 'client-id-taken':
        this.#clientSeq -= 1;
        return this.#denyForGood(result.kind, CLIENT_ID_TAKEN);
      default:
        result satisfies never;
    }
  }

  /** Stock clients say the same every 15 s, so as not to be forgotten; the others are told so by the server (G6). */
  #isSaidAgain({ json }: OwnPresence): boolean {
    return this.#seat?.presenceId !== null && json === this.#presenceText;
  }

  /**
   * G6: the session's presence id is the one of its first frame with a single entry; entries for other ids, which stock
   * clients pass on, and all for an id of somebody else, are ignored. Clocks are the server's own.
   */
  #awareness({ id, json }: OwnPresence): void {
    if (this.#refused) return;
    const seat = this.#seat!;
    if (seat.presenceId === null && !seat.claim(id)) return;
    const state = json === 'null' ? null : parsePresenceState(json, this.#session.limits.presenceBytes);
    if (json !== 'null' && state === null) return;
    this.#presenceState = state;
    this.#showPresence();
  }

  #showPresence(): void {
    const state = this.#presenceState;
    const { role } = this.#role;
    if (state === null) this.#seat?.showPresence('', this.#clientSeq);
    if (state === null || role === null || this.#backlog.isBehind) return;
    const shown = shownPerson(this.#session.identity, state.user);
    this.#session.called(shown.name);
    this.#seat?.showPresence(
      presenceJson(state, { person: this.#session.identity.person, ...shown, role }),
      this.#clientSeq,
    );
  }

  #access(): Access {
    const { role } = this.#role;
    return !this.#session.isSuspended && role !== null && mayWrite(role, 'content') ? 'write' : 'read';
  }

  /** To those who read what they are told; when they have caught up, they are told anyway. */
  #callTheRoll(): void {
    if (this.#seat === null || !this.hasRoom || !this.#seat.live) return;
    // It is told of no change until then: who goes meanwhile is told to be gone.
    const { presence } = this.#room;
    presence.greet(this.#seat, presence.shownTo(this.#seat));
  }

  #send(message: Uint8Array): void {
    this.#session.connection.send({ messages: [message] });
  }
}

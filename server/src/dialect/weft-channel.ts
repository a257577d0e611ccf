// One channel that a `weft` session has open: the state of the client's stream (S1), what one may do in it now, and what
// the client was told of both.

import {
  type ClientMessage,
  CloseCode,
  MAX_RESYNCS,
  type Message,
  mayWrite,
  type RefusalCode,
  refusalSentences,
  roleToWire,
  type ServerMessage,
  serverCodec,
} from '@weft/protocol';
import type { SessionLimits } from '../access/live-sessions.js';
import type { Person } from '../access/person.js';
import type { Seq } from '../log/document-log.js';
import type { DialectMetrics, Postponed } from '../metrics/metrics.js';
import { type Dialect, giveBackSent, type Member, type Outgoing } from '../room/member.js';
import type { Room } from '../room/room.js';
import type { Access, Seat } from '../room/seat.js';
import type { Allowance } from './allowance.js';
import { CATCH_UP_PIECE_BYTES, type Connection } from './connection.js';
import { Paced } from './paced.js';
import { type PresenceState, parsePresenceState, presenceJson } from './presence-state.js';
import type { RoleWatcher, WatchedRole } from './watched-role.js';

export const outgoing = (...messages: ServerMessage[]): Outgoing => ({ messages: [serverCodec.encode(...messages)] });

const weftDialect: Dialect = {
  echoes: false,
  forgetsTheQuiet: false,
  news: (room, { firstSeq, updates, presence }) => {
    const channel = room.number;
    const messages: ServerMessage[] = [];
    if (updates.length > 0) messages.push({ type: 'Entries', channel, firstSeq, updates, proof: room.proof });
    if (presence !== null) messages.push({ type: 'Presence', channel, entries: presence });
    return outgoing(...messages);
  },
  contentHash: ({ number: channel }, seq, hash) => outgoing({ type: 'Hash', channel, seq, hash }),
};

const BUSY_RETRY_MS = 1000;
/** While nothing can be written: the end of that is told, and ends the waiting. */
const STORAGE_RETRY_MS = 10_000;

const NONE = new Uint8Array();

/** What a channel needs to know of its session. */
export interface ChannelSession {
  readonly connection: Connection;
  /** Opaque id of whoever writes here. */
  readonly author: string;
  /** What it is shown as. */
  readonly person: Person;
  /** Why nobody may write under this session now; null when they may. */
  readonly suspension: string | null;
  /** What it may still send now, over all its channels. */
  readonly allowance: Allowance;
  readonly limits: SessionLimits;
  readonly metrics: DialectMetrics;
}

export class WeftChannel implements Member, RoleWatcher {
  readonly dialect = weftDialect;
  readonly #session: ChannelSession;
  readonly #room: Room;
  readonly #role: WatchedRole;
  readonly #seat: Seat;
  readonly #forget: () => void;
  /** Of the Open that is not answered yet; 0 once it is. */
  #ref = 0;
  /** Whatever it sends may be from before the document was replaced: it has to open anew for what it writes now. */
  #holdsOther = false;
  /** Whom it was shown when it fell behind: who is gone since then, it is told. */
  #seen: readonly number[] = [];
  #presenceState: PresenceState | null = null;
  #presenceClientSeq = 0;
  /** Made when something of the kind comes first. */
  #presences: Paced<Message<ClientMessage, 'Presence'>> | null = null;
  /** After Refused, Resync and Busy everything is thrown away until Resume: what follows would have a hole before it. */
  #discarding = false;
  #resyncs = 0;
  /** Why it has to go, once it was told of what is being written of its own. */
  #leaving: string | null = null;

  /** @param forget called when the channel is no longer open, but for a word it may still have for its client */
  constructor(session: ChannelSession, room: Room, role: WatchedRole, outboxId: string, forget: () => void) {
    this.#session = session;
    this.#room = room;
    this.#role = role;
    this.#forget = () => {
      this.#presences?.end();
      forget();
    };
    this.#seat = room.join({ member: this, access: this.#access(), author: session.author, outboxId });
    role.watcher = this;
  }

  /** @returns false when the Yjs client id is somebody else's */
  claim(clientId: number): boolean {
    return this.#seat.claim(clientId);
  }

  get hasRoom(): boolean {
    return this.#session.connection.hasRoom;
  }

  /**
   * Everything a join needs: Opened, the entries it lacks, who is here. It is looked for once the client has taken what was
   * sent before, so that a client that opens much and reads little costs little.
   * @param ref of the Open that this answers
   * @param held the client has every entry up to here
   * @param holdsOther it says that it holds something else than what is here (G5)
   */
  begin(ref: number, held: Seq, holdsOther: boolean): void {
    this.#ref = ref;
    this.#holdsOther = holdsOther;
    this.#whenDrained(() => {
      const room = this.#room;
      const { base, checkpoint } = room.startFor(held);
      const opened: ServerMessage = {
        type: 'Opened',
        ref,
        channel: room.number,
        epoch: room.channel.epoch,
        access: accessToWire(this.#seat.access),
        savedClientSeq: this.#seat.savedClientSeq,
        held,
        head: room.head,
        proof: room.proof,
        checkpointSeq: base,
        checkpoint: checkpoint?.state ?? new Uint8Array(),
        role: roleToWire(this.#role.role),
      };
      this.#ref = 0;
      this.#catchUp(base, [opened]);
    });
  }

  fellBehind(seq: Seq): void {
    this.#seen = this.#room.presence.shownTo(this.#seat);
    this.#whenDrained(() => this.#catchUp(seq));
  }

  update({ clientSeq, update }: Message<ClientMessage, 'Update'>): void {
    if (this.#discarding) return;
    const { allowance, limits } = this.#session;
    const waitMs = allowance.takeUpdate(update.length);
    if (waitMs > 0) return this.#wait(clientSeq, waitMs, 'too-many');
    if (update.length > limits.updateBytes) return this.#refuse(clientSeq, 'too-large');
    if (this.#holdsOther) return this.#refuse(clientSeq, 'cannot-merge');
    const result = this.#seat.submit(update, clientSeq);
    switch (result.kind) {
      case 'accepted':
      case 'known':
        if (result.kind === 'accepted') this.#session.metrics.edits += 1;
        else this.#session.metrics.known += 1;
        this.#resyncs = 0;
        return;
      case 'gap':
        this.#resyncs = result.isPartTaken ? 1 : this.#resyncs + 1;
        if (this.#resyncs > MAX_RESYNCS) return this.#refuse(clientSeq, 'cannot-merge');
        return this.#send(this.#resync(clientSeq, result.stateVector));
      case 'busy':
        return this.#wait(clientSeq, BUSY_RETRY_MS, result.kind);
      case 'no-storage':
        return this.#wait(clientSeq, STORAGE_RETRY_MS, result.kind);
      case 'malformed':
      case 'tangled':
      case 'read-only':
      case 'client-id-taken':
      case 'document-full':
        return this.#refuse(clientSeq, result.kind);
      default:
        result satisfies never;
    }
  }

  resume(): void {
    this.#discarding = false;
  }

  /** Whether the client holds what is on disk, which can be told at the head alone, while nothing is being written, and if it may take the time. */
  check({ seq, digest }: Message<ClientMessage, 'Check'>): void {
    const room = this.#room;
    const { allowance } = this.#session;
    const own = seq === room.head ? room.digest((work) => allowance.takeDigest(work)) : null;
    const differs = own !== null && Buffer.compare(own, digest) !== 0;
    const stateVector = differs ? room.durableStateVector() : NONE;
    const mayTell = own !== null && allowance.takeDigest(stateVector.length);
    const verdict = !mayTell ? 0 : differs ? 2 : 1;
    this.#send({ type: 'Checked', channel: room.number, seq, verdict, stateVector: mayTell ? stateVector : NONE });
  }

  presence(presence: Message<ClientMessage, 'Presence'>): void {
    const { limits, connection } = this.#session;
    this.#presences ??= new Paced(
      limits.presencesPerSecond,
      (place) => this.#place(place),
      (error) => connection.fail(error),
    );
    this.#presences.push(presence);
  }

  #place({ state: json, clientSeq }: Message<ClientMessage, 'Presence'>): void {
    const state = json === '' ? null : parsePresenceState(json, this.#session.limits.presenceBytes);
    if (json !== '' && state === null) return;
    this.#presenceState = state;
    this.#presenceClientSeq = clientSeq;
    this.#showPresence();
  }

  /** The session is shown as somebody else now. */
  introduce(): void {
    if (this.#presenceState !== null) this.#showPresence();
  }

  /** The session was suspended, or is no longer. */
  sessionChanged(): void {
    this.#tellAccess(this.#session.suspension ?? '');
  }

  /** The client has left, or its connection has gone. */
  leave(): void {
    this.#seat.leave();
    this.#forget();
  }

  send(out: Outgoing): void {
    this.#session.connection.send(out);
  }

  saved(clientSeq: number, head: Seq, timeMs: number): void {
    const { number: channel, proof } = this.#room;
    if (this.#leaving === null) return this.#send({ type: 'Saved', channel, clientSeq, seq: head, proof, timeMs });
    // What others wrote since it was shut out it is not sent: it gets no proof of having it.
    this.#send({ type: 'Saved', channel, clientSeq, seq: 0, proof: NONE, timeMs });
    if (!this.#seat.isWriting) this.#goodbye(this.#leaving);
  }

  dismissed(code: CloseCode, reason: string): void {
    this.#forget();
    this.#close(code, reason);
  }

  /** The entries after `seq`, a piece at a time, each when the one before was taken; then it is told what happens. */
  #catchUp(seq: Seq, before: readonly ServerMessage[] = []): void {
    const { head, proof, tail, number: channel, contentHash, presence } = this.#room;
    const updates = tail.pieceAfter(seq, CATCH_UP_PIECE_BYTES);
    if (updates === null) return this.#outrun();
    const reached = seq + updates.length;
    const messages = [...before];
    if (updates.length > 0) {
      messages.push({
        type: 'Entries',
        channel,
        firstSeq: seq + 1,
        updates,
        proof: reached === head ? proof : NONE,
      });
    }
    const states = reached === head && !presence.isCrowd ? presence.states(this.#seen) : null;
    if (states) messages.push({ type: 'Presence', channel, entries: states });
    // Who is given that very state need not compare.
    const isGiven = before.some((message) => message.type === 'Opened' && message.checkpoint.length > 0);
    if (reached === head && contentHash && !isGiven)
      messages.push({ type: 'Hash', channel, seq: head, hash: contentHash });
    if (messages.length > 0) this.#sendOnce(outgoing(...messages));
    if (reached < head) return this.#whenDrained(() => this.#catchUp(reached));
    this.#seat.goLive();
    if (presence.isCrowd) presence.greet(this.#seat, this.#seen);
  }

  /** Something long, that goes to nobody else. */
  #sendOnce(out: Outgoing): void {
    const { connection } = this.#session;
    connection.send(out);
    connection.whenDrained(() => giveBackSent(out));
  }

  /** What it lacks is part of a checkpoint by now: that is for those who open, as it may do at once. */
  #outrun(): void {
    this.#seat.leave();
    this.dismissed(CloseCode.SlowReader, 'More was written here than this connection could take. It is opened again.');
  }

  /** Once nothing waits for the client, unless the channel is closed by then, or closing. */
  #whenDrained(callback: () => void): void {
    this.#session.connection.whenDrained(() => {
      if (this.#leaving === null && this.#room.seats.has(this.#seat)) callback();
    });
  }

  roleChanged(reason: string): void {
    if (this.#role.role === null) this.#shutOut(reason);
    else this.#tellAccess(reason);
  }

  #tellAccess(reason: string): void {
    this.#seat.allow(this.#access());
    this.#sendAccess(reason);
    this.introduce();
  }

  /** Before Opened there is nothing to change: it says what holds by then. */
  #sendAccess(reason: string): void {
    if (this.#ref !== 0) return;
    const role = roleToWire(this.#role.role);
    const access = accessToWire(this.#seat.access);
    this.#send({ type: 'Access', channel: this.#room.number, role, access, reason });
  }

  /** G7: what has its seq stands and is acknowledged; nothing else is told any more, and nothing is taken. */
  #shutOut(reason: string): void {
    this.#presenceState = null;
    this.#leaving = reason;
    this.#forget();
    this.#seat.withdraw();
    // That may have told the last there was to tell.
    if (this.#leaving === null) return;
    if (!this.#seat.isWriting) return this.#goodbye(reason);
    this.#sendAccess(reason);
  }

  #goodbye(reason: string): void {
    this.#leaving = null;
    this.#seat.leave();
    this.#close(CloseCode.NoAccess, reason);
  }

  #access(): Access {
    const { role } = this.#role;
    const { kind } = this.#room.channel.id;
    return this.#session.suspension === null && role !== null && mayWrite(role, kind) ? 'write' : 'read';
  }

  #showPresence(): void {
    const { author, person } = this.#session;
    const { role } = this.#role;
    if (role === null) return;
    const json =
      this.#presenceState === null ? '' : presenceJson(this.#presenceState, { person: author, ...person, role });
    this.#seat.showPresence(json, this.#presenceClientSeq);
  }

  #resync(clientSeq: number, stateVector: Uint8Array): ServerMessage {
    this.#discarding = true;
    this.#session.metrics.resyncs += 1;
    return { type: 'Resync', channel: this.#room.number, clientSeq, stateVector };
  }

  #wait(clientSeq: number, retryAfterMs: number, why: Postponed): void {
    this.#discarding = true;
    this.#session.metrics.postponed.add(why);
    this.#send({ type: 'Busy', channel: this.#room.number, clientSeq, retryAfterMs });
  }

  #refuse(clientSeq: number, code: RefusalCode): void {
    this.#discarding = true;
    this.#session.metrics.refused.add(code);
    this.#send({ type: 'Refused', channel: this.#room.number, clientSeq, code, reason: refusalSentences[code] });
  }

  #close(code: CloseCode, reason: string): void {
    const isOpened = this.#ref === 0;
    this.#send({ type: 'Closed', ref: this.#ref, channel: isOpened ? this.#room.number : 0, code, reason });
  }

  #send(message: ServerMessage): void {
    this.#session.connection.send(outgoing(message));
  }
}

const accessToWire = (access: Access): number => (access === 'write' ? 1 : 0);

// A channel: one document's place on the wire. It opens, keeps the replica in step with the log, sends its outbox and
// the presence, and tells its owner what happened. What it has to say is pulled from it by `collect`, once per turn, so
// that the order on the wire is written in one place: Close, Open, Resume, Updates, and only then the caret (S5).

import {
  type ClientMessage,
  CloseCode,
  type Message,
  mayComeBack,
  type RefusalCode,
  refusalSentences,
  type ServerMessage,
} from '@weft/protocol';
import { encodeStateAsUpdate } from 'yjs';
import { Agreement } from './agreement.js';
import type { Carrier, ChannelOwner, ChannelPlace } from './channel-owner.js';
import { ContentCheck } from './content-check.js';
import type { StoredAccess } from './local-store.js';
import type { Presence } from './presence.js';
import { PresenceSender } from './presence-sender.js';
import { Progress } from './progress.js';
import type { Replica } from './replica.js';
import { Rights } from './rights.js';
import { Stay } from './stay.js';
import type { ChannelMessage } from './switchboard.js';

const NO_PROOF = new Uint8Array();

export class Channel {
  replica: Replica;
  readonly place: string;
  readonly #stay: Stay;
  readonly #presence: Presence;
  readonly #presenceSender: PresenceSender;
  readonly #carrier: Carrier;
  readonly #owner: ChannelOwner;

  #connected = false;
  /** The server discards this stream until Resume. */
  #resume = false;
  readonly #contentCheck: ContentCheck;
  readonly #agreement = new Agreement(() => this.#say());
  readonly #progress: Progress;
  /** What is kept in this browser is still being read. */
  #isHeld = false;

  synced = false;
  busy = false;
  /** The server answered the last Open with a fault of its own; it is tried again. */
  turnedDown = false;
  readonly rights = new Rights();
  openingSinceMs = 0;
  savedAtMs: number | null = null;

  constructor(place: ChannelPlace, replica: Replica, presence: Presence, carrier: Carrier, owner: ChannelOwner) {
    this.place = `${place.kind}:${place.document}`;
    this.#stay = new Stay(place, carrier, () => this.#say());
    this.replica = replica;
    this.#presence = presence;
    this.#presenceSender = new PresenceSender(presence, () => this.#say());
    this.#carrier = carrier;
    this.#owner = owner;
    this.#contentCheck = new ContentCheck(
      () => (this.#isAtRest ? this.replica : null),
      () => owner.diverged(),
    );
    this.#progress = new Progress({
      isAwaiting: () => this.#isAwaiting,
      unsentBytes: () => carrier.unsentBytes(),
      stuck: () => {
        owner.changed();
        carrier.reconnect(CloseCode.Timeout, 'nothing came of what was sent');
      },
    });
  }

  /** Whether the document is open or will be asked for in this turn. */
  get joined(): boolean {
    if (this.#stay.kind === 'away') return this.#connected && !this.#stay.isPaused;
    return this.#stay.kind !== 'ended';
  }

  /** Whether it is known since the last join that the server holds what the replica does, or that is about to be asked. */
  get agreed(): boolean {
    return !this.replica.isWritable || !this.#agreement.isOpen;
  }

  /** The server holds something else than the replica, and it is being mended. */
  get differs(): boolean {
    return this.#agreement.differs;
  }

  /** Nothing comes of what was sent, though the connection stands. */
  get stuck(): boolean {
    return this.#progress.isStuck;
  }

  /** In step, and with nothing under way. */
  get #isAtRest(): boolean {
    return this.synced && !this.replica.hasPending && this.replica.outbox.changes === 0;
  }

  get #isAwaiting(): boolean {
    const { kind, isPaused } = this.#stay;
    if (!this.#connected || this.#isHeld || isPaused || kind === 'ended') return false;
    if (kind !== 'open') return true;
    const isAnswered = this.synced && !this.replica.outbox.isAwaited && !this.#agreement.isAwaited;
    return !isAnswered && !this.busy && this.#carrier.storageTrouble() === null;
  }

  connected(): void {
    this.#connected = true;
    this.#say();
  }

  disconnected(): void {
    this.#connected = false;
    this.turnedDown = false;
    this.#leave();
    this.#stay.forget();
    this.#owner.changed();
  }

  /** The server can save nothing, or can again: then there is no reason to wait any more. */
  storageChanged(): void {
    if (this.#carrier.storageTrouble() === null && this.busy) {
      this.busy = false;
      this.#stay.breakOffPause();
      this.#say();
    }
    this.#progress.look();
    this.#owner.changed();
  }

  /** What one may do until the server says it: as it was when it last did. */
  expectAccess(access: StoredAccess): void {
    this.rights.expect(access);
    this.replica.isWritable = access.mayWrite;
    this.#owner.accessChanged();
  }

  /** Opens nothing until `release`. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#say();
  }

  /** Leaves and opens again, with another replica. */
  restart(replica: Replica): void {
    this.#leave();
    this.replica = replica;
    replica.isWritable = this.rights.mayWrite;
    this.#stay.restart();
    this.#say();
  }

  /** Leaves for good; what can still be sent is in the next `collect`. */
  close(): void {
    this.#leave();
    this.#stay.end();
    this.#say();
  }

  /** Everything there is to say now, in order. */
  collect(): ClientMessage[] {
    const messages = this.#connected ? this.#collect() : [];
    this.#progress.look();
    return messages;
  }

  #collect(): ClientMessage[] {
    const { isPaused, channel } = this.#stay;
    const { outbox, isWritable } = this.replica;
    const isTooLarge = isWritable && outbox.hasUnsentOver(this.#carrier.maxUpdateBytes());
    if (channel !== null && !isPaused && isTooLarge) {
      // A server would close the whole connection over a frame it cannot take.
      this.#refused('too-large');
    }
    const messages = this.#stay.takeClose();
    const isAway = this.#stay.kind === 'away' && !this.#stay.isPaused && !this.#isHeld;
    if (isAway && this.#carrier.switchboard.mayOpen(this)) messages.push(this.#open());
    if (this.#stay.channel !== null && !this.#stay.isPaused) this.#collectOpen(this.#stay.channel, messages);
    return messages;
  }

  receive(message: ChannelMessage): void {
    this.#handle(message);
    this.#progress.look();
  }

  #handle(message: ChannelMessage): void {
    switch (message.type) {
      case 'Opened':
        this.#opened(message);
        break;
      case 'Entries':
        this.#entries(message);
        break;
      case 'Saved':
        this.#saved(message);
        break;
      case 'Refused':
        this.#refusedByServer(message);
        break;
      case 'Resync':
        this.#resync(message);
        break;
      case 'Busy':
        this.#wait(message);
        break;
      case 'Presence':
        this.#presence.applyRemote(message.entries);
        break;
      case 'Access':
        this.#accessChanged(message);
        break;
      case 'Hash':
        this.#contentCheck.told(message.seq, message.hash);
        break;
      case 'Checked':
        this.#checked(message);
        break;
      case 'Closed':
        this.#closed(message);
    }
  }

  #open(): ClientMessage {
    const message = this.#stay.open(this.#carrier.switchboard.expectOpened(this), this.replica);
    this.openingSinceMs = Date.now();
    this.#owner.changed();
    return message;
  }

  #collectOpen(channel: number, messages: ClientMessage[]): void {
    const { outbox, isWritable } = this.replica;
    const entries = isWritable ? outbox.take(this.#carrier.maxUpdateBytes()) : [];
    if (this.#resume && entries.length > 0) {
      messages.push({ type: 'Resume', channel, fromClientSeq: entries[0]!.clientSeq });
      this.#resume = false;
    }
    for (const { clientSeq, update } of entries) messages.push({ type: 'Update', channel, clientSeq, update });

    const digest = this.#isAtRest ? this.#agreement.question(this.replica) : null;
    if (digest) messages.push({ type: 'Check', channel, seq: this.replica.seq, digest });

    // A replica that is not shown yet has no caret; and no caret overtakes the text it may point to (S5).
    if (this.#presence.doc !== this.replica.doc || outbox.hasUnsent) return;
    const state = this.#presenceSender.take();
    if (state !== null) messages.push({ type: 'Presence', channel, clientSeq: outbox.lastUnsaved, state });
  }

  #opened(message: Message<ServerMessage, 'Opened'>): void {
    const { replica } = this;
    const isSame = this.#stay.opened(message, replica);
    this.turnedDown = false;
    this.#takeAccess(message, '');
    // What is in the Y.Doc must not be mixed with what is there now.
    if (!isSame) return this.#owner.replaced();
    replica.epoch = message.epoch;
    // When exactly is not said; it was before now.
    if (replica.outbox.saved(message.savedClientSeq)) this.savedAtMs = Date.now();
    if (this.#losesWriting()) return;
    this.#agreement.opened(this.#stay.begun());
    this.#say();
    if (message.checkpoint.length > 0) replica.applyCheckpoint(message.checkpoint);
    const { checkpointSeq, head, proof } = message;
    replica.beginsAfter(checkpointSeq, checkpointSeq === head ? proof.slice() : NO_PROOF);
    this.#advanced();
  }

  #entries({ firstSeq, updates, proof }: Message<ServerMessage, 'Entries'>): void {
    if (!this.synced) this.#progress.moved();
    if (!this.replica.applyEntries(firstSeq, updates)) {
      this.#carrier.reconnect(CloseCode.BadFrame, `entry ${this.replica.seq + 1} is missing, got ${firstSeq}`);
      return;
    }
    this.replica.reached(firstSeq + updates.length - 1, proof);
    this.#advanced();
  }

  #saved({ clientSeq, seq, proof, timeMs }: Message<ServerMessage, 'Saved'>): void {
    this.replica.outbox.saved(clientSeq);
    this.#progress.made();
    // Every entry up to `seq` was sent before this, except those that are our own.
    this.replica.reached(seq, proof);
    this.savedAtMs = timeMs;
    this.busy = false;
    this.#say();
    this.#advanced();
    this.#losesWriting();
  }

  #wait({ retryAfterMs }: Message<ServerMessage, 'Busy'>): void {
    this.replica.outbox.rewind();
    this.busy = true;
    this.#resume = true;
    this.#stay.pauseFor(retryAfterMs);
    this.#owner.changed();
    this.#losesWriting();
  }

  #resync({ stateVector }: Message<ServerMessage, 'Resync'>): void {
    const { doc, outbox } = this.replica;
    outbox.rewind();
    if (this.#losesWriting()) return;
    outbox.replaceAll(encodeStateAsUpdate(doc, stateVector), Date.now());
    this.#resume = true;
    this.#stay.breakOffPause();
    this.#say();
    this.#advanced();
  }

  #checked(answer: Message<ServerMessage, 'Checked'>): void {
    const { doc, outbox } = this.replica;
    const remedy = this.#agreement.answered(answer, this.replica);
    if (remedy === 'send') outbox.addAll(encodeStateAsUpdate(doc, answer.stateVector), Date.now());
    if (remedy === 'fetch') this.#askForAll();
    if (remedy === 'replace') return this.#owner.diverged();
    this.#progress.made();
    this.#say();
    this.#owner.changed();
  }

  #closed({ code, reason }: Message<ServerMessage, 'Closed'>): void {
    const isTaken = code === CloseCode.ClientIdTaken;
    this.turnedDown = this.#stay.kind === 'opening' && !isTaken;
    this.#leave();
    this.#stay.forget();
    if (isTaken) this.#owner.clientIdTaken();
    if (mayComeBack(code)) this.#reopen();
    else {
      this.#stay.end();
      this.#owner.ended(code, reason);
    }
  }

  #accessChanged(message: Message<ServerMessage, 'Access'>): void {
    this.#takeAccess(message, message.reason);
    this.#say();
    this.#owner.changed();
    this.#losesWriting();
  }

  #takeAccess(message: { readonly role: number; readonly access: number }, reason: string): void {
    const isOther = this.rights.take(message, reason);
    this.replica.isWritable = this.rights.mayWrite;
    if (isOther) this.#owner.accessChanged();
  }

  /** What was sent before the right went may still be saved (G7); once that is answered, the rest never will be. */
  #losesWriting(): boolean {
    const { isWritable, outbox } = this.replica;
    const isLost = !isWritable && outbox.changes > 0 && !outbox.isAwaited;
    if (isLost) this.#owner.writeLost();
    return isLost;
  }

  #refusedByServer({ code, reason }: Message<ServerMessage, 'Refused'>): void {
    if (code === ('client-id-taken' satisfies RefusalCode)) this.#owner.clientIdTaken();
    else if (code === ('read-only' satisfies RefusalCode) && !this.replica.isWritable) this.#owner.writeLost();
    else this.#owner.refused(code, reason);
  }

  #refused(code: RefusalCode): void {
    this.#owner.refused(code, refusalSentences[code]);
  }

  /** The replica has moved on; is it in step? */
  #advanced(): void {
    if (this.#stay.kind !== 'open') return;
    const isInStep = this.replica.seq >= this.#stay.head;
    if (isInStep && this.replica.hasPending) {
      // What Yjs keeps aside is neither shown nor saved.
      this.#askForAll();
      return;
    }
    if (!this.synced && isInStep) {
      this.synced = true;
      this.#stay.inStep();
      if (this.replica.outbox.changes === 0) this.#progress.made();
      else this.#progress.moved();
      this.#owner.synced();
    }
    this.#say();
    this.#owner.changed();
  }

  /** Everything is to come again, on top of what is here; a second time in a row only after a pause. */
  #askForAll(): void {
    this.#leave();
    this.#stay.askForAll();
    this.#reopen();
  }

  #reopen(): void {
    this.#stay.reopen();
    this.#owner.changed();
  }

  /** Forgets everything that belongs to this stay on the wire. */
  #leave(): void {
    this.#stay.leave();
    this.replica.outbox.rewind();
    this.synced = false;
    this.busy = false;
    this.#resume = false;
    this.#agreement.left();
    this.#progress.look();
    this.#contentCheck.cancel();
    this.#presenceSender.reset();
    this.#presence.removeRemote();
  }

  /** Asks to be asked at the end of this turn. */
  #say(): void {
    this.#carrier.switchboard.schedule(this);
  }
}

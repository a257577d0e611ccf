// The `weft` dialect: one connection, many channels. Frames of PROTOCOL.md become operations on rooms and back.
// A frame that is not the protocol ends this session alone.

import {
  BadFrameError,
  type ClientMessage,
  CloseCode,
  clientCodec,
  MAX_OPEN_CHANNELS,
  MAX_OUTBOX_ID_LENGTH,
  MAX_RESYNCS,
  MAX_UPDATE_BYTES,
  type Message,
  PROTOCOL_VERSION,
  parseDocumentName,
  type RefusalCode,
  refusalSentences,
  roleToWire,
  type ServerMessage,
  type StorageTrouble,
  serverCodec,
} from '@weft/protocol';
import { type Person, parsePerson } from '../access/person.js';
import { CHANNEL_KINDS, type Seq } from '../log/document-log.js';
import type { StorageState } from '../log/storage-health.js';
import type { Dialect, Member, Outgoing } from '../room/member.js';
import type { Room } from '../room/room.js';
import type { RoomRegistry } from '../room/room-registry.js';
import type { Seat } from '../room/seat.js';
import { SyncError } from '../sync-error.js';
import { CATCH_UP_PIECE_BYTES, type Connection, type Session } from './connection.js';
import { type PresenceState, parsePresenceState, presenceJson } from './presence-state.js';

const outgoing = (...messages: ServerMessage[]): Outgoing => ({ messages: [serverCodec.encode(...messages)] });

const weftDialect: Dialect = {
  echoes: false,
  forgetsTheQuiet: false,
  entries: ({ number: channel, proof }, firstSeq, updates) =>
    outgoing({ type: 'Entries', channel, firstSeq, updates, proof }),
  presence: ({ number: channel }, update) => outgoing({ type: 'Presence', channel, entries: update }),
};

const NO_PROOF = new Uint8Array();

const BUSY_RETRY_MS = 1000;
/** While nothing can be written: the end of that is told, and ends the waiting. */
const STORAGE_RETRY_MS = 10_000;

const storageNews: Readonly<Record<StorageState, Outgoing>> = {
  ok: outgoing({ type: 'Storage', code: '' }),
  full: outgoing({ type: 'Storage', code: 'disk-full' satisfies StorageTrouble }),
  failing: outgoing({ type: 'Storage', code: 'disk-failing' satisfies StorageTrouble }),
};

export interface WeftSessionOptions {
  readonly registry: RoomRegistry;
  readonly connection: Connection;
  /** Random and unique: what the client is told its connection is called. */
  readonly sessionId: string;
  /** Name and version of this server. */
  readonly software: string;
}

export class WeftSession implements Session {
  readonly #options: WeftSessionOptions;
  /** null until Hello. */
  #person: Person | null = null;
  /** Open channels by the number of their room. */
  readonly #channels = new Map<number, OpenedChannel>();
  #opening = 0;
  #isClosed = false;
  readonly #endStorageNews: () => void;

  constructor(options: WeftSessionOptions) {
    this.#options = options;
    const { registry, connection } = options;
    this.#endStorageNews = registry.storage.subscribe((state) => {
      if (this.#person !== null) connection.send(storageNews[state]);
    });
  }

  receive(frame: Uint8Array): void {
    let messages: ClientMessage[];
    try {
      messages = clientCodec.decode(frame);
    } catch (error) {
      if (!(error instanceof BadFrameError)) throw error;
      this.#end(CloseCode.BadFrame, 'This is not the weft protocol.');
      return;
    }
    for (const message of messages) {
      if (this.#isClosed) return;
      this.#handle(message);
    }
  }

  closed(): void {
    this.#isClosed = true;
    this.#endStorageNews();
    for (const channel of this.#channels.values()) channel.seat.leave();
    this.#channels.clear();
  }

  #handle(message: ClientMessage): void {
    if (message.type === 'Hello') {
      this.#hello(message);
      return;
    }
    if (this.#person === null) {
      this.#end(CloseCode.BadFrame, 'The first message has to be Hello.');
      return;
    }
    switch (message.type) {
      case 'Open':
        this.#open(message, this.#person).catch((error) => this.#options.connection.fail(error));
        break;
      // What is said of a channel that is not open is ignored.
      case 'Update':
        this.#channels.get(message.channel)?.update(message);
        break;
      case 'Resume':
        this.#channels.get(message.channel)?.resume();
        break;
      case 'Presence':
        this.#channels.get(message.channel)?.presence(message, this.#person);
        break;
      case 'Close':
        this.#channels.get(message.channel)?.seat.leave();
        this.#channels.delete(message.channel);
        break;
      case 'Ping':
        this.#options.connection.send(outgoing({ type: 'Pong', nonce: message.nonce }));
        break;
      // Everybody is nobody in particular here, for ever.
      case 'Renew':
        this.#options.connection.send(outgoing({ type: 'Identity', person: '', ...this.#person, expiresAtMs: 0 }));
        break;
      default:
        message satisfies never;
    }
  }

  #hello(hello: Message<ClientMessage, 'Hello'>): void {
    if (hello.version !== PROTOCOL_VERSION) {
      const older = hello.version < PROTOCOL_VERSION ? 'This page is older than the server. Reload it.' : null;
      this.#end(CloseCode.VersionUnsupported, older ?? 'The server is older than this page. Try again later.');
      return;
    }
    const isFirst = this.#person === null;
    this.#person = parsePerson(hello);
    if (isFirst) {
      const { sessionId: session, software: server } = this.#options;
      this.#options.connection.send(
        outgoing({
          type: 'Welcome',
          version: PROTOCOL_VERSION,
          server,
          session,
          maxUpdateBytes: MAX_UPDATE_BYTES,
          person: '',
          ...this.#person,
          expiresAtMs: 0,
        }),
      );
      const { state } = this.#options.registry.storage;
      if (state !== 'ok') this.#options.connection.send(storageNews[state]);
    } else {
      for (const channel of this.#channels.values()) channel.introduce(this.#person);
    }
  }

  async #open(open: Message<ClientMessage, 'Open'>, person: Person): Promise<void> {
    const turnDown = (code: CloseCode, reason: string): void =>
      this.#options.connection.send(outgoing({ type: 'Closed', ref: open.ref, channel: 0, code, reason }));

    const name = parseDocumentName(open.document);
    const kind = CHANNEL_KINDS[open.kind];
    if (!name.ok) return turnDown(CloseCode.BadName, name.reason);
    if (!kind || open.outboxId === '' || open.outboxId.length > MAX_OUTBOX_ID_LENGTH) {
      return turnDown(CloseCode.BadFrame, 'The request to open this document was malformed.');
    }
    if (this.#channels.size + this.#opening >= MAX_OPEN_CHANNELS) {
      return turnDown(CloseCode.TooMuch, `At most ${MAX_OPEN_CHANNELS} documents can be open on one connection.`);
    }

    const { epoch, seq } = open;
    // The frame is not ours to keep.
    const proof = open.proof.slice();
    this.#opening += 1;
    try {
      await this.#options.registry.enterHolding({ document: name.name, kind }, { epoch, seq, proof }, (room, held) => {
        if (this.#isClosed) return;
        if (this.#channels.has(room.number)) {
          return turnDown(CloseCode.BadFrame, 'This document is open on this connection already.');
        }
        if (!this.#begin(open, person, room, held)) {
          turnDown(
            CloseCode.ClientIdTaken,
            'The id this page writes under belongs to somebody else. It takes another.',
          );
        }
      });
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      // Why, the registry has told whoever runs the server.
      if (this.#isClosed) return;
      turnDown(CloseCode.InternalError, 'The server could not open this document. Whoever runs it was told why.');
    } finally {
      this.#opening -= 1;
    }
  }

  /** @returns false when the client id it names is somebody else's */
  #begin(open: Message<ClientMessage, 'Open'>, person: Person, room: Room, held: Seq): boolean {
    const channel = new OpenedChannel(this.#options.connection, room, person, () => this.#channels.delete(room.number));
    const { clientId, outboxId } = open;
    channel.seat = room.join({ member: channel, access: 'write', author: '', outboxId });
    if (!channel.seat.claim(clientId)) {
      channel.seat.leave();
      return false;
    }
    this.#channels.set(room.number, channel);
    channel.begin(open.ref, held);
    return true;
  }

  #end(code: CloseCode, reason: string): void {
    this.#options.connection.close(code, reason);
    this.closed();
  }
}

/** One channel a session has open: the state of the client's stream (S1) and of what the client is told. */
class OpenedChannel implements Member {
  readonly dialect = weftDialect;
  seat!: Seat;
  readonly #connection: Connection;
  readonly #room: Room;
  readonly #channel: number;
  readonly #forget: () => void;
  /** Of the Open that is not answered yet; 0 once it is. */
  #ref = 0;
  /** Whom it was shown when it fell behind: who is gone since then, it is told. */
  #seen: readonly number[] = [];
  #person: Person;
  #presenceState: PresenceState | null = null;
  #presenceClientSeq = 0;
  /** After Refused, Resync and Busy everything is thrown away until Resume: what follows would have a hole before it. */
  #discarding = false;
  #resyncs = 0;

  /** @param forget called when the channel is no longer open */
  constructor(connection: Connection, room: Room, person: Person, forget: () => void) {
    this.#connection = connection;
    this.#forget = forget;
    this.#room = room;
    this.#channel = room.number;
    this.#person = person;
  }

  get hasRoom(): boolean {
    return this.#connection.hasRoom;
  }

  /**
   * Everything a join needs: Opened, the entries it lacks, who is here. It is looked for once the client has taken what was
   * sent before, so that a client that opens much and reads little costs little.
   * @param held the client has every entry up to here
   */
  begin(ref: number, held: Seq): void {
    this.#ref = ref;
    this.#whenDrained(() => {
      const room = this.#room;
      const { base, checkpoint } = room.startFor(held);
      const opened: ServerMessage = {
        type: 'Opened',
        ref,
        channel: this.#channel,
        epoch: room.channel.epoch,
        access: this.seat.access === 'write' ? 1 : 0,
        savedClientSeq: this.seat.savedClientSeq,
        held,
        head: room.head,
        proof: room.proof,
        checkpointSeq: base,
        checkpoint: checkpoint?.state ?? new Uint8Array(),
        role: roleToWire('editor'),
      };
      this.#ref = 0;
      this.#catchUp(base, [opened]);
    });
  }

  fellBehind(seq: Seq): void {
    this.#seen = this.#room.shownIds();
    this.#whenDrained(() => this.#catchUp(seq));
  }

  /** The entries after `seq`, a piece at a time, each when the one before was taken; then it is told what happens. */
  #catchUp(seq: Seq, before: readonly ServerMessage[] = []): void {
    const { head, proof, tail } = this.#room;
    const channel = this.#channel;
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
        proof: reached === head ? proof : NO_PROOF,
      });
    }
    const presence = reached === head ? this.#room.presenceOf(this.#seen) : null;
    if (presence) messages.push({ type: 'Presence', channel, entries: presence });
    if (messages.length > 0) this.#connection.send(outgoing(...messages));
    if (reached === head) this.seat.goLive();
    else this.#whenDrained(() => this.#catchUp(reached));
  }

  /** What it lacks is part of a checkpoint by now: that is for those who open, as it may do at once. */
  #outrun(): void {
    this.seat.leave();
    this.dismissed(CloseCode.SlowReader, 'More was written here than this connection could take. It is opened again.');
  }

  /** Once nothing waits for the client, unless the channel is closed by then. */
  #whenDrained(callback: () => void): void {
    this.#connection.whenDrained(() => {
      if (this.#room.seats.has(this.seat)) callback();
    });
  }

  update({ clientSeq, update }: Message<ClientMessage, 'Update'>): void {
    if (this.#discarding) return;
    if (update.length > MAX_UPDATE_BYTES) return this.#refuse(clientSeq, 'too-large');
    const result = this.seat.submit(update, clientSeq);
    switch (result.kind) {
      case 'accepted':
      case 'known':
        this.#resyncs = 0;
        return;
      case 'gap':
        this.#resyncs += 1;
        if (this.#resyncs > MAX_RESYNCS) return this.#refuse(clientSeq, 'cannot-merge');
        return this.#send(this.#resync(clientSeq, result.stateVector));
      case 'busy':
        return this.#wait(clientSeq, BUSY_RETRY_MS);
      case 'no-storage':
        return this.#wait(clientSeq, STORAGE_RETRY_MS);
      case 'malformed':
      case 'read-only':
        return this.#refuse(clientSeq, result.kind);
      default:
        result satisfies never;
    }
  }

  resume(): void {
    this.#discarding = false;
  }

  presence({ state: json, clientSeq }: Message<ClientMessage, 'Presence'>, person: Person): void {
    this.#person = person;
    const state = json === '' ? null : parsePresenceState(json);
    if (json !== '' && state === null) return;
    this.#presenceState = state;
    this.#presenceClientSeq = clientSeq;
    this.#showPresence();
  }

  introduce(person: Person): void {
    this.#person = person;
    if (this.#presenceState !== null) this.#showPresence();
  }

  send(out: Outgoing): void {
    this.#connection.send(out);
  }

  saved(clientSeq: number, head: Seq, timeMs: number): void {
    const { proof } = this.#room;
    this.#send({ type: 'Saved', channel: this.#channel, clientSeq, seq: head, proof, timeMs });
  }

  dismissed(code: CloseCode, reason: string): void {
    this.#forget();
    const isOpened = this.#ref === 0;
    this.#send({ type: 'Closed', ref: this.#ref, channel: isOpened ? this.#channel : 0, code, reason });
  }

  #showPresence(): void {
    const json = this.#presenceState === null ? '' : presenceJson(this.#presenceState, this.#person);
    this.seat.showPresence(json, this.#presenceClientSeq);
  }

  #resync(clientSeq: number, stateVector: Uint8Array): ServerMessage {
    this.#discarding = true;
    return { type: 'Resync', channel: this.#channel, clientSeq, stateVector };
  }

  #wait(clientSeq: number, retryAfterMs: number): void {
    this.#discarding = true;
    this.#send({ type: 'Busy', channel: this.#channel, clientSeq, retryAfterMs });
  }

  #refuse(clientSeq: number, code: RefusalCode): void {
    this.#discarding = true;
    this.#send({ type: 'Refused', channel: this.#channel, clientSeq, code, reason: refusalSentences[code] });
  }

  #send(message: ServerMessage): void {
    this.#connection.send(outgoing(message));
  }
}

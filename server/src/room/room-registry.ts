// Opens each room once, keeps it while somebody is in it and for a moment after, and visits the open ones on one timer.

import { CloseCode } from '@weft/protocol';
import { defaultGateLimits, type GateLimits } from '../gate/gate-limits.js';
import { KnownState } from '../gate/known-state.js';
import { noteOwners } from '../gate/owners.js';
import type { Load } from '../load.js';
import { WHERE_LOST_TEXT_IS } from '../log/alarms.js';
import {
  type ChannelId,
  type ChannelListener,
  channelName,
  type DocumentLog,
  type HeldClaim,
  type OpenChannel,
  type Seq,
} from '../log/document-log.js';
import { noteOutbox } from '../log/outboxes.js';
import type { StorageHealth } from '../log/storage-health.js';
import { RoomMetrics } from '../metrics/metrics.js';
import { Rows } from '../rows.js';
import { SyncError } from '../sync-error.js';
import { Cadence } from './cadence.js';
import { ClientIds, equalPersons, type SamePerson } from './client-ids.js';
import { clocksOf, knownOfCheckpoint, take } from './knowledge.js';
import { Shelf } from './loan.js';
import { RestWatch, type RestWatchOptions } from './rest-watch.js';
import { Room } from './room.js';
import type { RoomHistory } from './room-history.js';
import { RoomUpkeep } from './room-upkeep.js';
import { Tail } from './tail.js';

/** Each open room is visited this often, */
const VISIT_EVERY_MS = 500;
/** and a part of them at a time, so that what they need then does not hold up the process. */
const VISITORS = 5;
/** A room is kept this long after the last one left: a reload or a short break finds it open. */
const LINGER_MS = 5000;
/** Bytes waiting for the disk, over all rooms, beyond which writers are told to wait (I6). */
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

const OVERTAKEN_REASON = 'The document was changed by way of another server.';
const LOST_REASON = 'The document was replaced on the server, which has lost some of its text.';

/** For those who have no other storage to speak of. */
const alwaysWell: StorageHealth = { state: 'ok', subscribe: () => () => undefined };

const nobodyAsks: RestWatchOptions = { pauseMs: Number.POSITIVE_INFINITY, rested: () => undefined };

export class RoomRegistry {
  /** Whether edits can be written now: while they cannot, rooms take none, and everything else goes on. */
  readonly storage: StorageHealth;
  readonly #log: DocumentLog;
  readonly #metrics: RoomMetrics;
  readonly #history: RoomHistory;
  readonly #upkeep: RoomUpkeep;
  readonly #rest: RestWatch;
  readonly #samePerson: SamePerson;
  readonly #maxDocumentBytes: number;
  readonly #gateLimits: GateLimits;
  readonly #complain: (sentence: string) => void;
  readonly #alarm: (sentence: string) => Promise<void> | void;
  readonly #cadence: Cadence;
  readonly #shelf = new Shelf();
  /** Open rooms, and those being opened. */
  readonly #rooms = new Map<string, Promise<Room>>();
  readonly #open = new Map<string, Room>();
  /** Rooms nobody is in, while their last checkpoint is built. */
  readonly #settling = new Set<Room>();
  /** Per channel, what opens and closes it, one after the other. */
  readonly #rows = new Rows<string>();
  /** What was open and turned out to be unreadable. */
  readonly #unreadable = new Map<string, SyncError>();
  readonly #timer: NodeJS.Timeout;
  #lastNumber = 0;
  #visits = 0;
  #hasSeenForeign = false;
  #isDraining = false;
  #isClosed = false;

  constructor(options: {
    readonly log: DocumentLog;
    readonly history: RoomHistory;
    readonly storage?: StorageHealth;
    /** Bytes of the state of one channel from which on nothing more is taken but deletions; default: no limit. */
    readonly maxDocumentBytes?: number;
    /** What one update may be; default: the gate's own. */
    readonly gateLimits?: GateLimits;
    /** Whether two person ids stand for one person; default: when they are equal. */
    readonly samePerson?: SamePerson;
    readonly metrics?: RoomMetrics;
    /** How busy the process is: rooms then tell less often; default: not at all. */
    readonly load?: Load;
    /** Takes a sentence for whoever runs the server. */
    readonly complain: (sentence: string) => void;
    /** Who is told when those who write have come to rest; default: nobody. */
    readonly rest?: RestWatchOptions;
    /** Takes a sentence about a loss; resolves once it is kept; default: it is complained of. */
    readonly alarm?: (sentence: string) => Promise<void> | void;
  }) {
    this.#log = options.log;
    this.#metrics = options.metrics ?? new RoomMetrics();
    this.storage = options.storage ?? alwaysWell;
    this.#history = options.history;
    this.#upkeep = new RoomUpkeep({ ...options, metrics: this.#metrics });
    this.#rest = new RestWatch(options.rest ?? nobodyAsks);
    this.#samePerson = options.samePerson ?? equalPersons;
    this.#maxDocumentBytes = options.maxDocumentBytes ?? Number.POSITIVE_INFINITY;
    this.#gateLimits = options.gateLimits ?? defaultGateLimits;
    this.#cadence = new Cadence(options.load ?? { utilisation: 0 });
    this.#complain = options.complain;
    this.#alarm = options.alarm ?? options.complain;
    this.#timer = setInterval(() => this.#visitSome(), VISIT_EVERY_MS / VISITORS);
  }

  /**
   * Runs `sit` with the room of a channel, which is opened if it is not: who joins it in there is in it, whatever closes
   * it next. A document does not come into being by it (J4).
   *
   * @returns what `sit` returns
   * @throws SyncError when the channel cannot be opened; whoever runs the server was told why
   */
  async enter<T>(id: ChannelId, sit: (room: Room) => T): Promise<T> {
    const key = channelName(id);
    if (this.#rooms.has(key)) this.#metrics.warmJoins += 1;
    else this.#metrics.coldJoins += 1;
    for (;;) {
      const room = await (this.#rooms.get(key) ?? this.#begin(key, id));
      // Who was at another server before has seen, and may have written, what stands behind what is known here (N1).
      const catchingUp = room.channel.catchUp();
      if (catchingUp !== null) await catchingUp;
      // Between the room's being there and this moment it may have been closed: then this one waits for the next.
      if (this.#open.get(key) === room) return sit(room);
    }
  }

  /**
   * Like `enter`, for a client that says what it holds of the channel; `sit` is told what of it that is. When the log has
   * lost some of it, that raises an alarm and begins a new epoch: everybody in the room comes back to what is left, and
   * keeps the rest as drafts (L3).
   */
  async enterHolding<T>(id: ChannelId, claim: HeldClaim, sit: (room: Room, held: Seq) => T): Promise<T> {
    const key = channelName(id);
    for (;;) {
      const { room, judging } = await this.enter(id, (room) => ({ room, judging: room.channel.judge(claim) }));
      const verdict = await judging;
      if (verdict === 'lost') await this.#loseNoMore(id, claim, room.head);
      // While it was judged the room may have been closed.
      else if (this.#open.get(key) === room) {
        if (verdict === 'unproven') this.#noteForeign(room, claim);
        return sit(room, verdict === 'held' ? claim.seq : 0);
      }
    }
  }

  /**
   * Runs `action` while the channel is closed and cannot be opened. What was taken before is on disk and acknowledged by
   * then, everybody in the room was told `code` and `reason`, and who asks to come in waits until `action` has ended.
   *
   * @returns what `action` returns; when it throws, the channel is as it left it, and opens again
   */
  withClosed<T>(id: ChannelId, code: CloseCode, reason: string, action: () => Promise<T>): Promise<T> {
    const key = channelName(id);
    return this.#rows.run(key, async () => {
      const room = this.#open.get(key);
      if (room) await this.#dismiss(key, room, code, reason);
      this.#unreadable.delete(key);
      return action();
    });
  }

  async #dismiss(key: string, room: Room, code: CloseCode, reason: string): Promise<void> {
    this.#forget(key, room);
    await room.dismissAll(code, reason);
    await this.#upkeep.stop(room);
    room.release();
    await room.channel.close();
  }

  /** Who comes from here on opens another. */
  #forget(key: string, room: Room): void {
    if (this.#open.get(key) !== room) return;
    this.#open.delete(key);
    this.#rooms.delete(key);
  }

  /** Others wrote in a way that the room cannot follow: everybody comes back to what is on disk, and brings what is not. */
  #letGo(room: Room): void {
    const key = channelName(room.channel.id);
    this.#forget(key, room);
    void this.#rows.run(key, () => this.#dismiss(key, room, CloseCode.Replaced, OVERTAKEN_REASON));
  }

  /** Rooms that are open. */
  get openRooms(): number {
    return this.#open.size;
  }

  /** Channels that a worker failed on, and that go on without checkpoints. */
  get quarantined(): number {
    return this.#upkeep.quarantined;
  }

  /** Takes no more edits; resolves once those taken are on disk and acknowledged. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    // A room that is being closed for an action has something to write as well.
    await this.#rows.settled();
    await Promise.all([...this.#open.values()].map((room) => room.whenWritten()));
  }

  /**
   * Closes all rooms. Those that changed get their checkpoint first, as far as `settleMs` allows, so that the next start
   * finds them as they are; without it their tail is read instead.
   */
  async close(settleMs = 6000): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    // What is being opened is closed with the others.
    await this.#rows.settled();
    let timer: NodeJS.Timeout | undefined;
    const outOfTime = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, settleMs);
    });
    await Promise.all(
      [...this.#open].map(async ([key, room]) => {
        await Promise.race([this.#upkeep.settle(room), outOfTime]);
        await this.#rows.run(key, () => this.#release(key, room));
      }),
    );
    clearTimeout(timer);
    await this.#rows.settled();
  }

  /**
   * Whoever shows a proof of another store may have made it up, so it changes nothing; and one sentence per start is enough
   * to look at the folder, and no flood.
   */
  #noteForeign({ channel }: Room, claim: HeldClaim): void {
    if (this.#hasSeenForeign || !channel.isForeign(claim)) return;
    this.#hasSeenForeign = true;
    const { document, kind } = channel.id;
    this.#complain(
      `Somebody came back to "${document}" (${kind}) with entries up to ${claim.seq} that another store acknowledged, and not this ` +
        'one. If a backup was brought back into a new data folder, that is to be expected. Otherwise this is not the ' +
        'folder it was, as when a volume is not mounted: stop the server, look what --data names, and start it with the ' +
        'right one. What people have on screen is kept there as a draft. This is said once per start.',
    );
  }

  #loseNoMore(id: ChannelId, { epoch, seq }: HeldClaim, head: Seq): Promise<void> {
    return this.withClosed(id, CloseCode.Replaced, LOST_REASON, async () => {
      // Two clients may show the same loss at the same time.
      const known = (await this.#log.view(id)).epoch;
      if (known > epoch) return;
      const found =
        known < epoch
          ? 'the log is what it was before the document was last replaced'
          : seq > head
            ? `the log now ends at entry ${head}`
            : 'the log now has another entry there';
      await this.#alarm(
        `"${id.document}" (${id.kind}) has lost text: entries up to ${seq} were on disk and acknowledged, and ${found}. ` +
          `The disk was set back or damaged from outside. ${WHERE_LOST_TEXT_IS}`,
      );
      await this.#log.beginEpoch(id, epoch);
    });
  }

  #begin(key: string, id: ChannelId): Promise<Room> {
    if (this.#isClosed) throw new SyncError('LOG_CLOSED', 'The server is being stopped, and opens no more documents.');
    const opening = this.#rows.run(key, () => this.#load(key, id));
    this.#rooms.set(key, opening);
    opening.catch((error: SyncError) => {
      this.#rooms.delete(key);
      // Cut short by a stop: nothing is wrong with the document.
      if (error.code === 'LOG_CLOSED') return;
      this.#complainOf(id, error);
    });
    return opening;
  }

  #complainOf(id: ChannelId, { code, message }: SyncError): void {
    const advice =
      code === 'STORE_UNREADABLE'
        ? ' Nobody can read or write it until it is brought back, as by "weft restore-backup DIR --document NAME".'
        : '';
    this.#complain(`"${id.document}" (${id.kind}) cannot be opened: ${message}${advice}`);
  }

  async #load(key: string, id: ChannelId): Promise<Room> {
    const startedAtMs = performance.now();
    const unreadable = this.#unreadable.get(key);
    if (unreadable) throw unreadable;
    let room: Room | null = null;
    // Where another server wrote while it was read, or its past was trimmed, it is read once more.
    while (room === null) room = await this.#read(id);
    this.#open.set(key, room);
    this.#metrics.opening.observe(performance.now() - startedAtMs);
    return room;
  }

  /** @returns null when the channel was let go or trimmed meanwhile */
  async #read(id: ChannelId): Promise<Room | null> {
    // The log speaks of what the room has appended only after that, so the room is there by then.
    let room: Room | null = null;
    let isStale = false;
    const listener: ChannelListener = {
      durable: (lastSeq) => room!.durable(lastSeq),
      overtaken: (entries) => room?.overtaken(entries) ?? false,
      othersSaid: (server, message) => room?.othersSaid(server, message),
      letGo: () => {
        isStale = true;
        room?.letGo();
      },
      trimmed: (base) => {
        isStale = true;
        room?.trimmed(base);
      },
    };
    let channel: OpenChannel | null = null;
    try {
      channel = await this.#log.open(id, listener);
      room = await this.#makeRoom(channel);
      if (!isStale) return room;
      room.release();
      await channel.close();
      return null;
    } catch (cause) {
      // What it was read from was trimmed or erased in that moment, here or by another server: what took its place is there now.
      await channel?.catchUp()?.catch(() => undefined);
      await channel?.close();
      if (isStale || (cause instanceof SyncError && cause.code === 'PAST_TRIMMED')) return null;
      throw cause instanceof SyncError ? cause : new SyncError('STORE_UNREADABLE', (cause as Error).message, { cause });
    }
  }

  /** What cannot be judged cannot be written: nobody opens it until something is put in its place. */
  #shut(id: ChannelId, error: SyncError): Promise<void> {
    this.#complainOf(id, error);
    return this.withClosed(id, CloseCode.InternalError, 'The server could not read this document.', async () => {
      this.#unreadable.set(channelName(id), error);
    });
  }

  /** What is known is read from the checkpoint and the entries after it, without a Y.Doc. */
  async #makeRoom(channel: OpenChannel): Promise<Room> {
    const { checkpoint, lastTimeMs } = channel;
    const outboxes = new Map(checkpoint?.outboxes);
    const owners = new Map(checkpoint?.owners);
    const tail = new Tail(checkpoint?.seq ?? 0);
    const entries = await channel.entriesAfter(tail.base);
    const isAllInCheckpoint = entries.length === 0;
    let known = checkpoint ? (isAllInCheckpoint ? clocksOf : knownOfCheckpoint)(checkpoint) : new KnownState();
    for (const entry of entries) {
      const change = take(known, entry.update);
      if (change) noteOwners(owners, change, entry.author);
      noteOutbox(outboxes, entry);
      tail.push(entry.seq, entry.update);
    }
    // Those that were found without the checkpoint's are not right.
    if (checkpoint && !isAllInCheckpoint) known = known.withoutPlaces();
    this.#lastNumber += 1;
    return new Room({
      number: this.#lastNumber,
      channel,
      known,
      tail,
      outboxes,
      clientIds: new ClientIds(owners, this.#samePerson),
      lastTimeMs,
      history: this.#history,
      shelf: this.#shelf,
      cadence: this.#cadence,
      isOverloaded: () => this.#isDraining || this.#log.queuedBytes > MAX_QUEUED_BYTES,
      canStore: () => this.storage.state === 'ok',
      maxStateBytes: this.#maxDocumentBytes,
      gateLimits: this.#gateLimits,
      metrics: this.#metrics,
      onUnreadable: (error) => void this.#shut(channel.id, error),
      onLetGo: (room) => this.#letGo(room),
    });
  }

  #visitSome(): void {
    const nowMs = performance.now();
    this.#visits += 1;
    this.#shelf.clear(nowMs);
    for (const room of this.#open.values()) {
      if ((this.#visits + room.number) % VISITORS !== 0) continue;
      room.rest(nowMs);
      this.#rest.visit(room, nowMs);
      if (this.storage.state === 'ok') this.#upkeep.visit(room, nowMs);
      room.presence.renew(nowMs);
      if (isAbandoned(room, nowMs)) void this.#leave(channelName(room.channel.id), room);
    }
  }

  /** Closes a room nobody is in, unless somebody comes while its checkpoint is built, or has come and written. */
  async #leave(key: string, room: Room): Promise<void> {
    if (this.#settling.has(room)) return;
    this.#settling.add(room);
    await this.#upkeep.settle(room);
    this.#settling.delete(room);
    await this.#rows.run(key, async () => {
      if (isAbandoned(room, performance.now()) && this.#upkeep.isSettled(room)) await this.#release(key, room);
    });
  }

  async #release(key: string, room: Room): Promise<void> {
    if (this.#open.get(key) !== room) return;
    this.#forget(key, room);
    room.release();
    await room.channel.close();
    this.#rest.closed(room);
  }
}

/** A room without an entry is quickly made again: kept, it would let a client fill the memory with names it tries. */
function isAbandoned(room: Room, nowMs: number): boolean {
  const idleMs = room.idleForMs(nowMs);
  return idleMs >= LINGER_MS || (idleMs > 0 && room.head === 0);
}

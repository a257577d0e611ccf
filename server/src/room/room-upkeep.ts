// What open rooms need now and then: a checkpoint, and a description for the list of documents (L4, J4). The work is done
// by history workers; this file decides when, and puts the results where they belong. One job per room at a time.

import type { DocumentLog, Seq } from '../log/document-log.js';
import type { RoomMetrics } from '../metrics/metrics.js';
import { SyncError } from '../sync-error.js';
import { checkpointNeed } from './checkpoint-policy.js';
import { Quarantine } from './quarantine.js';
import type { Room } from './room.js';
import type { Description, RoomHistory, StateJob } from './room-history.js';

/** A pause in writing long enough to describe what there is now. */
const PAUSE_MS = 500;
/** While nobody pauses, what there is is described this often. */
const DESCRIBE_EVERY_MS = 10_000;
/** Documents that were opened at once are described at so many different times of that. */
const DESCRIBE_TURNS = 20;
/** Over all rooms: people who write feel it when hundreds of documents are worked on at once. */
const MAX_JOBS = 4;
/** Jobs of one room are at least this far apart. */
const REST_MS = 1000;
/** A job of 50 ms is followed by a second without one: 5 % of a core. */
const REST_PER_WORK = 20;

interface Care {
  job: Promise<void> | null;
  startedMs: number;
  notBeforeMs: number;
  /** Nothing more is begun: the room closes. */
  isOver: boolean;
}

export class RoomUpkeep {
  readonly #log: DocumentLog;
  readonly #history: RoomHistory;
  readonly #metrics: RoomMetrics;
  readonly #complain: (sentence: string) => void;
  readonly #cares = new WeakMap<Room, Care>();
  #jobs = 0;
  /** Rooms that need something while there are jobs enough, in the order they said so. */
  readonly #waiting = new Set<Room>();
  /** Outlives rooms: a document is opened and closed more often than it is healed. */
  readonly #quarantine = new Quarantine();

  constructor(options: {
    readonly log: DocumentLog;
    readonly history: RoomHistory;
    readonly metrics: RoomMetrics;
    readonly complain: (sentence: string) => void;
  }) {
    this.#log = options.log;
    this.#history = options.history;
    this.#metrics = options.metrics;
    this.#complain = options.complain;
  }

  /** Channels that a worker failed on, and has not managed since. */
  get quarantined(): number {
    return this.#quarantine.size;
  }

  /** Starts what is due, if nothing is under way; soon, if there is much to do elsewhere. */
  visit(room: Room, nowMs: number): void {
    // As most are, most of the time.
    if (room.describedSeq >= room.head && (room.checkpoint?.seq ?? 0) === room.head) return;
    const care = this.#careOf(room);
    if (care.job !== null || care.isOver || this.#quarantine.holds(room.channel.id, room.head, nowMs)) return;
    const need = checkpointNeed(room, nowMs);
    if (need !== 'urgent' && nowMs < care.notBeforeMs) return;
    if (need === 'none' && !isToBeDescribed(room, care, nowMs)) return;
    if (need !== 'urgent' && this.#jobs >= MAX_JOBS) this.#waiting.add(room);
    else this.#start(room, care, () => (need === 'none' ? this.#describe(room) : this.#checkpoint(room)));
  }

  /**
   * Brings checkpoint and description up to the head it finds, whatever the budget says. Resolves also when that failed;
   * what is written meanwhile is for the next call.
   */
  async settle(room: Room): Promise<void> {
    const care = this.#careOf(room);
    while (care.job) await care.job;
    if (this.isSettled(room)) return;
    this.#start(room, care, () => this.#checkpoint(room));
    await care.job;
  }

  /** Whether checkpoint and description are as new as they will be soon: nobody waits for a document in quarantine. */
  isSettled(room: Room): boolean {
    if (this.#careOf(room).isOver || this.#quarantine.has(room.channel.id)) return true;
    return (room.checkpoint?.seq ?? 0) === room.head;
  }

  /** Begins nothing more for this room; resolves once what is under way has ended. */
  async stop(room: Room): Promise<void> {
    const care = this.#careOf(room);
    care.isOver = true;
    this.#waiting.delete(room);
    await care.job;
  }

  #start(room: Room, care: Care, work: () => Promise<void>): void {
    const startedMs = performance.now();
    const { head } = room;
    care.startedMs = startedMs;
    this.#jobs += 1;
    care.job = work()
      .then(
        () => this.#managed(room),
        (error: unknown) => this.#failed(room, head, error),
      )
      .finally(() => {
        const nowMs = performance.now();
        care.job = null;
        care.notBeforeMs = nowMs + Math.max(REST_MS, (nowMs - startedMs) * REST_PER_WORK);
        this.#jobs -= 1;
        this.#visitWaiting(nowMs);
      });
  }

  #visitWaiting(nowMs: number): void {
    for (const room of this.#waiting) {
      if (this.#jobs >= MAX_JOBS) return;
      this.#waiting.delete(room);
      this.visit(room, nowMs);
    }
  }

  #managed(room: Room): void {
    const { id } = room.channel;
    if (this.#quarantine.managed(id)) this.#complain(`"${id.document}" (${id.kind}) has checkpoints again.`);
  }

  #failed(room: Room, head: Seq, error: unknown): void {
    // Cut short by a stop, or by another server that put something in its place: nothing is wrong with the document.
    if (error instanceof SyncError && (error.code === 'LOG_CLOSED' || error.code === 'CHANNEL_REPLACED')) return;
    const { id } = room.channel;
    this.#metrics.failures += 1;
    const pauseMs = this.#quarantine.failed(id, head, performance.now());
    this.#complain(
      `"${id.document}" (${id.kind}) goes on without new checkpoints: ${(error as Error).message} Its changes are saved and ` +
        `shown as before. It is tried again when it was edited, in ${Math.round(pauseMs / 60_000)} min at the earliest.`,
    );
  }

  #jobOf(room: Room): StateJob {
    return { ...room.stateJob(), isSuspect: this.#quarantine.has(room.channel.id) };
  }

  async #checkpoint(room: Room): Promise<void> {
    const startedAtMs = performance.now();
    const seq = room.head;
    const outboxes = room.durableOutboxes();
    const owners = room.durableOwners();
    const built = await this.#history.buildCheckpoint(this.#jobOf(room));
    const { description, state, stateBytes, stateVector, deleteSet, contentHash } = built;
    const checkpoint = { seq, state, stateVector, deleteSet, contentHash, outboxes, owners };
    // In this order: a room that is opened takes what its checkpoint covers for described.
    await this.#putDescription(room, seq, description);
    await room.channel.putCheckpoint(checkpoint);
    room.checkpointed(checkpoint, stateBytes);
    this.#metrics.checkpoints.observe(performance.now() - startedAtMs);
  }

  async #describe(room: Room): Promise<void> {
    const seq = room.head;
    await this.#putDescription(room, seq, await this.#history.describe(this.#jobOf(room)));
  }

  async #putDescription(room: Room, seq: number, description: Description): Promise<void> {
    const { document: name, kind } = room.channel.id;
    if (kind === 'content') {
      const described = { name, ...description, updatedAtMs: room.lastTimeMs };
      await this.#log.describeDocument(described, room.channel.epoch);
    }
    room.describedSeq = Math.max(room.describedSeq, seq);
  }

  #careOf(room: Room): Care {
    let care = this.#cares.get(room);
    if (!care) {
      const turnMs = (room.number % DESCRIBE_TURNS) * (DESCRIBE_EVERY_MS / DESCRIBE_TURNS);
      care = { job: null, startedMs: performance.now() - turnMs, notBeforeMs: 0, isOver: false };
      this.#cares.set(room, care);
    }
    return care;
  }
}

/** Typing changes the description all the time, and it is read when somebody looks at the list: every pause is soon enough. */
function isToBeDescribed({ describedSeq, head, quietSinceMs }: Room, { startedMs }: Care, nowMs: number): boolean {
  if (describedSeq >= head) return false;
  return nowMs - quietSinceMs >= PAUSE_MS || nowMs - startedMs >= DESCRIBE_EVERY_MS;
}

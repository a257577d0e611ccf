// What open rooms need now and then: a checkpoint, and a description for the list of documents (L4, J4). The work is done
// by history workers; this file decides when, and puts the results where they belong. One job per room at a time.

import type { DocumentLog } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';
import { checkpointNeed } from './checkpoint-policy.js';
import type { Room } from './room.js';
import type { Description, RoomHistory } from './room-history.js';

/** Descriptions of one document are at least this far apart while people write. */
const DESCRIBE_EVERY_MS = 1000;
/** A job of 50 ms is followed by a second without one: 5 % of a core. */
const REST_PER_WORK = 20;

interface Care {
  job: Promise<void> | null;
  notBeforeMs: number;
  /** Nothing more is begun: the worker failed on the document, or its room closes. Its log goes on. */
  isOver: boolean;
}

export class RoomUpkeep {
  readonly #log: DocumentLog;
  readonly #history: RoomHistory;
  readonly #complain: (sentence: string) => void;
  readonly #cares = new WeakMap<Room, Care>();

  constructor(options: {
    readonly log: DocumentLog;
    readonly history: RoomHistory;
    readonly complain: (sentence: string) => void;
  }) {
    this.#log = options.log;
    this.#history = options.history;
    this.#complain = options.complain;
  }

  /** Starts what is due, if nothing is under way. */
  visit(room: Room, nowMs: number): void {
    const care = this.#careOf(room);
    if (care.job !== null || care.isOver) return;
    const need = checkpointNeed(room);
    if (need !== 'urgent' && nowMs < care.notBeforeMs) return;
    if (need !== 'none') this.#start(room, care, () => this.#checkpoint(room));
    else if (room.describedSeq < room.head) this.#start(room, care, () => this.#describe(room));
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

  /** Whether checkpoint and description are as new as they will be. */
  isSettled(room: Room): boolean {
    return this.#careOf(room).isOver || (room.checkpoint?.seq ?? 0) === room.head;
  }

  /** Begins nothing more for this room; resolves once what is under way has ended. */
  async stop(room: Room): Promise<void> {
    const care = this.#careOf(room);
    care.isOver = true;
    await care.job;
  }

  #start(room: Room, care: Care, work: () => Promise<void>): void {
    const startedMs = performance.now();
    care.job = work()
      .catch((error: unknown) => {
        care.isOver = true;
        // Cut short by a stop: nothing is wrong with the document.
        if (error instanceof SyncError && error.code === 'LOG_CLOSED') return;
        const { document, kind } = room.channel.id;
        this.#complain(`"${document}" (${kind}) goes on without new checkpoints: ${(error as Error).message}`);
      })
      .finally(() => {
        const nowMs = performance.now();
        care.job = null;
        care.notBeforeMs = nowMs + Math.max(DESCRIBE_EVERY_MS, (nowMs - startedMs) * REST_PER_WORK);
      });
  }

  async #checkpoint(room: Room): Promise<void> {
    const seq = room.head;
    const outboxes = room.durableOutboxes();
    const { state, stateVector, deleteSet, description } = await this.#history.buildCheckpoint(room.stateJob());
    const checkpoint = { seq, state, stateVector, deleteSet, outboxes };
    // In this order: a room that is opened takes what its checkpoint covers for described.
    await this.#putDescription(room, seq, description);
    await room.channel.putCheckpoint(checkpoint);
    room.checkpointed(checkpoint);
  }

  async #describe(room: Room): Promise<void> {
    const seq = room.head;
    await this.#putDescription(room, seq, await this.#history.describe(room.stateJob()));
  }

  async #putDescription(room: Room, seq: number, description: Description): Promise<void> {
    const { document: name, kind } = room.channel.id;
    if (kind === 'content') {
      await this.#log.describeDocument({ name, ...description, updatedAtMs: room.lastTimeMs });
    }
    room.describedSeq = Math.max(room.describedSeq, seq);
  }

  #careOf(room: Room): Care {
    let care = this.#cares.get(room);
    if (!care) {
      care = { job: null, notBeforeMs: 0, isOver: false };
      this.#cares.set(room, care);
    }
    return care;
  }
}

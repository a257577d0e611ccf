// A disk that takes its time and forgets. A batch counts as on disk when its sync is done; a crash leaves what was, a
// beginning of what was written without a sync and, by chance, the batch under way: whole or not at all. So does a write
// that fails; like LevelDB, the handle that saw it goes on as if nothing were wrong, and forgets what it is given (I8).
// What is on disk is told to a witness at the moment it is true, batch by batch.

import type { KeyValueStore, Operation, RangeOptions } from '../../server/src/log/key-value-store.js';
import type { WatermarkFile } from '../../server/src/log/level/watermark.js';
import { MemoryStore } from '../../server/src/log/memory-store.js';
import type { Chance } from './chance.js';
import type { Conditions } from './conditions.js';
import type { ProcessName, VirtualClock } from './virtual-clock.js';

type DiskSpeed = Pick<Conditions, 'syncMs' | 'slowReads'>;

interface Batch {
  readonly operations: readonly Operation[];
  readonly sync: boolean;
}

/** What is on the disk at one moment. */
export interface DiskImage {
  readonly store: ReadonlyMap<string, Uint8Array>;
  readonly watermark: string | null;
}

/** Batches that can be taken back. */
const REMEMBERED_BATCHES = 40;
const WATERMARK_TAKES_MS = 5;

export class SimulatedDisk {
  readonly #clock: VirtualClock;
  readonly #chance: Chance;
  readonly #speed: DiskSpeed;
  readonly #onDurable: (operations: readonly Operation[]) => void;
  /** What a crash leaves for sure. Keys are strings of one character per byte. */
  readonly #durable = new Map<string, Uint8Array>();
  /** What the newest batches wrote over, the newest last. */
  readonly #before: ReadonlyMap<string, Uint8Array | undefined>[] = [];
  #watermark: string | null = null;
  #unsynced: Batch[] = [];
  #inFlight: Batch[] = [];
  #open: OpenStore | null = null;
  #fault: { readonly message: string; readonly untilMs: number } | null = null;
  #stalledUntilMs = 0;

  constructor(
    clock: VirtualClock,
    chance: Chance,
    speed: DiskSpeed,
    onDurable: (operations: readonly Operation[]) => void,
  ) {
    this.#clock = clock;
    this.#chance = chance;
    this.#speed = speed;
    this.#onDurable = onDurable;
  }

  /** Opens the store for the process that is running. */
  open(): KeyValueStore {
    if (this.#open) throw new Error('the store is held by another process');
    this.tryWriting();
    const store = new OpenStore(this, new MemoryStore({}, copyOf(this.#durable)), this.#clock.owner);
    this.#open = store;
    return store;
  }

  /** What a backup of the whole volume would hold now. */
  copy(): DiskImage {
    return { store: copyOf(this.#durable), watermark: this.#watermark };
  }

  /** The disk as it would be if its newest batches had never come; the watermark is as it is. */
  before(batches: number): DiskImage {
    const store = copyOf(this.#durable);
    for (const written of this.#before.slice(-batches).reverse()) {
      for (const [key, value] of written) {
        if (value === undefined) store.delete(key);
        else store.set(key, value);
      }
    }
    return { store, watermark: this.#watermark };
  }

  /** Puts something else in the place of everything, while no process holds the store (L3). */
  rollBack({ store, watermark }: DiskImage): void {
    if (this.#open) throw new Error('the store is held by a process');
    this.#durable.clear();
    this.#before.length = 0;
    for (const [key, value] of store) this.#durable.set(key, value);
    this.#watermark = watermark;
  }

  /** For the process that is running. */
  watermarkFile(): WatermarkFile {
    const { owner } = this.#clock;
    return {
      read: async () => this.#watermark,
      write: (text) =>
        new Promise((resolve) => {
          this.#clock.schedule(owner, WATERMARK_TAKES_MS, () => {
            this.#watermark = text;
            resolve();
          });
        }),
    };
  }

  /** A copy of what is on disk, opened by itself: for those who check. */
  openCopy(): KeyValueStore {
    return new MemoryStore({}, copyOf(this.#durable));
  }

  /** Loses power, or only the process: what was not synced may or may not be there afterwards. */
  crash(): void {
    this.#open = null;
    const written = [...this.#unsynced, ...this.#inFlight];
    for (const batch of written.slice(0, this.#chance.int(0, written.length))) this.#persist(batch.operations);
    this.#unsynced = [];
    this.#inFlight = [];
  }

  /** Writes fail for this long, and openings, which write as well. */
  failWrites(message: string, ms: number): void {
    this.#fault = { message, untilMs: this.#clock.nowMs + ms };
  }

  /** Nothing gets through for this long. */
  stall(ms: number): void {
    this.#stalledUntilMs = this.#clock.nowMs + ms;
  }

  get isFailing(): boolean {
    return this.#fault !== null && this.#fault.untilMs > this.#clock.nowMs;
  }

  /** Nothing fails any more. */
  mend(): void {
    this.#fault = null;
  }

  /** @throws what writes fail with now */
  tryWriting(): void {
    if (this.isFailing) throw new Error(this.#fault!.message);
  }

  /** For the open store: keeps one batch until it is on disk, or written when it is not to be synced. */
  write(store: OpenStore, batch: Batch, apply: () => Promise<void>): Promise<void> {
    // A process that was killed in the middle of its turn writes nothing more, and hears nothing.
    if (this.#open !== store) return new Promise(() => {});
    this.#inFlight.push(batch);
    const [min, max] = this.#speed.syncMs;
    const stalledMs = Math.max(0, this.#stalledUntilMs - this.#clock.nowMs);
    const delayMs = stalledMs + (batch.sync ? this.#chance.int(min, max) : this.#chance.int(0, 1));
    return new Promise((resolve, reject) => {
      this.#clock.schedule(store.owner, delayMs, () => {
        this.#inFlight = this.#inFlight.filter((other) => other !== batch);
        if (this.isFailing) {
          if (!store.hasFailed && this.#chance.happens(0.5)) this.#sync(batch);
          store.hasFailed = true;
          return reject(new Error(this.#fault!.message));
        }
        if (!store.hasFailed) {
          if (batch.sync) this.#sync(batch);
          else this.#unsynced.push(batch);
        }
        apply().then(resolve, reject);
      });
    });
  }

  /** For the open store. */
  beforeRead(owner: ProcessName): Promise<void> | void {
    if (!this.#chance.happens(this.#speed.slowReads)) return;
    return new Promise((resolve) => {
      this.#clock.schedule(owner, this.#chance.int(1, 5), resolve);
    });
  }

  /** For the open store: closed in order, everything written is left behind. */
  closed(store: OpenStore): void {
    if (this.#open !== store) return;
    for (const { operations } of this.#unsynced.splice(0)) this.#persist(operations);
    this.#open = null;
  }

  #sync(batch: Batch): void {
    for (const { operations } of [...this.#unsynced.splice(0), batch]) this.#persist(operations);
  }

  #persist(operations: readonly Operation[]): void {
    const keys = operations.map(({ key }) => Buffer.from(key).toString('latin1'));
    // But for the first one, which makes the store: with its secret goes all that could judge what clients show.
    if (this.#durable.size > 0) this.#before.push(new Map(keys.map((key) => [key, this.#durable.get(key)])));
    if (this.#before.length > REMEMBERED_BATCHES) this.#before.shift();
    for (const operation of operations) {
      const key = Buffer.from(operation.key).toString('latin1');
      if (operation.type === 'put') this.#durable.set(key, operation.value);
      else this.#durable.delete(key);
    }
    this.#onDurable(operations);
  }
}

const copyOf = (content: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> =>
  new Map([...content].map(([key, value]) => [key, value.slice()]));

/** The store as one process holds it. */
class OpenStore implements KeyValueStore {
  readonly owner: ProcessName;
  hasFailed = false;
  readonly #disk: SimulatedDisk;
  readonly #memory: MemoryStore;
  #closed: Promise<void> | null = null;
  #running = new Set<Promise<void>>();

  constructor(disk: SimulatedDisk, memory: MemoryStore, owner: ProcessName) {
    this.#disk = disk;
    this.#memory = memory;
    this.owner = owner;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    await this.#disk.beforeRead(this.owner);
    return this.#memory.get(key);
  }

  async batch(operations: readonly Operation[], { sync }: { readonly sync: boolean }): Promise<void> {
    if (this.#closed) throw new Error('the store is closed');
    const written = this.#disk.write(this, { operations, sync }, () => this.#memory.batch(operations, { sync }));
    this.#running.add(written);
    try {
      await written;
    } finally {
      this.#running.delete(written);
    }
  }

  async *range(options: RangeOptions): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    await this.#disk.beforeRead(this.owner);
    yield* this.#memory.range(options);
  }

  compact(): Promise<void> {
    return this.#memory.compact();
  }

  close(): Promise<void> {
    this.#closed ??= this.#release();
    return this.#closed;
  }

  async #release(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.#memory.close();
    this.#disk.closed(this);
  }
}

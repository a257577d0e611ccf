// One server process after the other over one disk: the real log, rooms and dialects, started, stopped in order or killed.
// The history's work is the real one too, done at once and handed out late, as workers would.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { parseDocumentPath } from '@weft/protocol';
import { createDialects } from '../../server/src/dialect/dialects.js';
import { type History, inlineHistory } from '../../server/src/history/history.js';
import type { DocumentLog } from '../../server/src/log/document-log.js';
import type { KeyValueStore } from '../../server/src/log/key-value-store.js';
import { type LevelLogOptions, openLevelLog } from '../../server/src/log/level/level-log.js';
import { RoomRegistry } from '../../server/src/room/room-registry.js';
import { SyncError } from '../../server/src/sync-error.js';
import type { Chance } from './chance.js';
import type { SimulatedDisk } from './simulated-disk.js';
import type { SimulatedNetwork } from './simulated-network.js';
import { ProcessEnded, type ProcessName, type VirtualClock } from './virtual-clock.js';

export interface ServerOptions {
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly network: SimulatedNetwork;
  readonly disk: SimulatedDisk;
  /** Small, so that entries are rolled into segments within a run. */
  readonly journalMaxBytes: number;
  readonly maxGroupBytes: number;
  /** What a worker takes for a job. */
  readonly workMs: readonly [min: number, max: number];
  /** The share of jobs a worker dies of. */
  readonly workFails: number;
  readonly report: (violation: string) => void;
  /** The process ended by itself. */
  readonly onExit: () => void;
}

const WORKER_DIED = 'the worker ran out of memory';

interface Running {
  readonly name: ProcessName;
  readonly log: DocumentLog;
  readonly registry: RoomRegistry;
}

export class SimulatedServer {
  readonly #options: ServerOptions;
  #running: Running | null = null;
  #starts = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#running !== null;
  }

  async start(): Promise<void> {
    const { clock, network, disk, report, maxGroupBytes, journalMaxBytes } = this.#options;
    this.#starts += 1;
    const name = `server ${this.#starts}`;
    await clock.complete(name, async () => {
      const log = await openLog(disk.open(), { maxGroupBytes, journalMaxBytes, onFailure: () => this.#exit() });
      const registry = new RoomRegistry({
        log,
        history: this.#workers(),
        complain: (sentence) => {
          // The last words of a process that ended in this very turn are heard by nobody.
          if (this.#running?.name !== name || sentence.endsWith(WORKER_DIED)) return;
          report(`the server complains: ${sentence}`);
        },
      });
      const dialects = createDialects(registry, 'simulation');
      network.listen((path) => {
        if (path === '/weft') return dialects.weft();
        const document = parseDocumentPath(path.slice('/yjs/'.length));
        return path.startsWith('/yjs/') && document.ok ? dialects.yjs(document.name) : null;
      });
      this.#running = { name, log, registry };
    });
  }

  /** The process ends in the middle of whatever it does, and what was not synced is gone. */
  kill(): void {
    if (!this.#running) return;
    this.#options.clock.kill(this.#running.name);
    this.#running = null;
    this.#options.network.hostDied();
    this.#options.disk.crash();
  }

  /** In the order of main.ts. @returns how many timers are left in the end */
  async stop(): Promise<number> {
    if (!this.#running) return 0;
    const { name, log, registry } = this.#running;
    const { clock, network } = this.#options;
    try {
      await clock.complete(name, async () => {
        network.stopAccepting();
        await registry.drain();
        network.closeAll();
        await registry.close();
        await log.close();
      });
    } catch (error) {
      if (error instanceof ProcessEnded) return 0;
      throw error;
    }
    // Those who do not answer the goodbye are given up; a room may have a rest to wait for.
    await clock.advance(35_000);
    const left = clock.pending(name);
    this.#running = null;
    network.hostDied();
    clock.kill(name);
    return left;
  }

  #workers(): History {
    const { clock, chance, workMs, workFails } = this.#options;
    const { owner } = clock;
    const later = async <T>(work: Promise<T>): Promise<T> => {
      // Posting a job copies it, so the work sees the state of now.
      const done = await work;
      await new Promise<void>((resolve) => clock.schedule(owner, chance.int(...workMs), resolve));
      if (chance.happens(workFails)) throw new SyncError('WORKER_FAILED', WORKER_DIED);
      return done;
    };
    return {
      buildCheckpoint: (job) => later(inlineHistory.buildCheckpoint(job)),
      describe: (job) => later(inlineHistory.describe(job)),
      answerSyncStep1: (job) => later(inlineHistory.answerSyncStep1(job)),
    };
  }

  /** A write failed: the process ends, as main.ts does, and whoever supervises it starts it again. */
  #exit(): void {
    this.kill();
    this.#options.onExit();
  }
}

/** A log whose compression stays on this thread: the virtual clock cannot wait for another. */
export function openLog(store: KeyValueStore, options: LevelLogOptions): Promise<DocumentLog> {
  return openLevelLog(store, {
    deflate: async (bytes) => new Uint8Array(deflateRawSync(bytes)),
    inflate: async (bytes) => new Uint8Array(inflateRawSync(bytes)),
    ...options,
  });
}

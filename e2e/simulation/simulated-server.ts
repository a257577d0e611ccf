// One server process after the other over one disk: the real log, rooms and dialects, started, stopped in order or killed.
// The history's work is the real one too, done at once and handed out late, as workers would.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { CloseCode, parseDocumentPath } from '@weft/protocol';
import { LiveSessions } from '../../server/src/access/live-sessions.js';
import { createDialects } from '../../server/src/dialect/dialects.js';
import { inlineHistory } from '../../server/src/history/inline-history.js';
import { defaultLimits } from '../../server/src/limits.js';
import type { ChannelId, DocumentLog } from '../../server/src/log/document-log.js';
import { type LevelLogOptions, openLevelLog } from '../../server/src/log/level/level-log.js';
import type { OpenStore } from '../../server/src/log/level/reopening-store.js';
import { StorageReports } from '../../server/src/log/storage-health.js';
import type { RoomHistory } from '../../server/src/room/room-history.js';
import { RoomRegistry } from '../../server/src/room/room-registry.js';
import { SyncError } from '../../server/src/sync-error.js';
import type { Chance } from './chance.js';
import type { Conditions } from './conditions.js';
import { accessOf, samePerson } from './persons.js';
import type { SimulatedDisk } from './simulated-disk.js';
import type { SimulatedNetwork } from './simulated-network.js';
import { ProcessEnded, type ProcessName, type VirtualClock } from './virtual-clock.js';
import { WatchedDoor } from './watched-door.js';

export interface ServerOptions {
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly network: SimulatedNetwork;
  readonly disk: SimulatedDisk;
  readonly conditions: Conditions;
  readonly report: (violation: string) => void;
  /** A loss was noticed (L3). */
  readonly onAlarm: (sentence: string) => void;
  /** The process ended by itself. */
  readonly onExit: () => void;
}

/** A stop that takes longer is cut short, as in serve.ts. */
const DRAIN_DEADLINE_MS = 10_000;
const WORKER_DIED = 'the worker ran out of memory';
/** What is said of workers that die, as they do here, and of the end of it. */
const isOfWorkers = (sentence: string): boolean =>
  sentence.includes(WORKER_DIED) || sentence.endsWith(' has checkpoints again.');

/** Vandals claim entries in numbers no document here has: the server may say so, and nothing comes of it. */
const isMadeUp = (sentence: string): boolean =>
  Number(/entries up to (\d+) that another store/.exec(sentence)?.[1] ?? 0) > 1_000_000;

interface Running {
  readonly name: ProcessName;
  readonly log: DocumentLog;
  readonly registry: RoomRegistry;
  readonly storage: StorageReports<'log' | 'disk'>;
  readonly door: WatchedDoor;
}

export class SimulatedServer {
  readonly #options: ServerOptions;
  #running: Running | null = null;
  #starts = 0;
  #isMended = false;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#running !== null;
  }

  /** The process that is running. */
  get name(): ProcessName | null {
    return this.#running?.name ?? null;
  }

  /** @returns false when the disk does not let it */
  async start(): Promise<boolean> {
    const { clock, network, disk, report, conditions } = this.#options;
    const { maxGroupBytes, journalMaxBytes } = conditions;
    this.#starts += 1;
    const name = `server ${this.#starts}`;
    const storage = new StorageReports<'log' | 'disk'>();
    const started = clock.complete(name, async () => {
      const log = await openLog(async () => disk.open(), {
        maxGroupBytes,
        journalMaxBytes,
        onFailure: () => this.#gaveUp(),
        watermark: { file: disk.watermarkFile(), alarm: this.#options.onAlarm },
        tryDisk: async () => disk.tryWriting(),
        onHealth: (state) => storage.report('log', state),
      });
      const registry = new RoomRegistry({
        log,
        alarm: this.#options.onAlarm,
        history: this.#workers(),
        storage,
        samePerson,
        complain: (sentence) => {
          // The last words of a process that ended in this very turn are heard by nobody.
          if (this.#running?.name !== name || isOfWorkers(sentence) || isMadeUp(sentence)) return;
          report(`the server complains: ${sentence}`);
        },
      });
      const sessions = new LiveSessions(defaultLimits, null);
      const dialectsFor = (peer: ProcessName) =>
        createDialects({ registry, access: accessOf(peer), sessions, software: 'simulation' });
      network.listen((path, peer) => {
        if (path === '/weft') return dialectsFor(peer).weft();
        const document = parseDocumentPath(path.slice('/yjs/'.length));
        return path.startsWith('/yjs/') && document.ok ? dialectsFor(peer).yjs(document.name, null, '') : null;
      });
      const door = new WatchedDoor({
        weft: (peer) => dialectsFor(peer).weft(),
        openTap: (peer) => network.openTap('/weft', peer),
        complain: (sentence) => report(`the door complains: ${sentence}`),
      });
      network.http.listen(door.handle);
      this.#running = { name, log, registry, storage, door };
    });
    try {
      await started;
      return true;
    } catch (error) {
      if (!disk.isFailing) throw error;
      clock.kill(name);
      disk.crash();
      return false;
    }
  }

  /** The process ends in the middle of whatever it does, and what was not synced is gone. */
  kill(): void {
    if (!this.#running) return;
    this.#options.clock.kill(this.#running.name);
    this.#running = null;
    this.#options.network.hostDied();
    this.#options.disk.crash();
  }

  /** For this long less is free on the disk than is to be kept free. */
  runShort(ms: number): void {
    if (!this.#running) return;
    const { name, storage } = this.#running;
    storage.report('disk', 'full');
    this.#options.clock.schedule(name, ms, () => storage.report('disk', 'ok'));
  }

  /** Workers die no more. */
  mend(): void {
    this.#isMended = true;
  }

  /** As somebody would through the API. Calls back once the document is on disk, or there already. */
  createDocument(name: ChannelId['document'], created: () => void): void {
    // A log that is closed or cannot be written says so, and promises nothing.
    this.#running?.log.createDocument(name, Date.now()).then(created, () => {});
  }

  /** A new epoch begins under what is there, as when an admin has put the same document in its place. Nobody may be told. */
  beginEpoch(id: ChannelId): void {
    if (!this.#running) return;
    const { log, registry } = this.#running;
    const begun = registry.withClosed(id, CloseCode.Replaced, 'The document is being replaced.', () =>
      log.beginEpoch(id),
    );
    // A server that stops, or a disk that fails, leaves the epoch as it was.
    begun.catch(() => {});
  }

  /** Stops in the order of main.ts, and does not exit yet. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    const { name, log, registry, door } = this.#running;
    const { clock, network } = this.#options;
    try {
      await clock.complete(name, async () => {
        clock.schedule(name, DRAIN_DEADLINE_MS, () => this.kill());
        network.stopAccepting();
        door.stopAccepting();
        await registry.drain();
        network.closeAll();
        door.close();
        await registry.close();
        await log.close();
      });
    } catch (error) {
      // Cut short, or killed while it stopped, by a disk that fails.
      if (error instanceof ProcessEnded) return;
      throw error;
    }
    this.#running = null;
    network.hostDied();
  }

  /** The process that stopped in order ends, and with it whatever it left running. */
  exit(): void {
    this.#options.clock.kill(`server ${this.#starts}`);
  }

  #workers(): RoomHistory {
    const { clock, chance, conditions } = this.#options;
    const { workMs, workFails } = conditions;
    const { owner } = clock;
    const later = async <T>(work: Promise<T>): Promise<T> => {
      // Posting a job copies it, so the work sees the state of now.
      const done = await work;
      await new Promise<void>((resolve) => clock.schedule(owner, chance.int(...workMs), resolve));
      if (!this.#isMended && chance.happens(workFails)) throw new SyncError('WORKER_FAILED', WORKER_DIED);
      return done;
    };
    return {
      buildCheckpoint: (job) => later(inlineHistory.buildCheckpoint(job)),
      describe: (job) => later(inlineHistory.describe(job)),
      inflateState: (state) => later(inlineHistory.inflateState(state)),
      answerSyncStep1: (job) => later(inlineHistory.answerSyncStep1(job)),
    };
  }

  /** A write failed: the process ends, as main.ts does, and whoever supervises it starts it again. */
  #gaveUp(): void {
    this.kill();
    this.#options.onExit();
  }
}

/** A log whose compression stays on this thread: the virtual clock cannot wait for another. */
export function openLog(open: OpenStore, options: LevelLogOptions): Promise<DocumentLog> {
  return openLevelLog(open, {
    deflate: async (bytes) => new Uint8Array(deflateRawSync(bytes)),
    inflate: async (bytes) => new Uint8Array(inflateRawSync(bytes)),
    ...options,
  });
}

// The log as a server has it: on LevelDB, with a watch over the free space, a ballast for the case that there is none, and
// the health of all this together.

import type { LogMetrics } from '../../metrics/metrics.js';
import type { SyncError } from '../../sync-error.js';
import type { FileStore } from '../file-store.js';
import { type StorageHealth, StorageReports, type StorageState } from '../storage-health.js';
import type { StorePlace, VerifiableLog } from '../verify-report.js';
import { keepInFile } from './accept-loss.js';
import { Ballast } from './ballast.js';
import { DiskWatch, type Look, measureDisk } from './disk-space.js';
import { openLevelLog } from './level-log.js';
import { tryLevelDisk } from './level-store.js';
import type { OpenStore } from './reopening-store.js';
import { StoreSize } from './store-size.js';
import { levelPlace } from './verify-files.js';
import { watermarkFile } from './watermark.js';

export interface ServingLogOptions {
  readonly dataFolder: string;
  /** In the data folder; it opens the store that is there. */
  readonly storeFolder: string;
  readonly openStore: OpenStore;
  /** See config.ts. With 0 there is neither a watch nor a ballast. */
  readonly reserveBytes: number | null;
  readonly metrics: LogMetrics;
  /** Called once, when writing was given up. */
  readonly onFailure: (error: SyncError) => void;
  readonly complain: (sentence: string) => void;
  /** Goes on without what a damaged journal has lost. */
  readonly acceptsLoss: boolean;
  /** Takes a sentence about a loss; resolves once it is kept. */
  readonly alarm: (sentence: string) => Promise<void> | void;
}

export interface ServingLog {
  readonly log: VerifiableLog;
  /** Where files of documents are kept; null where that is the data folder. */
  readonly files: FileStore | null;
  readonly health: StorageHealth;
  /** Ends the watch. The log is closed by itself. */
  readonly endWatch: () => void;
  readonly place: StorePlace;
  /** For whoever watches; each is null where it cannot be told, and may be of a minute ago. */
  readonly disk: () => Promise<{ readonly freeBytes: number | null; readonly storeBytes: number | null }>;
}

/** @throws SyncError like `openStore`, and `openLevelLog` */
export async function openServingLog(options: ServingLogOptions): Promise<ServingLog> {
  const { dataFolder, storeFolder, openStore, reserveBytes, onFailure, complain, alarm } = options;
  const health = new StorageReports<'log' | 'disk'>();
  const ballast = new Ballast(dataFolder);
  const log = await openLevelLog(() => ballast.lendTo(openStore), {
    complain,
    onFailure,
    metrics: options.metrics,
    watermark: { file: watermarkFile(dataFolder), alarm },
    ...(options.acceptsLoss && {
      acceptLoss: { keep: (records) => keepInFile(dataFolder, records, Date.now()), alarm },
    }),
    onHealth: (state) => health.report('log', state),
    tryDisk: (bytes) => tryLevelDisk(storeFolder, bytes),
    makeRoom: async () => void (await ballast.release()),
  });
  let said: StorageState = 'ok';
  const watch = new DiskWatch({
    reserveBytes,
    measure: () => measureDisk(dataFolder),
    onLook: (look) => {
      if (look.state !== said) complain(sentenceOf(look, dataFolder));
      said = look.state;
      health.report('disk', look.state);
      void ballast.keep(look);
    },
  });
  if (reserveBytes !== 0) await watch.start();
  const size = new StoreSize(storeFolder);
  return {
    log,
    files: null,
    health,
    endWatch: () => watch.close(),
    place: levelPlace(storeFolder),
    disk: () => size.measure(),
  };
}

function sentenceOf({ state, freeBytes, reserveBytes }: Look, dataFolder: string): string {
  const free = `${mebibytes(freeBytes)} MiB are free on the disk of ${dataFolder}`;
  if (state === 'ok') return `${free}: everything is written again.`;
  return (
    `${free}, less than the ${mebibytes(reserveBytes)} MiB that are kept free: no edits are taken. Everything can be ` +
    'read; writers keep their changes and are told that they are not saved. Make some room: it goes on by itself.'
  );
}

const mebibytes = (bytes: number): string => Math.floor(bytes / 1024 / 1024).toLocaleString('en');

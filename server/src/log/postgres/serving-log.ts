// The log as a server has it on Postgres: with its health, and a watermark in the data folder.

import type { LogMetrics } from '../../metrics/metrics.js';
import type { SyncError } from '../../sync-error.js';
import type { ServingLog } from '../level/serving-log.js';
import { watermarkFile } from '../level/watermark.js';
import { StorageReports } from '../storage-health.js';
import { openPostgresLog, type PostgresLogOptions, placeOf } from './postgres-log.js';

export interface ServingPostgresOptions {
  readonly url: string;
  /** See `PostgresLogOptions`. */
  readonly shared?: NonNullable<PostgresLogOptions['shared']>;
  /** Of what is not in the database. */
  readonly dataFolder: string;
  readonly metrics: LogMetrics;
  /** Called once, when writing was given up. */
  readonly onFailure: (error: SyncError) => void;
  readonly complain: (sentence: string) => void;
  /** Takes a sentence about a loss; resolves once it is kept. */
  readonly alarm: (sentence: string) => Promise<void> | void;
}

/** @throws SyncError like `openPostgresLog` */
export async function openServingPostgres({
  url,
  dataFolder,
  alarm,
  ...options
}: ServingPostgresOptions): Promise<ServingLog> {
  const health = new StorageReports<'log'>();
  const log = await openPostgresLog(url, {
    ...options,
    onHealth: (state) => health.report('log', state),
    watermark: { file: watermarkFile(dataFolder), alarm },
  });
  return {
    log,
    files: log.files,
    health,
    // It is the database's to watch its disk.
    endWatch: () => undefined,
    place: placeOf(log),
    disk: async () => ({ freeBytes: null, storeBytes: await log.storedBytes().catch(() => null) }),
  };
}

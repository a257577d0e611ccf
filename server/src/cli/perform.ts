// Who carries out an operation: the server that holds the data folder, asked over its socket, or this process when nobody
// holds it (L6). Only one at a time has the store; whoever comes second is told whose it is.

import { existsSync } from 'node:fs';
import { access, constants, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { replaceAdminToken } from '../access/admin-token.js';
import { AuditLog } from '../access/audit.js';
import { Persons } from '../access/persons.js';
import { trashOf } from '../access/trash.js';
import type { AdminContext, FolderContext, Operation } from '../admin/operation.js';
import { PastKeeping } from '../admin/past-keeping.js';
import { AssetFolder } from '../assets/asset-folder.js';
import { AssetStore } from '../assets/asset-store.js';
import { ControlClient } from '../control/control-client.js';
import { ControlServer } from '../control/control-server.js';
import { holdStore, inUse, isElsewhere } from '../control/hold-store.js';
import { HistoryWorkers } from '../history/history-workers.js';
import { openPast } from '../history/past.js';
import { Alarms } from '../log/alarms.js';
import { alarmsFile, storeFolder } from '../log/data-folder.js';
import type { FileStore } from '../log/file-store.js';
import { Ballast } from '../log/level/ballast.js';
import { openLevelLog } from '../log/level/level-log.js';
import { levelPlace } from '../log/level/verify-files.js';
import { watermarkFile } from '../log/level/watermark.js';
import { addressOf, notedStore } from '../log/store-note.js';
import type { StorePlace, VerifiableLog } from '../log/verify-report.js';
import { makeFolder } from '../make-folder.js';
import { RoomRegistry } from '../room/room-registry.js';
import { SyncError } from '../sync-error.js';
import { defaultVersionPolicy } from '../version-settings.js';

export interface Surroundings extends FolderContext {
  /** Takes a sentence about the store for whoever runs the command. */
  readonly complain: (sentence: string) => void;
}

/** @throws SyncError, see CommandContext.perform */
export async function perform<Args, Result>(
  operation: Operation<Args, Result>,
  args: Args,
  surroundings: Surroundings,
): Promise<Result> {
  const { dataFolder } = surroundings;
  const elsewhere = await notedStore(dataFolder);
  const database = elsewhere === null ? null : (operation.storeOf?.(args) ?? null);
  if (elsewhere !== null) await checkMayReach(dataFolder, elsewhere, database);
  else if (operation.mayMakeStore) await makeRoomForStore(dataFolder);
  else await checkHasStore(dataFolder);
  const holder = await ControlClient.connect(dataFolder);
  // Both ends are of one version, so what comes back is what the operation returned.
  if (holder) return (await holder.ask(operation.name, args, surroundings)) as Result;
  if (operation.runAlone) return operation.runAlone(args, surroundings);
  return runHere(operation, args, database, surroundings);
}

async function runHere<Args, Result>(
  operation: Operation<Args, Result>,
  args: Args,
  database: string | null,
  { complain, ...surroundings }: Surroundings,
): Promise<Result> {
  const { dataFolder } = surroundings;
  const { log, files, place } = await openHere(dataFolder, database, complain);
  // Starts no thread before there is work for one.
  const history = new HistoryWorkers();
  const registry = new RoomRegistry({ log, history, complain });
  try {
    const holder = `weft ${operation.name}`;
    const refuse = (): Promise<never> =>
      Promise.reject(inUse(dataFolder, { greeting: { weft: '', holder, pid: process.pid } }));
    const control = await ControlServer.listen({ dataFolder, holder, perform: refuse });
    try {
      const withClosed: AdminContext['withClosed'] = (_id, _code, _reason, action) => action();
      const audit = await AuditLog.open(log.records, { complain });
      const keeping = new PastKeeping({ log, keepDays: 'unknown' });
      const { versionsThinnedBy } = keeping;
      const past = openPast({ log, history, registry, policy: defaultVersionPolicy, versionsThinnedBy, complain });
      const assets = await AssetStore.open({ files, records: log.records, complain });
      try {
        return await operation.run(operation.readArgs(args), {
          ...surroundings,
          log,
          isServed: false,
          isShared: false,
          place,
          assets,
          audit,
          replaceAdminToken: () => replaceAdminToken(log.records),
          tell: () => undefined,
          history,
          persons: new Persons(log.records),
          past,
          keeping,
          trash: trashOf(log, audit),
          withClosed,
        });
      } finally {
        await audit.close();
      }
    } finally {
      await control.close();
    }
  } finally {
    await registry.close();
    await history.close();
    await log.close();
  }
}

async function openHere(
  dataFolder: string,
  database: string | null,
  complain: (sentence: string) => void,
): Promise<{ readonly log: VerifiableLog; readonly files: FileStore; readonly place: StorePlace }> {
  const alarms = new Alarms(alarmsFile(dataFolder), complain);
  const options = {
    giveUpAfterMs: 0,
    // What a server would notice when it starts is not covered up by what a command writes.
    watermark: { file: watermarkFile(dataFolder), alarm: alarms.raise },
    onFailure: ({ message }: SyncError) => complain(message),
  };
  if (database !== null) {
    // Loaded for those alone who have a database.
    const { openPostgresLog, placeOf } = await import('../log/postgres/postgres-log.js');
    const log = await openPostgresLog(database, { ...options, mayBeRetired: true });
    return { log, files: log.files, place: placeOf(log) };
  }
  const ballast = new Ballast(dataFolder);
  // To make room on a disk without any, the store has to be opened.
  const log = await openLevelLog(() => ballast.lendTo(() => holdStore(dataFolder, complain)), options);
  return { log, files: new AssetFolder(dataFolder), place: levelPlace(storeFolder(dataFolder)) };
}

/** What is in a database is reached through its server, or where the command was told how to. */
async function checkMayReach(dataFolder: string, address: string, database: string | null): Promise<void> {
  if (database !== null && addressOf(database) !== address) {
    throw new SyncError(
      'BAD_USAGE',
      `The documents of ${dataFolder} are in ${address}, and not in ${addressOf(database)}.`,
    );
  }
  const holder = await ControlClient.connect(dataFolder);
  if (holder === null && database === null) throw isElsewhere(dataFolder, address);
  holder?.close();
}

/** Of a folder that holds something else, a store is not made. */
async function makeRoomForStore(dataFolder: string): Promise<void> {
  try {
    await makeFolder(dataFolder);
    if (!(await isUnborn(dataFolder))) {
      const advice = 'It is not empty, either: choose an empty folder, or a new one, with --data.';
      await checkHasStore(dataFolder, advice);
    }
  } catch (cause) {
    if (cause instanceof SyncError) throw cause;
    throw new SyncError('NOT_PERMITTED', `${dataFolder} cannot be made a data folder: ${(cause as Error).message}.`, {
      cause,
    });
  }
}

/** Whether there is nothing but what the making of a store leaves that did not get as far as to hold anything. */
async function isUnborn(dataFolder: string): Promise<boolean> {
  const names = await readdir(dataFolder);
  if (names.length === 0) return true;
  if (names.length > 1 || names[0] !== basename(storeFolder(dataFolder))) return false;
  // LevelDB names its lists in CURRENT before it begins a log.
  const files = await readdir(storeFolder(dataFolder));
  return files.every((file) => /^(?:LOCK|LOG|MANIFEST-000001|000001\.dbtmp)$/.test(file));
}

/** A command makes no folders unless it says so: what has no store is most likely a slip in its path. */
async function checkHasStore(dataFolder: string, advice = 'Say with --data where the documents are.'): Promise<void> {
  if (!existsSync(dataFolder)) {
    throw new SyncError('NO_STORE', `There is no folder ${dataFolder}. ${advice}`);
  }
  try {
    await access(dataFolder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const sentence = `This user may not read and write ${dataFolder}. Use the command as the user the server runs as.`;
    throw new SyncError('NOT_PERMITTED', sentence, { cause });
  }
  if (!existsSync(join(storeFolder(dataFolder), 'CURRENT'))) {
    const sentence = `${dataFolder} holds no documents of Weft. ${advice}`;
    throw new SyncError('NO_STORE', sentence);
  }
}

// `weft migrate`: the documents to a database, or back into the folder.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type MigrateResult, migrate } from '../admin/migrate.js';
import { FOLDER, putAside } from '../admin/migrate-ends.js';
import { ASSETS_FOLDER } from '../assets/asset-folder.js';
import { moveSetting, readDataFolder, readMove, settings } from '../config.js';
import { ExitCode } from '../exit.js';
import { storeFolder } from '../log/data-folder.js';
import { addressOf, notedStore } from '../log/store-note.js';
import { SyncError } from '../sync-error.js';
import { syncFolder } from '../whole-file.js';
import type { Command } from './command.js';
import { count, sizeOf } from './table.js';

const DATABASE = /^postgres(?:ql)?:\/\/./;

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'move all documents to Postgres, or back into the data folder',
  details: `
Everything comes along: every document with its history and epochs, its versions, who may open it, people, the trash, the audit
log. Give it twice. While the server runs, the documents are copied and people go on writing; nothing is served from there yet.
Then stop the server and give it once more: what came since is copied, all is compared, and the documents are there. The server is
not needed for longer than that takes, which the first run tells. Without the first run it is the same, and takes as long as
copying everything.

Ended half-way, by whatever, it goes on where it was when it is given again. A copy that is not whole is refused by every server.
Where the documents were they stay as they are: the folder in the data folder is called store-moved then, and a database says
that it was moved. Files of documents are copied as well: the folder they were in is called assets-moved then.

A document that is damaged is named and left out, and the others come along. Check the new place with weft verify.

Exit code: 0; 1 when something was left out, or nothing was moved.
`,
  arguments: [],
  options: [
    moveSetting,
    { ...settings.store, summary: 'the database the documents are in, to move them from it while no server runs' },
  ],
  run: async ({ values, perform, print, complain }) => {
    const { to, from } = readMove(values);
    if (to !== FOLDER && !DATABASE.test(to)) {
      // It may hold a password, and is not said again.
      throw new SyncError(
        'BAD_USAGE',
        '--to takes an address like postgres://user:password@host:5432/database, or "folder".',
      );
    }
    const dataFolder = resolve(readDataFolder(values));
    // It ended between its last two steps.
    if (to !== FOLDER && (await wasMovedTo(to, dataFolder))) {
      await checkIsServable(to);
      const keptAs = await setAside(dataFolder);
      print({ phase: 'moved', to: addressOf(to), keptAs }, () => `The documents are in ${addressOf(to)}.\n`);
      return ExitCode.Ok;
    }
    const result = await perform(migrate, { to, from: from === '' ? null : from });
    const keptAs = result.phase === 'moved' && to !== FOLDER ? await setAside(dataFolder) : null;
    print({ ...result, keptAs }, () => inWords(result, to, keptAs));
    for (const sentence of [...result.remarks, ...result.faults]) complain(sentence);
    return result.faults.length === 0 ? ExitCode.Ok : ExitCode.Failed;
  },
};

/** A note of the database beside a store is there for that moment alone, and when the way back was ended at its last step. */
async function wasMovedTo(url: string, dataFolder: string): Promise<boolean> {
  return existsSync(join(storeFolder(dataFolder), 'CURRENT')) && (await notedStore(dataFolder)) === addressOf(url);
}

/** @throws SyncError when it is in use, or its documents were moved from there */
async function checkIsServable(url: string): Promise<void> {
  const { openPostgresLog } = await import('../log/postgres/postgres-log.js');
  await (await openPostgresLog(url, { onFailure: () => undefined, giveUpAfterMs: 0 })).close();
}

/** Everything that the database has now. @returns where the store of the folder is, as it was; null when there is none */
async function setAside(dataFolder: string): Promise<string | null> {
  // The store comes last: without it nobody knows what the files are.
  await putAside(join(dataFolder, ASSETS_FOLDER));
  const keptAs = await putAside(storeFolder(dataFolder));
  await syncFolder(dataFolder);
  return keptAs;
}

function inWords(result: MigrateResult, to: string, keptAs: string | null): string {
  const { channels, entries, files, bytes, seconds, lastSeconds } = result;
  const written = `${count(entries, 'entry', 'entries')} and ${count(files, 'file')} written, ${sizeOf(bytes)}, in ${seconds.toFixed(1)} s`;
  if (result.phase === 'copied') {
    return (
      `Copied to ${result.to}: ${count(channels, 'text')}; ${written}.\n` +
      'The documents are still served from where they were. Stop the server and give this command once more: it copies what came ' +
      `since, which takes about ${Math.max(1, Math.ceil(lastSeconds))} s, and the documents are there.\n`
    );
  }
  const start =
    to === FOLDER ? 'Start the server without --store.' : 'Start the server with that address as its --store.';
  const kept = keptAs === null ? '' : ` What they were in is ${keptAs}, as it was: remove it when nobody needs it.`;
  return `Moved to ${result.to}: ${count(channels, 'text')}; ${written}. What was written there was read back and compared.\n${start}${kept}\n`;
}

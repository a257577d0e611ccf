// Checks the whole store (I10): beside a running server in that server, on the live store; else on a shadow of it.
// And a backup, or a document in a file, which need no server.

import { join } from 'node:path';
import { type ArchiveVerdict, verifyArchive } from '../archive/verify-archive.js';
import { stateChecks } from '../history/state-checks.js';
import { storeBytes, verifyFiles } from '../log/level/verify-files.js';
import { verifyFolder } from '../log/level/verify-offline.js';
import { Findings, type VerifyReport } from '../log/verify-report.js';
import { checkWanted, noArguments, type Operation, type WorkContext } from './operation.js';

export const verifyData: Operation<null, VerifyReport> = {
  name: 'verify',
  readArgs: noArguments,
  run: async (_args, { dataFolder, log, onProgress, signal }) => {
    const findings = new Findings();
    const options = { findings, states: stateChecks, onProgress, signal };
    const folder = join(dataFolder, 'store');
    const lookAgain = await verifyFiles(folder, options);
    await log.verify(await storeBytes(folder), options);
    await lookAgain();
    return findings.report();
  },
  runAlone: async (_args, { dataFolder, onProgress, signal }) => {
    const findings = new Findings();
    await verifyFolder(join(dataFolder, 'store'), { findings, states: stateChecks, onProgress, signal });
    return findings.report();
  },
};

/**
 * @param path of a backup folder or a .weft file
 * @throws SyncError `ARCHIVE_UNREADABLE` when it is neither; `CANCELLED`
 */
export const verifyCopy = (path: string, context: WorkContext): Promise<ArchiveVerdict> =>
  verifyArchive(path, {
    onProgress: (done, total) => context.onProgress({ doing: 'Checking documents', done, total }),
    checkWanted: () => checkWanted(context),
  });

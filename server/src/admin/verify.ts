// Checks the whole store (I10): beside a running server in that server, on the live store; else on a shadow of it.
// And a backup, or a document in a file, which need no server.

import { type ArchiveVerdict, verifyArchive } from '../archive/verify-archive.js';
import { AssetFolder } from '../assets/asset-folder.js';
import { stateChecks } from '../history/state-checks.js';
import { storeFolder } from '../log/data-folder.js';
import type { FileStore } from '../log/file-store.js';
import { verifyFolder } from '../log/level/verify-offline.js';
import { watermarkFile } from '../log/level/watermark.js';
import { Findings, type VerifyOptions, type VerifyReport } from '../log/verify-report.js';
import { checkWanted, type FolderContext, noArguments, type Operation, type WorkContext } from './operation.js';
import { AllRecordChecks, verifyAssets } from './verify-assets.js';

/** As long as the check works at a time: half of the process is for those who write. */
const REST_MS = 5;

export const verifyData: Operation<null, VerifyReport> = {
  name: 'verify',
  readArgs: noArguments,
  run: async (_args, { assets, log, place, ...context }) => {
    const { files } = assets;
    const options = await optionsFor(files, context, REST_MS);
    const lookAgain = await place.checkFiles(options);
    await log.verify(await place.bytes(), options);
    await lookAgain();
    await verifyAssets(files, options.records, log.records, options);
    return options.findings.report();
  },
  runAlone: async (_args, context) => {
    const files = new AssetFolder(context.dataFolder);
    const options = await optionsFor(files, context, 0);
    await verifyFolder(storeFolder(context.dataFolder), options);
    await verifyAssets(files, options.records, null, options);
    return options.findings.report();
  },
};

interface AllOptions extends VerifyOptions {
  readonly records: AllRecordChecks;
}

async function optionsFor(
  files: FileStore,
  { dataFolder, onProgress, signal }: FolderContext,
  restMs: number,
): Promise<AllOptions> {
  const records = new AllRecordChecks();
  await records.assets.begin(files);
  const watermark = await watermarkFile(dataFolder).read();
  return {
    findings: new Findings(),
    states: stateChecks,
    records,
    watermark,
    restMs,
    onProgress,
    signal,
  };
}

/**
 * @param path of a backup folder or a .weft file
 * @throws SyncError `ARCHIVE_UNREADABLE` when it is neither; `CANCELLED`
 */
export const verifyCopy = (path: string, context: WorkContext): Promise<ArchiveVerdict> =>
  verifyArchive(path, {
    onProgress: (done, total) => context.onProgress({ doing: 'Checking documents', done, total }),
    checkWanted: () => checkWanted(context),
  });

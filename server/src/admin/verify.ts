// Checks the whole store (I10): beside a running server in that server, on the live store; else on a shadow of it.

import { join } from 'node:path';
import { stateChecks } from '../history/state-checks.js';
import { storeBytes, verifyFiles } from '../log/level/verify-files.js';
import { verifyFolder } from '../log/level/verify-offline.js';
import { Findings, type VerifyReport } from '../log/verify-report.js';
import { noArguments, type Operation } from './operation.js';

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

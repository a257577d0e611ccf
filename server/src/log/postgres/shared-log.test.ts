import { afterAll } from 'vitest';
import { testEpochs } from '../epoch.contract.js';
import { PostgresServer } from '../test/postgres-server.js';
import { testTrimming } from '../trim.contract.js';
import { openPostgresLog } from './postgres-log.js';

const postgres = await PostgresServer.start();

if (postgres.missing !== null) process.stdout.write(`Not tested: one of several servers. ${postgres.missing}.\n`);
else {
  const { server } = postgres;
  afterAll(() => server.stop());
  const newPlace = async () => {
    const url = await server.newPlace();
    const onFailure = (error: Error): void => {
      throw error;
    };
    const shared = { compareEveryMs: 2 ** 30 };
    return {
      open: (options = {}) => openPostgresLog(url, { onFailure, giveUpAfterMs: 0, shared, ...options }),
      remove: () => server.removePlace(url),
    };
  };
  // One that shares the store with nobody else just now is as one that has it alone.
  testEpochs('one of several on postgres', newPlace);
  testTrimming('one of several on postgres', newPlace);
}

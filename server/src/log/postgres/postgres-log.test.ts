import { afterAll, describe, test } from 'vitest';
import { testDocumentLog } from '../document-log.contract.js';
import { PostgresServer } from '../test/postgres-server.js';
import { openPostgresLog } from './postgres-log.js';

const postgres = await PostgresServer.start();

if (postgres.missing !== null) {
  describe(`postgres (not tested: ${postgres.missing})`, () => {
    test.skipIf(true)('is the same log', () => undefined);
  });
} else {
  const { server } = postgres;
  afterAll(() => server.stop());

  const newPlace = async () => {
    const url = await server.newPlace();
    const onFailure = (error: Error): void => {
      throw error;
    };
    return {
      open: (options = {}) => openPostgresLog(url, { onFailure, giveUpAfterMs: 0, ...options }),
      remove: () => server.removePlace(url),
    };
  };
  // Each takes several round trips a step, and a schema of its own.
  testDocumentLog('postgres', newPlace, 12);
}

// What an operation works on, in tests: a log nobody else uses.

import type { VerifiableLog } from '../../log/verify-report.js';
import type { AdminContext } from '../operation.js';

export const testContext = (log: VerifiableLog, dataFolder: string): AdminContext => ({
  dataFolder,
  log,
  onProgress: () => undefined,
  signal: new AbortController().signal,
  withClosed: (_id, _code, _reason, action) => action(),
});

// What an operation works on, in tests: a log nobody else uses.

import { replaceAdminToken } from '../../access/admin-token.js';
import { AssetStore } from '../../assets/asset-store.js';
import { composeFile, composeJson, renderFile, renderJson } from '../../history/document-content.js';
import { inlineHistory } from '../../history/inline-history.js';
import type { ReadableFormat } from '../../history/packed-work.js';
import type { VerifiableLog } from '../../log/verify-report.js';
import type { StateJob } from '../../room/room-history.js';
import type { AdminContext } from '../operation.js';

/** The same work, in this thread. */
const inlineWorkers = {
  ...inlineHistory,
  renderJson: async (job: StateJob) => renderJson(job),
  renderFile,
  compose: async (format: 'json' | ReadableFormat, bytes: Uint8Array) =>
    format === 'json' ? composeJson(new TextDecoder().decode(bytes)) : composeFile(format, new Uint8Array(bytes)),
};

export const testContext = (log: VerifiableLog, dataFolder: string): AdminContext => ({
  dataFolder,
  log,
  assets: new AssetStore({ dataFolder, records: log.records, complain: () => undefined }),
  // A test that looks at it opens one of its own.
  audit: {
    note: () => undefined,
    settled: async () => undefined,
    read: async () => ({ records: [], damaged: [] }),
    bringBack: async () => true,
  },
  replaceAdminToken: () => replaceAdminToken(log.records),
  tell: () => undefined,
  onProgress: () => undefined,
  signal: new AbortController().signal,
  history: inlineWorkers,
  withClosed: (_id, _code, _reason, action) => action(),
});

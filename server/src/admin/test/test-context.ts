// What an operation works on, in tests: a log nobody else uses.

import { replaceAdminToken } from '../../access/admin-token.js';
import { Persons } from '../../access/persons.js';
import { trashOf } from '../../access/trash.js';
import { AssetFolder } from '../../assets/asset-folder.js';
import { AssetStore } from '../../assets/asset-store.js';
import { comparePacked } from '../../history/compare.js';
import type { CompareJob } from '../../history/compare-job.js';
import { composeFile, composeJson, renderFile, renderJsonFile } from '../../history/document-content.js';
import type { HistoryWorkers } from '../../history/history-workers.js';
import { inlineHistory } from '../../history/inline-history.js';
import type { ReadableFormat } from '../../history/packed-work.js';
import { openPast } from '../../history/past.js';
import { storeFolder } from '../../log/data-folder.js';
import { levelPlace } from '../../log/level/verify-files.js';
import type { VerifiableLog } from '../../log/verify-report.js';
import { defaultVersionPolicy } from '../../version-settings.js';
import type { AdminContext } from '../operation.js';
import { PastKeeping } from '../past-keeping.js';

/** The same work, in this thread. */
const inlineWorkers = {
  ...inlineHistory,
  renderJson: async (...[job, about]: Parameters<HistoryWorkers['renderJson']>) => renderJsonFile(job, about),
  renderFile,
  compare: async (job: CompareJob) => comparePacked(job),
  compose: async (format: 'json' | ReadableFormat, bytes: Uint8Array) =>
    format === 'json' ? composeJson(new TextDecoder().decode(bytes)) : composeFile(format, new Uint8Array(bytes)),
};

export const testContext = (log: VerifiableLog, dataFolder: string): AdminContext => ({
  dataFolder,
  log,
  isServed: false,
  isShared: false,
  place: levelPlace(storeFolder(dataFolder)),
  assets: new AssetStore({ files: new AssetFolder(dataFolder), records: log.records, complain: () => undefined }),
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
  persons: new Persons(log.records),
  // A test that brings something back has a registry of its own.
  past: openPast({
    log,
    history: inlineWorkers,
    registry: { enter: () => Promise.reject(new Error('there is no room')) },
    policy: defaultVersionPolicy,
    versionsThinnedBy: async () => [],
    complain: () => undefined,
  }),
  keeping: new PastKeeping({ log, keepDays: null }),
  trash: trashOf(log, { note: () => undefined }),
  withClosed: (_id, _code, _reason, action) => action(),
});

// The log in memory, for tests: the same journal, segments and index over a MemoryStore.

import type { DocumentLog } from './document-log.js';
import { type LevelLogOptions, openLevelLog } from './level/level-log.js';
import { MemoryStore } from './memory-store.js';

/**
 * @param store kept by the caller who wants to crash it or open it again; a new, empty one otherwise
 * @param options as for any log; groups are not paced unless asked for
 */
export function openMemoryLog(
  store: MemoryStore = new MemoryStore(),
  options: Partial<LevelLogOptions> = {},
): Promise<DocumentLog> {
  const onFailure = (): void => undefined;
  return openLevelLog(store, { paceMs: 0, onFailure, ...options });
}

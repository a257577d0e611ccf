// The log in memory, for tests: the same journal, segments and index over a MemoryStore.

import { type LevelLogOptions, openLevelLog } from './level/level-log.js';
import type { OpenStore } from './level/reopening-store.js';
import { MemoryStore } from './memory-store.js';
import type { VerifiableLog } from './verify-report.js';

/**
 * @param store kept by the caller who wants to crash it or open it again, or the way to open it after each failed write; a
 *              new, empty one otherwise
 * @param options as for any log; groups are not paced, and the first failed write is the last, unless asked for
 */
export function openMemoryLog(
  store: MemoryStore | OpenStore = new MemoryStore(),
  options: Partial<LevelLogOptions> = {},
): Promise<VerifiableLog> {
  const onFailure = (): void => undefined;
  const open = store instanceof MemoryStore ? async () => store.open() : store;
  return openLevelLog(open, { paceMs: 0, giveUpAfterMs: 0, onFailure, ...options });
}

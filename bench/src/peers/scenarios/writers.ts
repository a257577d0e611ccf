// Many type in one document.

import { runTyping, typingFigures } from '../load/typing-load.js';
import type { Scenario, ServerName } from '../scenario.js';

const writers = (count: number, perSecond: number, servers: readonly ServerName[], maxRounds?: number): Scenario => ({
  name: `writers-${count}`,
  summary: `one document, ${count} writers at ${perSecond} updates per second each`,
  servers,
  ...(maxRounds === undefined ? {} : { maxRounds }),
  figures: typingFigures,
  run: (server) => runTyping(server, { documents: 1, writers: count, readers: 0, perSecond }),
});

export const writers50 = writers(50, 10, ['weft', 'weft-yjs', 'yws-0.1.5', 'hocuspocus-sqlite', 'ws-send']);
export const writers100 = writers(100, 5, ['weft', 'weft-yjs', 'yws-0.1.5'], 3);

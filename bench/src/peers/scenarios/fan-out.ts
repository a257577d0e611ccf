// One types, many read: what it costs to tell everybody.

import { runTyping, typingFigures } from '../load/typing-load.js';
import type { Scenario, ServerName } from '../scenario.js';

const fanOut = (readers: number, perSecond: number, servers: readonly ServerName[], maxRounds?: number): Scenario => ({
  name: `fan-out-${readers}`,
  summary: `one writer at ${perSecond} updates per second, ${readers} readers`,
  servers,
  ...(maxRounds === undefined ? {} : { maxRounds }),
  figures: typingFigures,
  run: (server) => runTyping(server, { documents: 1, writers: 1, readers, perSecond }),
});

export const fanOut100 = fanOut(100, 100, ['weft', 'weft-yjs', 'yws-0.1.5', 'hocuspocus-sqlite', 'ws-send', 'ws-turn']);
export const fanOut10 = fanOut(10, 1000, ['weft', 'weft-yjs', 'yws-0.1.5'], 3);

// One types, many read: what it costs to tell everybody.

import { runTyping, typingFigures } from '../load/typing-load.js';
import type { Scenario } from '../scenario.js';
import { everyone } from '../servers.js';

const fanOut = (readers: number, perSecond: number): Scenario => ({
  name: `fan-out-${readers}`,
  summary: `one writer at ${perSecond} updates per second, ${readers} readers`,
  servers: everyone,
  figures: typingFigures,
  run: (server) => runTyping(server, { documents: 1, writers: 1, readers, perSecond }),
});

export const fanOut100 = fanOut(100, 100);
export const fanOut10 = fanOut(10, 1000);

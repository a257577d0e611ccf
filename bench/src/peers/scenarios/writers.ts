// Many type in one document.

import { runTyping, typingFigures } from '../load/typing-load.js';
import type { Scenario } from '../scenario.js';
import { everyone } from '../servers.js';

const writers = (count: number, perSecond: number): Scenario => ({
  name: `writers-${count}`,
  summary: `one document, ${count} writers at ${perSecond} updates per second each`,
  servers: everyone,
  figures: typingFigures,
  run: (server) => runTyping(server, { documents: 1, writers: count, readers: 0, perSecond }),
});

export const writers50 = writers(50, 10);
export const writers100 = writers(100, 5);

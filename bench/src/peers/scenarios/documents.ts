// Many small documents at once, as a server of a company has them: what an update costs when nothing can be shared.

import { runTyping, typingFigures } from '../load/typing-load.js';
import type { Scenario } from '../scenario.js';

export const documents200: Scenario = {
  name: 'documents-200',
  summary: '200 documents, 3 writers at 5 updates per second each in every one',
  servers: ['weft', 'weft-yjs', 'yws-0.1.5', 'yws-0.1.1-leveldb', 'hocuspocus-sqlite'],
  figures: typingFigures,
  run: (server) => runTyping(server, { documents: 200, writers: 3, readers: 0, perSecond: 5 }),
};

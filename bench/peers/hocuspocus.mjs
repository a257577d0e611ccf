// Hocuspocus as its documentation starts it: SQLite in a file, everything else as it comes.
// node hocuspocus.mjs PORT DATA_FOLDER

import { join } from 'node:path';
import { SQLite } from '@hocuspocus/extension-sqlite';
import { Server } from '@hocuspocus/server';

const [port, dataFolder] = process.argv.slice(2);
const server = new Server({
  port: Number(port),
  address: '127.0.0.1',
  quiet: true,
  extensions: [new SQLite({ database: join(dataFolder, 'documents.sqlite') })],
});
await server.listen();
console.log(`listening on http://127.0.0.1:${port}`);

// A road to Postgres that breaks where a test says: a statement that commits gets lost on its way, or arrives in part, or
// arrives whole and its answer gets lost.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What befalls a statement that commits. */
export type Cut = 'before' | 'within' | 'after';

/** Stands in the call that writes a group, in the end of a longer transaction, and in how a connection begins. */
const COMMIT = 'commit';

export class CuttingProxy {
  /** The same database by this road. */
  readonly url: string;
  /** What befalls the next of them, in turn; `null` lets one through. */
  readonly cuts: (Cut | null)[] = [];
  /** How many were cut. */
  cutCount = 0;
  /** Takes no connections. */
  isClosed = false;
  /** Takes what it is given on connections there are, and passes nothing on. */
  isSilent = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(url: string, server: Server) {
    this.url = url;
    this.#server = server;
  }

  static async start(target: string): Promise<CuttingProxy> {
    const { hostname, port } = new URL(target);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = new URL(target);
    url.port = String((server.address() as AddressInfo).port);
    const proxy = new CuttingProxy(url.href, server);
    server.on('connection', (client) => proxy.#carry(client, connect(Number(port), hostname)));
    return proxy;
  }

  /** Breaks every connection there is. */
  breakAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.breakAll();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #carry(client: Socket, database: Socket): void {
    const both = [client, database];
    const end = (): void => {
      for (const socket of both) socket.destroy();
    };
    for (const socket of both) {
      this.#sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    if (this.isClosed) return end();
    let answerIsCut = false;
    client.on('data', (bytes) => {
      if (this.isSilent) return;
      const cut = bytes.includes(COMMIT) ? (this.cuts.shift() ?? null) : null;
      if (cut !== null) this.cutCount += 1;
      if (cut === 'before') return end();
      if (cut === 'within') {
        database.end(bytes.subarray(0, bytes.length >> 1));
        client.destroy();
        return;
      }
      answerIsCut ||= cut === 'after';
      database.write(bytes);
    });
    database.on('data', (bytes) => {
      if (answerIsCut) end();
      else client.write(bytes);
    });
  }
}

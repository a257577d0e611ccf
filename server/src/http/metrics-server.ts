// The metrics on a listener of their own, as `door.metrics` names it: for a Prometheus that may reach that address, and needs
// nothing else of this server. Plain HTTP, one path.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Doorkeeper } from '../access/doorkeeper.js';
import { type DoorSettings, defaultDoor } from '../door-settings.js';
import { METRICS_TYPE, type MetricsPage } from '../metrics/prometheus.js';
import { messageOf } from '../sync-error.js';
import { isShown, METRICS_PATH } from './metrics.js';
import { createRawServer } from './raw-server.js';

/** More than there will be readers. */
const limits = { connections: 16, connectionsPerAddress: 16 };

export interface MetricsServerOptions {
  readonly page: Pick<MetricsPage, 'render'>;
  readonly door: Pick<DoorSettings, 'hosts' | 'metrics'>;
  readonly complain: (sentence: string) => void;
}

export class MetricsServer {
  readonly #options: MetricsServerOptions;
  readonly #doorkeeper: Doorkeeper;
  readonly #server: Server;

  constructor(options: MetricsServerOptions) {
    this.#options = options;
    const { hosts, metrics } = options.door;
    // Where nothing is shown, a page that had its name pointed here (DNS rebinding) must not read it.
    const isOpen = metrics.token === null;
    this.#doorkeeper = new Doorkeeper({ ...defaultDoor, hosts: isOpen ? hosts : [] }, { isOpen });
    this.#server = createRawServer({ doorkeeper: this.#doorkeeper, tls: null, limits }, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        options.complain(`The metrics could not be read over a fault of ours: ${messageOf(error)}`);
        say(response, 500, 'Something failed in the server.');
      });
    });
  }

  /** Of what it listens on. */
  get address(): AddressInfo {
    return this.#server.address() as AddressInfo;
  }

  listen(where: { readonly host: string; readonly port: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(where, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { page, door } = this.#options;
    const { token } = door.metrics;
    const judged = this.#doorkeeper.judge(request);
    if (!judged.ok) return say(response, judged.status, judged.reason);
    if (request.method !== 'GET' || request.url?.split('?', 1)[0] !== METRICS_PATH) {
      return say(response, 404, `There is ${METRICS_PATH} here, and nothing else.`);
    }
    if (token !== null && !isShown(token, request.headers.authorization)) {
      response.setHeader('WWW-Authenticate', 'Bearer');
      return say(response, 401, 'Show the token of "door.metrics" as a bearer token.');
    }
    const text = await page.render();
    response.writeHead(200, { 'Content-Type': METRICS_TYPE, 'Cache-Control': 'no-store' }).end(text);
  }
}

function say(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`);
}

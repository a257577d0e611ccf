// A server behind a proxy that can say that it has a newer release of the app: the service worker it hands out then is of
// another release than the page. And it can have one sign in before it hands out anything else of the app.

import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const WORKER = '/service-worker.js';

export class ReleaseProxy {
  readonly #server: Server;
  hasNewer = false;
  asksToSignIn = false;

  private constructor(port: number) {
    this.#server = createServer((asked, answer) => {
      const { url = '/', method, headers } = asked;
      if (this.asksToSignIn && url.startsWith('/assets/')) {
        answer.writeHead(302, { location: '/sign-in' }).end();
        return;
      }
      // What is changed on the way must be told whole, and not compressed.
      const { 'if-none-match': _tag, 'if-modified-since': _time, ...rest } = headers;
      const forwarded = { ...rest, host: `127.0.0.1:${port}`, 'accept-encoding': 'identity' };
      const onward = request({ port, path: url, method, headers: forwarded }, (told) => {
        const parts: Buffer[] = [];
        told.on('data', (part: Buffer) => parts.push(part));
        told.on('end', () => {
          const body = Buffer.concat(parts);
          const isChanged = this.hasNewer && url === WORKER;
          const text = isChanged ? newer(body.toString()) : body;
          const { 'content-length': _length, 'transfer-encoding': _encoding, ...others } = told.headers;
          answer.writeHead(told.statusCode ?? 502, others).end(text);
        });
      });
      onward.on('error', () => answer.destroy());
      asked.pipe(onward);
    });
  }

  /** @param port  of the server */
  static async start(port: number): Promise<ReleaseProxy> {
    const proxy = new ReleaseProxy(port);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Of another version and release. */
const newer = (worker: string): string =>
  worker.replace(/(version"?:\s*["'`])(\w+)/, '$1newer').replace(/(release"?:\s*["'`])(\w+)/, '$1newer');

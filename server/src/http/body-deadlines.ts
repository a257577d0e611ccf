// An end to bodies that come too slowly. Node knows one time for all requests; here those that bring a file have more of it than the
// others, and what nobody wants any more, because it is answered, is let pass for a moment only.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** From the end of the headers to that of the body. */
const BODY_WITHIN_MS = 15_000;
/**
 * Who still sends when the answer is there gets this long to notice: to close at once would reset the line, and most would not
 * see the answer.
 */
const LINGER_MS = 3000;
const CHECK_EVERY_MS = 1000;

export class BodyDeadlines {
  readonly #server: Server;
  /** When each body has to be there, of those that were not at the last look. */
  readonly #due = new Map<IncomingMessage, number>();

  /** @param server looks after the requests until it is closed */
  constructor(server: Server) {
    this.#server = server;
    const timer = setInterval(() => this.#look(), CHECK_EVERY_MS);
    timer.unref();
    server.once('close', () => clearInterval(timer));
  }

  /** @param mayTakeItsTime up to what the server gives every request: whoever reads the body sees to the rest */
  begun(request: IncomingMessage, response: ServerResponse, mayTakeItsTime: boolean): void {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    if (length === '0' && encoding === undefined) return;
    if (!mayTakeItsTime) {
      this.#due.set(request, performance.now() + BODY_WITHIN_MS);
      return;
    }
    response.once('finish', () => {
      if (request.complete) return;
      request.resume();
      this.#due.set(request, performance.now() + LINGER_MS);
    });
  }

  #look(): void {
    const nowMs = performance.now();
    for (const [request, dueMs] of this.#due) {
      const { complete, destroyed, socket } = request;
      if (!complete && !destroyed && nowMs < dueMs) continue;
      this.#due.delete(request);
      if (complete || destroyed) continue;
      // As Node tells of a request that takes too long.
      const error = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
      if (!this.#server.emit('clientError', error, socket)) socket.destroy();
    }
  }
}

// The transports over HTTP for apps that are built in parts (condition `weft:late`): loaded when the first of them is to be opened.
// Where they do not come the network is no better than one that carries nothing.

import type { Fetch } from './http-requests.js';
import { BROKEN, type OpenTransport, type Transport } from './transport.js';

const load = () => import('./http-transports.js');
type HttpTransports = Awaited<ReturnType<typeof load>>;

export const overEvents = late('overEvents');
export const overPolls = late('overPolls');

function late(name: keyof HttpTransports): HttpTransports[typeof name] {
  return (fetch: Fetch): OpenTransport =>
    (url, listener) => {
      let transport: Transport | null = null;
      let isClosed = false;
      load().then(
        (loaded) => {
          if (!isClosed) transport = loaded[name](fetch)(url, listener);
        },
        (error: unknown) => {
          if (!isClosed) listener.closed({ code: BROKEN, reason: String(error) });
        },
      );
      return {
        get unsentBytes() {
          return transport?.unsentBytes ?? 0;
        },
        send: (frame) => transport?.send(frame),
        close(code, reason) {
          isClosed = true;
          transport?.close(code, reason);
        },
      };
    };
}

// The thread of StallProbe: asks, waits for the answer, asks again 5 ms later. A thread of its own, so that what the load does
// meanwhile is not taken for the server's silence.

import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const PAUSE_MS = 5;

const { port } = workerData as { readonly port: number };
const request = Buffer.from(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);

let askedAtMs = 0;
let longestMs = 0;
const noteAnswer = (): void => {
  longestMs = Math.max(longestMs, performance.now() - askedAtMs);
};

const socket = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.2', noDelay: true });
const ask = (): void => {
  askedAtMs = performance.now();
  socket.write(request);
};
// A connection that breaks is not answered any more: that wait counts as well, until the end.
socket.on('error', () => {});
socket.on('data', () => {
  noteAnswer();
  setTimeout(ask, PAUSE_MS);
});
// Before it is let in: that wait counts.
ask();
parentPort!.once('message', () => {
  // An answer that is still out has taken at least as long as this.
  noteAnswer();
  parentPort!.postMessage(longestMs);
  socket.destroy();
});

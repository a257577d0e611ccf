// The plainest relay there is: each message is sent to each other client of its room. What a server costs beyond this, it
// costs for what it does.

import type { WebSocket } from 'ws';
import { startRelay } from './relay.js';

startRelay(
  () => ({ sockets: new Set<WebSocket>() }),
  ({ sockets }, from, message) => {
    for (const socket of sockets) if (socket !== from) socket.send(message);
  },
);

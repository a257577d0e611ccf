// How a room's news are written for stock y-websocket clients, and what of it is one frame for many: what a flush tells them, and
// answers that are the very same bytes.

import type { Dialect, Outgoing } from '../room/member.js';
import { awarenessFrame, syncStep2Frame, updateFrame } from './yjs-frames.js';

export const yjsDialect: Dialect = {
  echoes: true,
  forgetsTheQuiet: true,
  news: (_room, { updates, presence }) => {
    const messages = updates.map(updateFrame);
    if (presence !== null) messages.push(awarenessFrame(presence));
    return { messages };
  },
  contentHash: () => null,
};

/** One frame for all who are answered with the very same bytes. */
function shared(frameOf: (update: Uint8Array) => Uint8Array): (update: Uint8Array) => Outgoing {
  const made = new WeakMap<Uint8Array, Outgoing>();
  return (update) => {
    const out = made.get(update) ?? { messages: [frameOf(update)] };
    made.set(update, out);
    return out;
  };
}

export const sharedSyncStep2 = shared(syncStep2Frame);
export const sharedUpdate = shared(updateFrame);

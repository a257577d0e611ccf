// How a room's news are written for stock y-websocket clients: what a flush tells them is one frame for many.

import type { Dialect } from '../room/member.js';
import { awarenessFrame, updateFrame } from './yjs-frames.js';

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

// The dialects a transport can offer, each as a maker of sessions.

import { randomFillSync } from 'node:crypto';
import type { DocumentName } from '@weft/protocol';
import type { Access } from '../access/access.js';
import type { LiveSessions } from '../access/live-sessions.js';
import { Metrics } from '../metrics/metrics.js';
import type { RoomRegistry } from '../room/room-registry.js';
import type { OpenSession } from './connection.js';
import { Denials } from './denials.js';
import { WeftSession } from './weft-session.js';
import { YjsSession } from './yjs-session.js';

export interface Dialects {
  weft(): OpenSession;
  /**
   * @param epoch that the client says its text is of (G5); null when it says none
   * @param token that it shows, or ''
   */
  yjs(document: DocumentName, epoch: number | null, token: string): OpenSession;
}

export interface DialectOptions {
  readonly registry: RoomRegistry;
  readonly access: Access;
  readonly sessions: LiveSessions;
  readonly metrics?: Metrics['dialects'];
  /** Name and version of this server, for clients to show. */
  readonly software: string;
}

const SESSION_ID_BYTES = 15;
/** For many ids: asking the system for those of one takes longer than all the rest of it. */
const randomBytes = Buffer.alloc(100 * SESSION_ID_BYTES);
let usedBytes = randomBytes.length;

/** In one piece, as a UUID of Node's is not: each connection keeps one. */
function newSessionId(): string {
  if (usedBytes === randomBytes.length) {
    randomFillSync(randomBytes);
    usedBytes = 0;
  }
  const start = usedBytes;
  usedBytes += SESSION_ID_BYTES;
  return randomBytes.toString('base64url', start, usedBytes);
}

export function createDialects({ registry, access, sessions, software, metrics }: DialectOptions): Dialects {
  const { weft, yjs } = metrics ?? new Metrics().dialects;
  const denials = new Denials();
  const common = () => ({ registry, access, sessions, sessionId: newSessionId() });
  return {
    weft: () => (connection) => new WeftSession({ ...common(), metrics: weft, connection, software }),
    yjs: (document, epoch, token) => (connection) =>
      new YjsSession({ ...common(), metrics: yjs, denials, connection, document, epoch, token }),
  };
}

// The dialects a transport can offer, each as a maker of sessions.

import { randomUUID } from 'node:crypto';
import type { DocumentName } from '@weft/protocol';
import type { RoomRegistry } from '../room/room-registry.js';
import type { OpenSession } from './connection.js';
import { WeftSession } from './weft-session.js';
import { YjsSession } from './yjs-session.js';

export interface Dialects {
  weft(): OpenSession;
  /** @param epoch that the client says its text is of (G5); null when it says none */
  yjs(document: DocumentName, epoch: number | null): OpenSession;
}

/** @param software name and version of this server, for clients to show */
export function createDialects(registry: RoomRegistry, software: string): Dialects {
  return {
    weft: () => (connection) => new WeftSession({ registry, connection, software, sessionId: randomUUID() }),
    yjs: (document, epoch) => (connection) => new YjsSession({ registry, connection, document, epoch }),
  };
}

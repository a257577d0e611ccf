// The server's real door for sessions over HTTP, with a witness at each of them. It is made when somebody first knocks: a
// world in which nobody does has none of its timers.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Doorkeeper } from '../../server/src/access/doorkeeper.js';
import type { OpenSession } from '../../server/src/dialect/connection.js';
import { defaultDoor } from '../../server/src/door-settings.js';
import { defaultLimits } from '../../server/src/limits.js';
import { SocketMetrics } from '../../server/src/metrics/metrics.js';
import { HttpDoor } from '../../server/src/transport/http-door.js';
import { Lines } from '../../server/src/transport/lines.js';
import type { Tap } from './simulated-network.js';
import type { ProcessName } from './virtual-clock.js';

export interface WatchedDoorOptions {
  readonly weft: (peer: ProcessName) => OpenSession;
  readonly openTap: (peer: ProcessName) => Tap;
  readonly complain: (sentence: string) => void;
}

export class WatchedDoor {
  readonly #options: WatchedDoorOptions;
  #door: HttpDoor | null = null;
  #isOpen = true;
  /** Whose request is being handled: sessions begin in the turn of the request that asks for them. */
  #peer: ProcessName = '';

  constructor(options: WatchedDoorOptions) {
    this.#options = options;
  }

  readonly handle = (peer: ProcessName, request: IncomingMessage, response: ServerResponse): void => {
    this.#door ??= this.#make();
    this.#peer = peer;
    this.#door.request(request, response);
  };

  stopAccepting(): void {
    this.#isOpen = false;
    this.#door?.stopAccepting();
  }

  close(): void {
    this.#door?.close();
  }

  #make(): HttpDoor {
    const { weft, openTap, complain } = this.#options;
    const door = new HttpDoor({
      dialects: { weft: () => watched(weft(this.#peer), openTap(this.#peer)) },
      doorkeeper: new Doorkeeper({ ...defaultDoor, hosts: ['weft.test'] }, { isOpen: false }),
      limits: defaultLimits,
      lines: new Lines(defaultLimits),
      metrics: new SocketMetrics(),
      complain,
    });
    if (!this.#isOpen) door.stopAccepting();
    return door;
  }
}

/** A session whose witness sees each frame at the moment it is sent, or taken. */
const watched =
  (open: OpenSession, tap: Tap): OpenSession =>
  (connection) => {
    const session = open({
      address: connection.address,
      transport: connection.transport,
      get hasRoom() {
        return connection.hasRoom;
      },
      send: (out) => {
        for (const message of out.messages) tap.fromServer(message);
        connection.send(out);
      },
      whenDrained: (callback) => connection.whenDrained(callback),
      close: (code, reason) => {
        tap.closing(code, reason);
        connection.close(code, reason);
      },
      fail: (error) => connection.fail(error),
    });
    return {
      receive: (frame) => {
        tap.fromClient(frame);
        session.receive(frame);
      },
      closed: () => session.closed(),
    };
  };

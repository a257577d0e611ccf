// While a connection stands on a lower rung: tries now and then whether a better one carries again, beside it, and hands over a
// socket on which an answer has come. Nobody notices a try that fails.

import type { Ladder } from './ladder.js';
import type { Proofs } from './proofs.js';
import type { Socket, SocketListener } from './socket.js';
import { DONE, type Rung } from './transport.js';

const CLIMB_EVERY_MS = 5 * 60_000;

export interface ClimbOptions {
  readonly ladder: Ladder;
  /** What to show on the better connection; null when it is not to be had. */
  ask(): Promise<Proofs | null>;
  /** Makes a socket that is given up when nothing comes. */
  open(rung: Rung, listener: SocketListener): Socket;
  /** It is open, and the other side is there: the connection goes on with it. From here on it is not ours. */
  carries(rung: Rung, socket: Socket, proofs: Proofs): void;
}

export class Climb {
  readonly #options: ClimbOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** One round of tries. */
  #round: { socket: Socket | null } | null = null;

  constructor(options: ClimbOptions) {
    this.#options = options;
  }

  /** A connection stands. */
  begin(): void {
    this.stop();
    if (this.#options.ladder.higher.length > 0) this.#timer = setTimeout(() => this.now(), CLIMB_EVERY_MS);
  }

  /** The connection is gone. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const round = this.#round;
    this.#round = null;
    round?.socket?.end(DONE, '');
  }

  /** Tries at once, as when the network has changed; nothing while no connection stands, or one is being tried. */
  now(): void {
    if (this.#timer === undefined || this.#round !== null) return;
    clearTimeout(this.#timer);
    void this.#climb();
  }

  async #climb(): Promise<void> {
    const round = { socket: null };
    this.#round = round;
    const proofs = await this.#options.ask();
    if (this.#round !== round) return;
    if (proofs === null) this.begin();
    else this.#try(round, this.#options.ladder.higher, proofs);
  }

  #try(round: { socket: Socket | null }, [rung, ...lower]: readonly Rung[], proofs: Proofs): void {
    if (rung === undefined) {
      this.#options.ladder.remember();
      this.begin();
      return;
    }
    const { open, carries } = this.#options;
    const socket: Socket = open(rung, {
      opened: () => socket.send([{ type: 'Ping', nonce: 0 }]),
      received: () => {
        this.#round = null;
        carries(rung, socket, proofs);
      },
      ended: () => {
        if (this.#round === round) this.#try(round, lower, proofs);
      },
    });
    round.socket = socket;
  }
}

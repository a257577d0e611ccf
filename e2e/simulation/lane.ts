// One direction of a connection in the simulated network: what is put on it takes its time and keeps its order; when it is cut,
// what arrives is a beginning of what was sent, as with TCP.

import type { Chance } from './chance.js';
import type { ProcessName, VirtualClock } from './virtual-clock.js';

/** Where time and chance come from. */
export interface Weather {
  readonly clock: VirtualClock;
  readonly chance: Chance;
}

/** Who hears of a break, and whether frames on their way still arrive. */
export type Break =
  | { readonly kind: 'noticed'; readonly by: 'both' | 'client' | 'server' }
  /** Nobody is told: both go on sending into the void. */
  | { readonly kind: 'silent' };

/** One direction of a connection. */
export class Lane {
  bytesInFlight = 0;
  readonly #world: Weather;
  readonly #to: ProcessName;
  readonly #latencyMs: number;
  #lastArrivalMs = 0;
  #inFlight = 0;
  #left = Number.POSITIVE_INFINITY;
  #isCut = false;

  constructor(world: Weather, to: ProcessName, latencyMs: number) {
    this.#world = world;
    this.#to = to;
    this.#latencyMs = latencyMs;
  }

  carry(bytes: number, deliver: () => void): void {
    if (this.#isCut) return;
    const { clock, chance } = this.#world;
    const jitterMs = chance.happens(0.05) ? chance.int(0, 200) : chance.int(0, 5);
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, clock.nowMs + this.#latencyMs + jitterMs);
    this.#inFlight += 1;
    this.bytesInFlight += bytes;
    clock.schedule(this.#to, this.#lastArrivalMs - clock.nowMs, () => {
      this.#inFlight -= 1;
      this.bytesInFlight -= bytes;
      if (this.#left <= 0) return;
      this.#left -= 1;
      deliver();
    });
  }

  /** Nothing more can be sent; of what is on its way, a beginning arrives. */
  cut(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#left = this.#world.chance.int(0, this.#inFlight);
  }

  /** After everything that still arrives. */
  afterwards(run: () => void): void {
    const { clock, chance } = this.#world;
    clock.schedule(this.#to, Math.max(0, this.#lastArrivalMs - clock.nowMs) + chance.int(0, 20), run);
  }
}

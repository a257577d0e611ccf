// The BroadcastChannels of one browser's tabs: what one says reaches each other one that is there a moment later, in its order,
// and one that sleeps when it wakes.

import { Lane, type Weather } from './lane.js';
import type { ProcessName } from './virtual-clock.js';

const LATENCY_MS = 1;

interface OpenChannel {
  readonly name: string;
  readonly owner: ProcessName;
  onmessage: unknown;
}

export class TabLines {
  readonly #open = new Set<OpenChannel>();
  readonly #lanes = new Map<ProcessName, Lane>();

  /** For one tab. */
  channelFor(owner: ProcessName, weather: Weather) {
    const [open, lanes] = [this.#open, this.#lanes];
    const lane = new Lane(weather, owner, LATENCY_MS);
    lanes.set(owner, lane);
    return class implements OpenChannel {
      readonly name: string;
      readonly owner = owner;
      onmessage: unknown = null;

      constructor(name: string) {
        this.name = name;
        open.add(this);
      }

      postMessage(message: unknown): void {
        // Also after its page was killed, in the turn that was under way: nobody hears that.
        if (!lanes.has(owner)) return;
        for (const other of open) {
          if (other === this || other.name !== this.name) continue;
          const data = structuredClone(message);
          lanes.get(other.owner)?.carry(0, () => {
            if (open.has(other)) (other.onmessage as (event: { readonly data: unknown }) => void)({ data });
          });
        }
      }

      close(): void {
        open.delete(this);
      }
    };
  }

  /** The tab's process is gone. */
  killed(owner: ProcessName): void {
    this.#lanes.delete(owner);
    for (const channel of this.#open) if (channel.owner === owner) this.#open.delete(channel);
  }
}

// A store in memory whose writes fail when a test says so. Like LevelDB it answers after a failure as if nothing were wrong,
// and a write it is given then is lost: it counts those. What reached the disk shows when it is opened again.

import type { KeyValueStore, Operation, RangeOptions } from '../key-value-store.js';
import { MemoryStore } from '../memory-store.js';

/** What becomes of the batch of a write that fails. */
export type Fate = 'lost' | 'survives';

export class FaultyDisk {
  /** What befalls the next writes, in turn; `null` lets one through. */
  readonly faults: ({ readonly fate: Fate; readonly message: string } | null)[] = [];
  /** What befalls every write, once `faults` are used up. */
  lastingFault: string | null = null;
  /** What opening fails with. */
  openingFault: string | null = null;
  opened = 0;
  /** Batches that were written, in order. */
  readonly written: (readonly Operation[])[] = [];
  writesToFailedStores = 0;
  #content = new MemoryStore();
  #isOpen = false;

  readonly open = async (): Promise<KeyValueStore> => {
    if (this.#isOpen) throw new Error('the store is held already');
    if (this.openingFault !== null) throw new Error(this.openingFault);
    this.opened += 1;
    this.#isOpen = true;
    const handle = new MemoryStore({}, await contentOf(this.#content));
    let hasFailed = false;
    return {
      get: (key) => handle.get(key),
      range: (options: RangeOptions) => handle.range(options),
      batch: async (operations, options) => {
        if (hasFailed) this.writesToFailedStores += 1;
        const lasting = this.lastingFault === null ? null : ({ fate: 'lost', message: this.lastingFault } as const);
        const fault = this.faults.length > 0 ? this.faults.shift()! : lasting;
        if (fault?.fate !== 'lost') await this.#content.batch(operations, options);
        if (fault) {
          hasFailed = true;
          throw new Error(fault.message);
        }
        this.written.push(operations);
        await handle.batch(operations, options);
      },
      compact: () => handle.compact(),
      close: async () => {
        this.#isOpen = false;
        await handle.close();
      },
    };
  };

  /** Changes what is on disk behind the log's back. */
  async tamper(operations: readonly Operation[]): Promise<void> {
    await this.#content.batch(operations, { sync: true });
  }
}

async function contentOf(store: MemoryStore): Promise<ReadonlyMap<string, Uint8Array>> {
  const content = new Map<string, Uint8Array>();
  const everything = { gte: new Uint8Array(), lt: Uint8Array.of(0xff) };
  for await (const [key, value] of store.range(everything)) content.set(Buffer.from(key).toString('latin1'), value);
  return content;
}

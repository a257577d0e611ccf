// A log that notes what rooms do with it: who has a channel open, what was appended and what is durable. It tells at once
// what must never be, and fails loads when it is told to.

import type {
  ChannelId,
  ChannelListener,
  DocumentLog,
  NewEntry,
  OpenChannel,
  Seq,
} from '../../src/log/document-log.js';
import { SyncError } from '../../src/sync-error.js';
import type { Pause } from './scheduled-store.js';

/** Where a load fails: while the log opens the channel, or while its entries are read. */
export type LoadFault = 'open' | 'entries' | null;

export interface LogWitness {
  /** Closing takes its time. */
  readonly pause: Pause;
  /** Called at the start of each load. */
  nextFault(): LoadFault;
  /** An expected outcome: the load has failed. */
  loadFailed(id: ChannelId): void;
  violation(what: string): void;
  /** A channel is closed; `seq` is its head, and `checkpointSeq` what its checkpoint covers. */
  closed(id: ChannelId, seq: Seq, checkpointSeq: Seq): void;
}

interface Opened {
  phase: 'loading' | 'open' | 'closing';
  appended: Seq;
  durable: Seq;
}

export class OpenChannels {
  /** By document: what has it open, from the beginning of `open` to the end of `close`. */
  readonly #open = new Map<string, Opened>();

  get size(): number {
    return this.#open.size;
  }

  phaseOf(document: string): Opened['phase'] | 'none' {
    return this.#open.get(document)?.phase ?? 'none';
  }

  /** `log` as its rooms see it. Whatever is not watched goes straight to it. */
  watch(log: DocumentLog, witness: LogWitness): DocumentLog {
    return overriding(log, { open: (id, listener) => this.#load(log, id, listener, witness) });
  }

  async #load(log: DocumentLog, id: ChannelId, listener: ChannelListener, witness: LogWitness): Promise<OpenChannel> {
    const { document } = id;
    if (this.#open.has(document)) witness.violation(`${document} is opened while it is open`);
    const state: Opened = { phase: 'loading', appended: 0, durable: 0 };
    this.#open.set(document, state);
    const fault = witness.nextFault();
    try {
      const channel = await log.open(id, {
        durable: (lastSeq, ...rest) => {
          state.durable = lastSeq;
          listener.durable(lastSeq, ...rest);
        },
      });
      if (fault === 'open') {
        await channel.close();
        witness.loadFailed(id);
        throw diskError();
      }
      state.appended = channel.head;
      state.durable = channel.head;
      state.phase = 'open';
      return overriding(channel, {
        append: (entry: NewEntry, mayWaitMs?: number) => {
          if (fault !== null) witness.violation(`${document} is written by a room that failed to load`);
          state.appended = channel.append(entry, mayWaitMs);
          return state.appended;
        },
        entriesAfter: (after, ...rest) =>
          fault === 'entries' ? Promise.reject(diskError()) : channel.entriesAfter(after, ...rest),
        close: async () => {
          state.phase = 'closing';
          await witness.pause('close');
          await channel.close();
          await witness.pause('closed');
          if (fault === 'entries') witness.loadFailed(id);
          if (this.#open.get(document) !== state) return;
          this.#open.delete(document);
          if (state.durable < state.appended) {
            witness.violation(`${document} is closed at ${state.durable}, before its last entry ${state.appended}`);
          }
          witness.closed(id, state.durable, channel.checkpoint?.seq ?? 0);
        },
      });
    } catch (error) {
      this.#open.delete(document);
      throw error;
    }
  }
}

const diskError = (): SyncError => new SyncError('STORE_UNREADABLE', 'The disk cannot be read.');

/** `target` with some of its methods replaced; the others, and its private parts, stay its own. */
function overriding<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const own = Reflect.get(methods, name) ?? Reflect.get(target, name);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

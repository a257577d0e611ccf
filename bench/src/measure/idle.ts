// What a document costs the memory of a server once its room is closed: rooms are opened and closed by the thousand, with
// the parts a server is made of, in this process.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HistoryWorkers } from '@weft/server/history';
import type { DocumentLog } from '@weft/server/log';
import { type Member, RoomRegistry } from '@weft/server/room';
import { Doc, encodeStateAsUpdate } from 'yjs';
import type { Figure } from './kind.js';
import { documentName, openLog } from './open-store.js';

/** A heap of many megabytes is never measured to the byte; what a room or a channel leaves behind takes hundreds. */
const AIM_BYTES = 30;

const outgoing = { messages: [] };
const silent: Member = {
  dialect: {
    echoes: false,
    forgetsTheQuiet: false,
    news: () => outgoing,
    contentHash: () => null,
  },
  hasRoom: true,
  send: () => {},
  fellBehind: () => {},
  saved: () => {},
  dismissed: () => {},
};

export async function measureIdle(
  dataFolder: string,
  { count, rounds }: { readonly count: number; readonly rounds: number },
): Promise<Figure[]> {
  const log = await openLog(dataFolder);
  const history = new HistoryWorkers();
  const closings = new Closings();
  const complain = (sentence: string): never => {
    throw new Error(sentence);
  };
  const registry = new RoomRegistry({ log: closings.watch(log), history, complain });
  const visit = async (prefix: string, types: boolean): Promise<number> => {
    const names = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
    await Promise.all(names.map((name) => comeAndGo(registry, name, types)));
    await closings.whenAllClosed();
    return heapBytes();
  };
  try {
    // The engine compiles what is used again and again, and the heap grows by it. What a document leaves behind, it leaves in
    // every round: the round that grew least tells it best.
    const ofWriting: number[] = [];
    const ofReading: number[] = [];
    let inJournal = 0;
    let heap = await heapBytes();
    const grownTo = (bytes: number): number => {
      const grown = Math.round((bytes - heap) / count);
      heap = bytes;
      return grown;
    };
    for (let round = 0; round < rounds; round++) {
      inJournal = Math.round(((await visit(`round-${round}`, true)) - heap) / count);
      await log.compact(() => {});
      ofWriting.push(grownTo(await heapBytes()));
    }
    for (let round = 0; round < rounds; round++) ofReading.push(grownTo(await visit('round-0', false)));
    const aimed = (grown: readonly number[]) => ({
      text: '0, within what can be measured',
      isMet: Math.min(...grown) <= AIM_BYTES,
    });
    const bytesEach = (grown: readonly number[]): string =>
      `${Math.min(...grown)} bytes each, in rounds ${grown.join(', ')}`;
    return [
      { what: 'documents', value: `${count}, each opened, left and closed` },
      { what: 'read and closed', value: bytesEach(ofReading), aim: aimed(ofReading) },
      {
        what: 'in the journal',
        value: `${inJournal} bytes each, until the journal is rolled`,
      },
      { what: 'written and closed', value: bytesEach(ofWriting), aim: aimed(ofWriting) },
    ];
  } finally {
    await registry.close();
    await history.close();
    await log.close();
  }
}

async function comeAndGo(registry: RoomRegistry, name: string, types: boolean): Promise<void> {
  const id = { document: documentName(name), kind: 'content' } as const;
  const { room, seat } = await registry.enter(id, (room) => ({
    room,
    seat: room.join({ member: silent, access: 'write', author: '', outboxId: name }),
  }));
  if (types) {
    const doc = new Doc();
    doc.getText('text').insert(0, `The text of ${name}.`);
    seat.submit(encodeStateAsUpdate(doc), 1);
    doc.destroy();
  }
  await room.whenWritten();
  seat.leave();
}

/** Counts the channels that are open. */
class Closings {
  #open = 0;
  #allClosed = (): void => {};

  /** `log`, of which every opening and closing is counted. */
  watch(log: DocumentLog): DocumentLog {
    const open: DocumentLog['open'] = async (...args) => {
      const channel = await log.open(...args);
      this.#open += 1;
      const close = async (): Promise<void> => {
        await channel.close();
        this.#open -= 1;
        if (this.#open === 0) this.#allClosed();
      };
      return withMethod(channel, 'close', close);
    };
    return withMethod(log, 'open', open);
  }

  async whenAllClosed(): Promise<void> {
    if (this.#open === 0) return;
    await new Promise<void>((resolve) => {
      this.#allClosed = resolve;
    });
  }
}

/** `target` with one method of another kind; all else is its own. */
function withMethod<T extends object>(target: T, name: keyof T, method: unknown): T {
  return new Proxy(target, {
    get: (_, asked) => {
      if (asked === name) return method;
      const own: unknown = Reflect.get(target, asked);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function heapBytes(): Promise<number> {
  // What finalizers let go is collected in the next round.
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

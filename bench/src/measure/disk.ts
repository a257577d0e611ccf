// What a recording takes on disk with its whole history, once the store is compacted.

import { readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Figure } from './kind.js';
import { openLog } from './open-store.js';
import { lifeOf, livedChannel, storeLife } from './stored-life.js';

const AIM_BYTES = 1_500_000;

export async function measureDisk(dataFolder: string, file: string): Promise<Figure[]> {
  await storeLife(dataFolder, lifeOf(file, false));
  const writtenBytes = total(bytesByKind(dataFolder));
  const log = await openLog(dataFolder);
  await log.compact(() => {});
  const { head, checkpoint } = await log.view(livedChannel);
  const usage = (await log.usage()).get(livedChannel.document);
  await log.close();

  const kinds = bytesByKind(dataFolder);
  const bytes = total(kinds);
  return [
    { what: 'as written', value: `${inBytes(writtenBytes)} on disk` },
    { what: 'entries', value: `${head}, stored with checkpoints in ${inBytes(usage?.bytes ?? 0)}` },
    { what: 'newest checkpoint', value: inBytes(checkpoint?.state.length ?? 0) },
    ...[...kinds].map(([kind, size]) => ({ what: `files ${kind}`, value: inBytes(size) })),
    {
      what: 'all after compact',
      value: inBytes(bytes),
      aim: { text: `at most ${inBytes(AIM_BYTES)}`, isMet: bytes <= AIM_BYTES },
    },
  ];
}

/** Bytes of the store's files, by the ending of their names. */
function bytesByKind(dataFolder: string): Map<string, number> {
  const folder = join(dataFolder, 'store');
  const kinds = new Map<string, number>();
  for (const name of readdirSync(folder).sort()) {
    const kind = extname(name) || name.replace(/-.*/, '');
    kinds.set(kind, (kinds.get(kind) ?? 0) + statSync(join(folder, name)).size);
  }
  return kinds;
}

const total = (kinds: ReadonlyMap<string, number>): number => [...kinds.values()].reduce((sum, size) => sum + size, 0);
const inBytes = (bytes: number): string => `${bytes.toLocaleString('en')} bytes`;

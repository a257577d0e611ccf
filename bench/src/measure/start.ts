// How long a server takes from its start to its ready line, with a full journal. It is killed each time, so that every
// start finds what a crash leaves.

import { milliseconds } from '../percentile.js';
import { spawnServer } from '../server-process.js';
import { makeFullJournal } from './full-journal.js';
import type { Figure } from './kind.js';

const AIM_MS = 2000;

export async function measureStart(
  dataFolder: string,
  { channels, mebibytes, runs }: { readonly channels: number; readonly mebibytes: number; readonly runs: number },
): Promise<Figure[]> {
  const { bytes, records } = await makeFullJournal(dataFolder, channels, mebibytes * 1024 * 1024);
  const readyMs: number[] = [];
  for (let run = 0; run < runs; run++) {
    const server = spawnServer(dataFolder);
    await server.ready;
    readyMs.push(server.readyAfterMs);
    await server.kill();
    if (server.stderr !== '') throw new Error(`the server complained:\n${server.stderr}`);
  }
  readyMs.sort((a, b) => a - b);
  const [min, median, max] = [readyMs[0]!, readyMs[Math.floor(runs / 2)]!, readyMs.at(-1)!];
  return [
    { what: 'journal', value: `${bytes.toLocaleString('en')} bytes in ${records} records of ${channels} channels` },
    { what: 'ready, fastest', value: milliseconds(min) },
    { what: 'ready, median', value: milliseconds(median) },
    { what: 'ready, slowest', value: milliseconds(max), aim: { text: 'under 2 s', isMet: max < AIM_MS } },
  ];
}

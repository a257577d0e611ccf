// A run with the figures one likes, for tests of what is made from runs.

import type { FigureSpec, Run } from '../results.js';

const cost: FigureSpec = { unit: 'µs', isLessBetter: true, what: 'CPU of the server per delivery' };
const pace: FigureSpec = { unit: '1/s', isLessBetter: false, what: 'deliveries per second' };

/** @param figures scenario -> server -> figure -> values by round; the figures' names are `cost` and `pace` */
export function madeUpRun(
  figures: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, readonly (number | null)[]>>>>>>,
): Run {
  return {
    date: '2026-11-21T12:00:00.000Z',
    commit: 'abc1234',
    isDirty: false,
    command: 'npm run bench',
    durationMs: 1_900_000,
    wasBusy: false,
    machine: { cpu: 'A Processor', cores: 2, memoryBytes: 4 * 2 ** 30, kernel: 'Linux 6.1', disk: 'ext4 on /dev/vda' },
    node: 'v20.20.2',
    versions: { weft: '0.1.0', 'weft-yjs': '0.1.0', 'yws-0.1.5': '0.1.5', 'ws-send': 'ws 8.23.0' },
    rounds: 5,
    settings: { weft: 'default configuration' },
    scenarios: Object.keys(figures).map((name) => ({ name, summary: `all of ${name}`, figures: { cost, pace } })),
    results: Object.entries(figures).flatMap(([scenario, servers]) =>
      Object.entries(servers).flatMap(([server, measured]) =>
        Object.entries(measured).map(([figure, values]) => ({ scenario, server, figure, values })),
      ),
    ),
    failures: [],
  };
}

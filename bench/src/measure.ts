// npm run measure -- KIND [FILE] [--small]
//
// Measures what the server promises about time, disk and memory, and what its parts cost the processor. One line per
// figure; where there is an aim, it is said whether the figure meets it. Exit code 1 when one does not.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureCompare } from './measure/compare.js';
import { measureDisk } from './measure/disk.js';
import { measureGate } from './measure/gate.js';
import { measureIdle } from './measure/idle.js';
import { type Kind, printFigures } from './measure/kind.js';
import { measureNodes } from './measure/nodes.js';
import { measurePast } from './measure/past.js';
import { measureRebuild } from './measure/rebuild.js';
import { measureRevocation } from './measure/revocation.js';
import { measureStart } from './measure/start.js';

const kinds: Readonly<Record<string, Kind>> = {
  start: {
    summary: 'from the start of a server to its ready line, with a full journal: 16 MiB of 2,000 channels',
    needsFile: false,
    measure: ({ dataFolder, isSmall }) =>
      measureStart(
        dataFolder,
        isSmall ? { channels: 20, mebibytes: 0.1, runs: 2 } : { channels: 2000, mebibytes: 16, runs: 5 },
      ),
  },
  disk: {
    summary: 'bytes on disk of a recording with its whole history, typed and compacted',
    needsFile: true,
    measure: ({ dataFolder, file }) => measureDisk(dataFolder, file),
  },
  rebuild: {
    summary: 'time to rebuild the state at 100 random entries of a recording',
    needsFile: true,
    measure: ({ dataFolder, file, isSmall }) => measureRebuild(dataFolder, file, isSmall ? 10 : 100),
  },
  compare: {
    summary: 'time to compare two moments of a recording, or of a made paper, a day of writing apart',
    needsFile: 'may have one',
    measure: ({ dataFolder, file, isSmall }) => measureCompare(dataFolder, file, isSmall),
  },
  past: {
    summary: 'versions, moments and a restore of the same, each from a server that has just started',
    needsFile: 'may have one',
    measure: ({ dataFolder, file, isSmall }) => measurePast(dataFolder, file, isSmall),
  },
  idle: {
    summary: 'memory of a document whose room is closed, over 2,000 of them',
    needsFile: false,
    measure: ({ dataFolder, isSmall }) =>
      measureIdle(dataFolder, isSmall ? { count: 10, rounds: 1 } : { count: 2000, rounds: 6 }),
  },
  gate: {
    summary: 'checking updates, against applying them with Yjs in the same run',
    needsFile: false,
    measure: async ({ isSmall }) => measureGate(isSmall),
  },
  nodes: {
    summary: 'what one node on its folder, and one, two and three on a Postgres and a Redis carry and cost',
    needsFile: false,
    measure: ({ dataFolder, isSmall }) => measureNodes(dataFolder, isSmall),
  },
  revocation: {
    summary: 'how long what was taken back goes on at three nodes, by all transports, while people write',
    needsFile: false,
    measure: ({ dataFolder, isSmall }) => measureRevocation(dataFolder, isSmall),
  },
};

const usageOf = (needsFile: Kind['needsFile']): string => (needsFile === true ? ' FILE' : needsFile ? ' [FILE]' : '');

const USAGE = `Usage: npm run measure -- KIND [FILE] [--small]

${Object.entries(kinds)
  .map(([name, { summary, needsFile }]) => `  ${`${name}${usageOf(needsFile)}`.padEnd(16)}${summary}`)
  .join('\n')}

  FILE            an editing trace, see bench/README.md
  --small         a small input instead of the full one
`;

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { small: { type: 'boolean', default: false } },
  });
  const [name = '', file, ...rest] = positionals;
  const kind = kinds[name];
  const isComplete = kind?.needsFile === 'may have one' || kind?.needsFile === (file !== undefined);
  if (!kind || rest.length > 0 || !isComplete) {
    process.stderr.write(USAGE);
    return 2;
  }
  process.stdout.write(`measure ${[name, file].filter(Boolean).join(' ')}\n`);
  const dataFolder = mkdtempSync(join(tmpdir(), 'weft-measure-'));
  try {
    const figures = await kind.measure({ dataFolder, file: file ?? '', isSmall: values.small });
    return printFigures(figures, !values.small) ? 0 : 1;
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

// What a run that broke off left open does not hold it up.
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`measure: ${(error as Error).message}\n`);
    process.exit(1);
  },
);

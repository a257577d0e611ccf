// npm run bench -- KIND [--small]
//
// Measures single parts, in this process: what they cost the processor. One line per figure; where there is an aim, it is
// said whether the figure meets it. Exit code 1 when one does not.

import { parseArgs } from 'node:util';
import { benchGate } from './bench/gate.js';
import { type Figure, printFigures } from './measure/kind.js';

interface Bench {
  readonly summary: string;
  /** @param isSmall a small input instead of the full one: to see that it works */
  run(isSmall: boolean): Figure[];
}

const benches: Readonly<Record<string, Bench>> = {
  gate: { summary: 'checking updates, against applying them with Yjs in the same run', run: benchGate },
};

const USAGE = `Usage: npm run bench -- KIND [--small]

${Object.entries(benches)
  .map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`)
  .join('\n')}

  --small       a small input instead of the full one
`;

function main(): number {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { small: { type: 'boolean', default: false } },
  });
  const [name = '', ...rest] = positionals;
  const bench = benches[name];
  if (!bench || rest.length > 0) {
    process.stderr.write(USAGE);
    return 2;
  }
  process.stdout.write(`bench ${name}\n`);
  return printFigures(bench.run(values.small), !values.small) ? 0 : 1;
}

process.exitCode = main();

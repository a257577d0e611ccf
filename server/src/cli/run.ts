// Runs one line of the command line: finds the command, reads its line, has it done, and ends in an exit code.

import { resolve } from 'node:path';
import { readDataFolder } from '../config.js';
import { ExitCode } from '../exit.js';
import { SyncError } from '../sync-error.js';
import { VERSION } from '../version.js';
import type { Command, CommandContext, Given } from './command.js';
import { commands } from './commands.js';
import { overview, page } from './help.js';
import { ProgressBar } from './progress-bar.js';
import { readLine } from './read-line.js';
import { printable } from './table.js';
import type { Terminal } from './terminal.js';

/**
 * @param args what follows `weft`
 * @param interrupted aborted when whoever runs it wants it to end
 * @returns the exit code; a server that was started goes on by itself
 */
export async function run(args: readonly string[], terminal: Terminal, interrupted: AbortSignal): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const asked = commands.find(({ name }) => name === rest[0]);
    terminal.write(asked ? page(asked) : overview(commands));
    return ExitCode.Ok;
  }
  if (first === '--version') {
    terminal.write(`${VERSION}\n`);
    return ExitCode.Ok;
  }
  // Also of a line that cannot be read, it is known how the answer is wanted.
  const asJson = args.includes('--json');
  const command = commands.find(({ name }) => name === first);
  try {
    if (!command) throw new SyncError('BAD_USAGE', mistakenCommand(first));
    const given = readLine(command, rest);
    if (given) return await runCommand(command, given, terminal, interrupted);
    terminal.write(page(command));
    return ExitCode.Ok;
  } catch (error) {
    return report(error, terminal, asJson, command);
  }
}

const mistakenCommand = (first: string): string =>
  first.startsWith('-')
    ? `The command comes before its options, as in "weft documents --json".`
    : `There is no command "${first}".`;

async function runCommand(command: Command, given: Given, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const bar = new ProgressBar(terminal);
  const complain = (sentence: string): void => {
    bar.clear();
    terminal.remark(`weft: ${printable(sentence)}\n`);
  };
  const work: CommandContext['work'] = async (action) => {
    try {
      return await action({ onProgress: (progress) => bar.show(progress), signal });
    } finally {
      bar.clear();
    }
  };
  const context: CommandContext = {
    ...given,
    terminal,
    work,
    complain,
    perform: (operation, args) =>
      work(async (shown) => {
        const dataFolder = resolve(readDataFolder(given.values));
        // Help and mistakes need none of the store.
        const { perform } = await import('./perform.js');
        return perform(operation, args, { ...shown, dataFolder, complain });
      }),
    print: (result, people) => terminal.write(given.switches.has('json') ? `${JSON.stringify(result)}\n` : people()),
  };
  return command.run(context);
}

function report(error: unknown, terminal: Terminal, asJson: boolean, command: Command | undefined): number {
  const isUsage = error instanceof SyncError && error.code === 'BAD_USAGE';
  const code = error instanceof SyncError ? error.code : 'INTERNAL';
  // What we did not foresee is told with all that helps to find it.
  const message = error instanceof SyncError ? error.message : ((error as Error).stack ?? String(error));
  const hint = isUsage ? ` See weft ${command ? `${command.name} ` : ''}--help.` : '';
  if (asJson) terminal.write(`${JSON.stringify({ error: { code, message } })}\n`);
  else terminal.remark(`weft: ${message}${hint}\n`);
  return isUsage ? ExitCode.Usage : ExitCode.Failed;
}

// Reads a command's line by its row of the table, and says what is wrong with one in a sentence.

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { settings } from '../config.js';
import { SyncError } from '../sync-error.js';
import type { Command, Given, Option } from './command.js';

/** What every command but serve understands. */
export const commonOptions: readonly Option[] = [
  { name: 'json', summary: 'print the result, or the error, as one JSON object' },
  settings.data,
];

export const optionsOf = ({ name, options }: Command): readonly Option[] =>
  name === 'serve' ? options : [...options, ...commonOptions];

/**
 * @param args what follows the command's name
 * @returns null when help is asked for
 * @throws SyncError `BAD_USAGE`
 */
export function readLine(command: Command, args: readonly string[]): Given | null {
  const { values, switches, positionals } = parse(command, args);
  if (switches.has('help')) return null;
  const given: Record<string, string | undefined> = {};
  for (const [index, argument] of command.arguments.entries()) {
    const value = positionals[index];
    if (value === undefined && !argument.isOptional) {
      throw new SyncError('BAD_USAGE', `weft ${command.name} needs ${argument.name}: ${argument.summary}.`);
    }
    given[argument.name] = value;
  }
  const surplus = positionals[command.arguments.length];
  if (surplus !== undefined) {
    throw new SyncError('BAD_USAGE', `weft ${command.name} does not know what to do with "${surplus}".`);
  }
  return { args: given, values, switches };
}

function parse(command: Command, args: readonly string[]) {
  const options: ParseArgsConfig['options'] = { help: { type: 'boolean', short: 'h' } };
  for (const { name, value } of optionsOf(command))
    options[name] = { type: value === undefined ? 'boolean' : 'string' };
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true });
    const values: Record<string, string> = {};
    const switches = new Set<string>();
    for (const [name, value] of Object.entries(parsed.values)) {
      if (typeof value === 'string') values[name] = value;
      else switches.add(name);
    }
    return { values, switches, positionals: parsed.positionals };
  } catch (cause) {
    // Node's own sentences go on about other spellings; the first one says what is wrong.
    const sentence = (cause as Error).message.split(/\n|(?<=\.) /, 1)[0]!;
    throw new SyncError('BAD_USAGE', /[.?]$/.test(sentence) ? sentence : `${sentence}.`, { cause });
  }
}

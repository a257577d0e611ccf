// The pages of help, written from the table of commands.

import { moveSetting, settings } from '../config.js';
import type { Command } from './command.js';
import { commonOptions, optionsOf } from './read-line.js';

/** In characters. */
const WIDTH = 100;

type Row = readonly [left: string, right: string];

/** What `weft --help` shows. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map((command): Row => [synopsis(command), command.summary]);
  return `weft: a collaborative document editor and its sync server

Usage
${columns([
  ...rows.map(([left, right]): Row => [`weft ${left}`, right]),
  ['weft --version', 'show the version'],
  ['weft COMMAND --help', 'show what a command does, and its options'],
])}
Options of serve
${columns(commands.filter(({ name }) => name === 'serve').flatMap((command) => optionsOf(command).map(optionRow)))}
Options of the other commands
${columns(commonOptions.map(optionRow))}
${filled('A command asks the server that runs on the data folder, and works on the folder itself when none runs.', WIDTH)}

Without a configuration there are no accounts: whoever can reach the address can read and write
every document.
`;
}

/** What `weft NAME --help` shows. */
export function page(command: Command): string {
  const parts = [`weft ${synopsis(command)}`, `\n${sentenceOf(command.summary)}\n`];
  for (const paragraph of command.details?.trim().split('\n\n') ?? []) parts.push(`\n${filled(paragraph, WIDTH)}\n`);
  if (command.arguments.length > 0) {
    parts.push('\nArguments\n', columns(command.arguments.map(({ name, summary }): Row => [name, summary])));
  }
  parts.push('\nOptions\n', columns([...optionsOf(command).map(optionRow), ['--help', 'show this']]));
  return `${parts[0]}\n${parts.slice(1).join('')}`;
}

function synopsis(command: Command): string {
  const args = command.arguments.map(({ name, isOptional }) => (isOptional ? `[${name}]` : name));
  return [command.name, ...args, '[options]'].join(' ');
}

function optionRow({ name, value, summary }: { name: string; value?: string; summary: string }): Row {
  const setting = [...Object.values(settings), moveSetting].find((setting) => setting.name === name);
  const fallback = setting?.fallback ? `, default ${setting.fallback}` : '';
  const origin = setting ? ` (${setting.variable}${fallback})` : '';
  return [value === undefined ? `--${name}` : `--${name} ${value}`, summary + origin];
}

function columns(rows: readonly Row[]): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  const below = `\n${' '.repeat(width + 4)}`;
  const right = (text: string): string => filled(text, WIDTH - width - 4).replaceAll('\n', below);
  return rows.map(([left, text]) => `  ${left.padEnd(width)}  ${right(text)}\n`).join('');
}

/** In lines of so many characters, or of one word. */
function filled(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join('\n');
}

const sentenceOf = (summary: string): string => `${summary[0]!.toUpperCase()}${summary.slice(1)}.`;

import { expect, test } from 'vitest';
import type { Command } from './command.js';
import { overview, page } from './help.js';
import { readLine } from './read-line.js';

const bake: Command = {
  name: 'bake',
  summary: 'bake something',
  details: 'It takes an hour.',
  arguments: [
    { name: 'WHAT', summary: 'what to bake' },
    { name: 'FOR', summary: 'who eats it', isOptional: true },
  ],
  options: [
    { name: 'degrees', value: 'N', summary: 'how hot' },
    { name: 'dry', summary: 'only say what would be done' },
  ],
  run: async () => 0,
};

test('a line is read by its row of the table', () => {
  expect(readLine(bake, ['bread', '--degrees', '200', '--dry', 'Ann', '--data=x'])).toEqual({
    args: { WHAT: 'bread', FOR: 'Ann' },
    values: { degrees: '200', data: 'x' },
    switches: new Set(['dry']),
  });
  expect(readLine(bake, ['bread'])).toEqual({ args: { WHAT: 'bread' }, values: {}, switches: new Set() });
  expect(readLine(bake, ['--help', '--dry'])).toBe(null);
});

test.each([
  [[], 'weft bake needs WHAT: what to bake.'],
  [['a', 'b', 'c'], 'weft bake does not know what to do with "c".'],
  [['a', '--hot'], "Unknown option '--hot'."],
  [['a', '--degrees'], "Option '--degrees <value>' argument missing."],
  [['a', '--dry=yes'], "Option '--dry' does not take an argument."],
])('%j is a mistake, told in a sentence', (args, message) => {
  expect(() => readLine(bake, args)).toThrow(expect.objectContaining({ code: 'BAD_USAGE', message }));
});

test('help shows every argument and option', () => {
  expect(page(bake)).toBe(`weft bake WHAT [FOR] [options]

Bake something.

It takes an hour.

Arguments
  WHAT  what to bake
  FOR   who eats it

Options
  --degrees N  how hot
  --dry        only say what would be done
  --json       print the result, or the error, as one JSON object
  --data DIR   folder of the documents (WEFT_DATA, default ./weft-data)
  --help       show this
`);
  expect(overview([bake])).toContain('  weft bake WHAT [FOR] [options]  bake something\n');
});

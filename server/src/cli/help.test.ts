import { expect, test } from 'vitest';
import { commands } from './commands.js';
import { overview, page } from './help.js';

const pages = [overview(commands), ...commands.map(page)];

test('no line of help is longer than a hundred characters', () => {
  for (const text of pages) {
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
  }
});

test('all of what a command says of itself is on its page', () => {
  const words = (text: string): string => text.replace(/\s+/g, ' ').trim();
  for (const command of commands) {
    expect(words(page(command))).toContain(words(command.details ?? ''));
    for (const { summary } of command.options) expect(words(page(command))).toContain(words(summary));
  }
});

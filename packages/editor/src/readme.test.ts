import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { plainText } from './plain-text.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the example of the README that needs no browser runs as it stands', () => {
  const example = /```js\n(?:import .*\n)+([^`]*)```/.exec(readme)![1]!;
  const printed: string[] = [];
  new Function('plainText', 'Y', 'console', example)(plainText, Y, {
    log: (text: string) => printed.push(text.trim()),
  });
  expect(printed).toEqual(['The lamp is lit.']);
});

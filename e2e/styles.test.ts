// Styles say where a line begins and ends, and not left and right: a page, or a text, may go from right to left.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folders = ['packages/element/src/styles', 'packages/element/src/embed', 'web/src/styles'];

/** What means one side in any text. */
const meant: readonly string[] = [
  // As a writer has chosen.
  'blocks.css: text-align: right',
  'blocks.css: text-align: left',
  // Has another for the other way, by :dir(rtl).
  'pictures.css: transform-origin: left',
  'pictures.css: transform-origin: right',
  // Mirrored as a whole.
  'play.css: clip-path: inset(0 calc(100% - var(--done)) 0 0)',
  // Turned by an eighth it is an arrow downwards.
  'writing.css: border-width: 0 1.5px 1.5px 0',
  // Where scripts measure from.
  'writing.css: inset: 0 auto auto 0',
  // Over the corner of code, which goes from left to right.
  'writing.css: translate: -100% 0',
];

const DECLARATION = /(?<=[{;]\s*)([a-z-]+):\s*([^;{}]+)(?=;)/g;
const SIDE = /^(left|right|.*-(left|right)(-.*)?)$/;

/** As in `calc(1px + 2px) 0`. */
const parts = (value: string): string[] =>
  value.match(/(?:[^\s(]+(?:\((?:[^()]|\([^()]*\))*\))?|\((?:[^()]|\([^()]*\))*\))+/g) ?? [];

function isOneSided(property: string, value: string): boolean {
  if (SIDE.test(property)) return true;
  const [first, second, third, fourth] = parts(value);
  if (/^(float|clear|text-align|transform-origin)$/.test(property)) return /\b(left|right)\b/.test(value);
  if (/^(margin|padding|inset|border-width)$/.test(property)) return fourth !== undefined && second !== fourth;
  if (property === 'border-radius')
    return second !== undefined && (first !== second || (fourth ?? second) !== (third ?? first));
  if (property === 'translate') return first !== '0';
  if (property === 'transform') return /translateX|translate\((?!0)/.test(value);
  return property === 'clip-path' && /inset\(\S+ .* .* /.test(value);
}

test('no style is for one way of writing alone', () => {
  const found = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.css'))
      .flatMap((file) => {
        const css = readFileSync(`${folder}/${file}`, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
        return [...css.matchAll(DECLARATION)].flatMap(([, property = '', value = '']) =>
          isOneSided(property, value.trim()) ? [`${file}: ${property}: ${value.trim()}`] : [],
        );
      }),
  );
  expect(found.filter((one) => !meant.includes(one))).toEqual([]);
  expect(
    meant.filter((one) => !found.includes(one)),
    'no longer there',
  ).toEqual([]);
});

// They share every page: whoever takes a name that another file draws changes what that one shows.
test('a class alone is drawn by one file', () => {
  const drawnBy = new Map<string, string[]>();
  // What embeds the editor is no page of ours.
  for (const folder of folders.filter((one) => !one.endsWith('/embed'))) {
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.css'))) {
      const css = readFileSync(`${folder}/${file}`, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
      const names = new Set([...css.matchAll(/^\.([\w-]+) \{/gm)].map(([, name = '']) => name));
      for (const name of names) drawnBy.set(name, [...(drawnBy.get(name) ?? []), file]);
    }
  }
  expect([...drawnBy].filter(([, files]) => files.length > 1)).toEqual([]);
});

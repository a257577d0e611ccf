import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogues } from './catalogue.js';
import { languages } from './index.js';

/** Every word by its way through the catalogue, as `ownMenu.colours.blue`. */
function wordsIn(node: object, way = ''): [string, unknown][] {
  return Object.entries(node).flatMap(([name, word]) =>
    typeof word === 'object' && word !== null ? wordsIn(word, `${way}${name}.`) : [[way + name, word]],
  );
}
const waysIn = (node: object): string[] => wordsIn(node).map(([way, word]) => `${way}: ${typeof word}`);
const plain = /[<>&"`\\]|\$\{/;

test.each(Object.keys(languages) as (keyof typeof languages)[])(
  '%s has every word that English has, and no other',
  (language) => {
    expect(waysIn(catalogues[language]).sort()).toEqual(waysIn(catalogues.en).sort());
  },
);

test.each(Object.keys(languages))('every subject of %s is in its index', (language) => {
  const files = readdirSync(new URL(language, import.meta.url)).filter((file) => file !== 'index.ts');
  expect(
    files.map((file) => file.replace('.ts', '').replace(/-(\w)/g, (_, letter) => letter.toUpperCase())).sort(),
  ).toEqual(Object.keys(catalogues[language as keyof typeof languages]).sort());
});

test.each(Object.entries(catalogues))(
  'no word of %s means anything to HTML, or in a template',
  (_language, catalogue) => {
    expect(wordsIn(catalogue).filter(([, word]) => typeof word === 'string' && plain.test(word))).toEqual([]);
  },
);

test.each(Object.entries(catalogues))('no word of %s is empty, or has space around it', (_language, catalogue) => {
  expect(
    wordsIn(catalogue).filter(([, word]) => (typeof word === 'string' && word.trim() !== word) || word === ''),
  ).toEqual([]);
});

test('German quotes as German does', () => {
  const said = wordsIn(catalogues.de).map(([way, word]) => [way, String(word)] as const);
  expect(said.filter(([, word]) => /“(?=[\p{L}$])|[\p{L}}]”/u.test(word))).toEqual([]);
});

test('German has its verbs in their places', () => {
  const { removedStillMay, fromNowOn } = catalogues.de.share;
  expect(removedStillMay('Ann', 'commenter')).toBe(
    'Ann ist entfernt, darf aber weiterhin kommentieren wie alle, die angemeldet sind.',
  );
  expect(fromNowOn('Ann', 'editor')).toBe('Ann darf schreiben, ab jetzt.');
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources are made up here
// What people read is said in the catalogue, in every language, and nowhere else; and what is in the catalogue is said.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findProse } from './find-prose.js';
import { readSources } from './import-map.js';

const sources = readSources(fileURLToPath(new URL('..', import.meta.url)));
const forPeople = /^(?:web|packages\/(?:editor|element|provider))\//;

/** What looks like words, and is not to be said in another language. */
const exceptions: readonly (readonly [files: RegExp, text: RegExp, why: string])[] = [
  [/./, /^(?:Weft|Markdown)$/, 'names'],
  [/element\/src\/code\/code-languages\.ts$/, /^\p{Lu}\p{L}+$/u, 'names of programming languages'],
  [/./, /^(?:Home|End|Esc|Mod|Shift|Alt|Files?)$/, 'keys, and types of what is dragged, as browsers call them'],
  [/embed\/weft-editor\.ts$/, /^Bearer …$/, 'a header'],
  [/people\/person-key\.ts$|web\/src\/stand-ins\//, /./, 'keys of a map; what Yjs prints'],
  [/\/(?:table-commands|block-menu)\.ts$/, /^(?:row|column|header|align|delete) \S+$/, 'names of commands'],
  [
    /web\/src\/service-worker\.ts$|editor\/src\/(?:entry-page|replay-log|replace-many)\.ts$/,
    /./,
    'errors for whoever mends them',
  ],
  // What it says comes with a code, or is of the protocol.
  [/^packages\/provider\//, /./, 'reasons, with a code by which the app says them'],
];
const isExcepted = (file: string, text: string): boolean =>
  exceptions.some(([files, texts]) => files.test(file) && texts.test(text));

const proseOf = (file: string): string[] =>
  findProse(file, sources.get(file)!).filter((text) => !isExcepted(file, text));

describe('the sources', () => {
  const files = [...sources.keys()].filter((file) => forPeople.test(file));

  test('say nothing to people that is not in the catalogue', () => {
    expect(files.length).toBeGreaterThan(150);
    expect(files.flatMap((file) => proseOf(file).map((text) => `${file}: ${text}`))).toEqual([]);
  });

  test('need each exception', () => {
    const found = files.flatMap((file) => findProse(file, sources.get(file)!).map((text) => [file, text] as const));
    const idle = exceptions.filter(([of, texts]) => !found.some(([file, text]) => of.test(file) && texts.test(text)));
    expect(idle).toEqual([]);
  });

  test('say every word of the catalogue', () => {
    const users = files.map((file) => sources.get(file)!);
    users.push(readFileSync(new URL('../web/index.html', import.meta.url), 'utf8'));
    const catalogue = [...sources].filter(([file]) => /^packages\/words\/src\/en\/(?!index)/.test(file));
    const unsaid = catalogue.flatMap(([file, text]) =>
      [...text.matchAll(/^export const (\w+)/gm)]
        .map(([, name = '']) => name)
        .filter((name) => {
          const subject = /([\w-]+)\.ts$/.exec(file)![1]!;
          const used = new RegExp(`\\.${name}\\b`);
          return (
            !users.some((user) => user.includes(subject) && used.test(user)) &&
            [...text.matchAll(new RegExp(`\\b${name}\\b`, 'g'))].length < 2
          );
        })
        .map((name) => `${file}: ${name}`),
    );
    expect(unsaid).toEqual([]);
  });
});

describe('the finder sees', () => {
  test.each([
    ['text between tags', 'html`<p>Try again</p>`', ['Try again']],
    ['one word there', 'html`<button>${icon}Share</button>`', ['…Share']],
    ['an attribute that is read', 'html`<i aria-label="Close"></i>`', ['Close']],
    ['a part of one', 'html`<i title="${name} (you)"></i>`', ['… (you)']],
    ['a template in a template', 'html`<p>${html`<b>Now</b>`}</p>`', ['Now']],
    ['a sentence', `announce('It is kept.')`, ['It is kept.']],
    ['one with holes', 'announce(`${name} has left.`)', ['… has left.']],
    ['a word that is a sentence', 'announce(`Paused. ${moment}`)', ['Paused. …']],
    ['one word that begins as a sentence does', `const name = 'Bold'`, ['Bold']],
    ['what an error says', `throw new Error('Try again later.')`, ['Try again later.']],
    ['what is set', `field.ariaLabel = 'Find'`, ['Find']],
  ])('%s', (_, source, prose) => {
    expect(findProse('made-up.ts', source)).toEqual(prose);
  });

  test.each([
    ['classes and addresses', 'html`<a class="button quiet" href="/all of it">${words.all}</a>`'],
    ['selectors', `page.querySelector('main .text [hidden]')`],
    ['keys', `if (event.key === 'Escape') leave()`],
    ['types', `let kind: 'Some type' | 'Other type';`],
    ['names of events and elements', `new CustomEvent('weft-find'); customElements.define('weft-find', Find)`],
    ['comments', 'html`<!-- not said --><p></p>` // nor this'],
  ])('nothing in %s', (_, source) => {
    expect(findProse('made-up.ts', source)).toEqual([]);
  });
});

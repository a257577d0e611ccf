// The app in one language (ADR 0044). Which that is, the mode says: `vite build --mode de`; any other mode is English. The page and the
// service worker are named after it. Words that are plain text are written into the places that use them, so that they cost what they
// would cost there; what is left of a subject are its functions.

import type { Plugin } from 'vite';
import { type Catalogue, catalogues } from '../packages/words/src/catalogue.js';
import { type Language, languages } from '../packages/words/src/index.js';

export const languageOf = (mode: string): Language => (mode in languages ? (mode as Language) : 'en');

/** "index.html" is "index.de.html" in German. */
export const nameIn = (language: Language, file: string): string =>
  language === 'en' ? file : file.replace(/(?=\.\w+$)/, `.${language}`);

/** `import * as words from '@weft/words/size'` */
const SUBJECT = /^import \* as (\w+) from '@weft\/words\/([\w-]+)';\n/gm;
const PAGE = 'index.html';

export function inLanguage(language: Language): Plugin[] {
  const catalogue = catalogues[language];
  return [
    {
      name: 'weft-language',
      transformIndexHtml: (html) => inWords(html.replace(/(?<=<html lang=")\w+/, language), catalogue),
      generateBundle: {
        order: 'post',
        handler(_options, bundle) {
          const page = bundle[PAGE];
          if (language === 'en' || page?.type !== 'asset') return;
          delete bundle[PAGE];
          this.emitFile({ type: 'asset', fileName: nameIn(language, PAGE), source: page.source });
        },
      },
    },
    {
      name: 'weft-words-in-place',
      apply: 'build',
      enforce: 'pre',
      transform: {
        filter: { id: /\.ts$/, code: '@weft/words/' },
        handler: (code) => {
          let rest = code;
          for (const [line, name = '', subject = ''] of code.matchAll(SUBJECT)) {
            rest = inPlace(rest, name, wordsOf(catalogue, subject));
            if (!new RegExp(`\\b${name}\\.`).test(rest)) rest = rest.replace(line, '');
          }
          return rest;
        },
      },
    },
  ];
}

type Words = Readonly<Record<string, unknown>>;

const wordsOf = (catalogue: Catalogue, subject: string): Words =>
  catalogue[subject.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) as keyof Catalogue];

/** `%loading.needsScript%` in the page */
const inWords = (html: string, catalogue: Catalogue): string =>
  html.replace(/%([\w-]+)\.(\w+)%/g, (_, subject: string, name: string) => String(wordsOf(catalogue, subject)[name]));

/** Plain text instead of `name.word` or `name.some.word`; within a template, also of an attribute, a part of it. */
export function inPlace(code: string, name: string, words: Words): string {
  const way = '((?:\\.\\w+)+)';
  const places = new RegExp(`( [a-z-]+=)?\\$\\{${name}${way}\\}|(?<![\\w$.])${name}${way}(?![\\w$.(\\[])`, 'g');
  return code.replace(places, (place, attribute: string | undefined, inTemplate = '', alone = '') => {
    const word = wordAt(words, inTemplate || alone);
    if (typeof word !== 'string') return place;
    if (alone) return JSON.stringify(word);
    return attribute ? `${attribute}"${word}"` : word;
  });
}

const wordAt = (words: Words, way: string): unknown =>
  way
    .slice(1)
    .split('.')
    .reduce<unknown>((node, name) => (node as Words | undefined)?.[name], words);

// All that is said, by language and subject, for those who need more than one of them: the build and tests. English is the measure:
// every other language has each of its words, in the same shape.

import * as de from './de/index.js';
import * as en from './en/index.js';
import type { Language } from './index.js';

type Shape<Word> = Word extends string
  ? string
  : Word extends (...given: infer Given) => infer Said
    ? (...given: Given) => Shape<Said>
    : Word extends readonly string[]
      ? readonly string[]
      : Word extends readonly unknown[]
        ? readonly unknown[]
        : { readonly [Name in keyof Word]: Shape<Word[Name]> };

export type Catalogue = Shape<typeof en>;

export const catalogues: Readonly<Record<Language, Catalogue>> = { en, de };

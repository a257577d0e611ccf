// What emoji are called in another language than English, as Unicode has it (CLDR), made into the list of the editor while the app is
// built: none of where it is from goes into a page.

import { createRequire } from 'node:module';
import { type EmojiWords, emojiListIn } from '../packages/element/src/writing/emoji-list.js';
import type { Language } from './language.js';

interface Named {
  readonly unicode: string;
  readonly label: string;
  readonly tags?: readonly string[];
}

const SHOWN_AS_PICTURE = /\ufe0f/g;

export function emojiNamesIn(language: Language): string {
  if (language === 'en') return emojiListIn(() => null);
  const all = createRequire(import.meta.url)(`emojibase-data/${language}/compact.json`) as readonly Named[];
  const words = new Map<string, EmojiWords>();
  for (const { unicode, label, tags = [] } of all) {
    words.set(unicode.replace(SHOWN_AS_PICTURE, ''), { name: label, tags: tags.map((tag) => tag.toLowerCase()) });
  }
  return emojiListIn((sign) => words.get(sign.replace(SHOWN_AS_PICTURE, '')) ?? null);
}

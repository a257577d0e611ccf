// All emoji but flags, a line each: the characters, what it is called, and other names. The app's build puts its result in the place of
// this file (web/lean-scripts.ts): a tenth of what it is made from.

import { gemoji } from 'gemoji';

const FLAG = /^\p{RI}{2}$/u;

/** In another language. */
export interface EmojiWords {
  readonly name: string;
  /** What it may mean. */
  readonly tags: readonly string[];
}

/** @param inLanguage what it is called there; null where that is not known */
export const emojiListIn = (inLanguage: (sign: string) => EmojiWords | null): string =>
  gemoji
    .filter(({ emoji }) => !FLAG.test(emoji))
    .map(({ emoji, description, names, tags: meanings, category }) => {
      const { name, tags } = inLanguage(emoji) ?? { name: description.toLowerCase(), tags: meanings };
      const called = name.toLowerCase().split(/[^\p{L}\p{N}]+/u);
      // What a face means is hardly ever what it is called.
      const others = [...names, ...(category === 'Smileys & Emotion' ? tags : [])].flatMap((other) =>
        other.split(/[_ ]/),
      );
      const news = others.filter((other) => !called.some((word) => word.startsWith(other)));
      return [emoji, name, [...new Set(news)].join(' ')].join('\t');
    })
    .join('\n');

export const emojiList = emojiListIn(() => null);

/** Regions that have one. */
export const flagList = gemoji
  .filter(({ emoji }) => FLAG.test(emoji))
  .map(({ emoji }) => [...emoji].map((letter) => String.fromCodePoint(letter.codePointAt(0)! - 0x1f1a5)).join(''))
  .join(' ');

// Which emoji somebody means: by what it is called, by the names people know from elsewhere (`tada`), and by what it shows.

import * as writing from '@weft/words/writing';
import { emojiList, flagList } from './emoji-list.js';

const SHOWN = 8;

export interface Emoji {
  readonly sign: string;
  readonly name: string;
  /** All that it may be found by, in lower case. */
  readonly words: readonly string[];
}

let known: readonly Emoji[] | null = null;

/** Before a name is typed. */
const popular = ['👍', '❤️', '😄', '🎉', '🙏', '👀', '✅', '🔥'];

const wordsOf = (text: string): string[] => text.split(/[^\p{L}\p{N}+-]+/u).filter((word) => word !== '');

function all(): readonly Emoji[] {
  if (known) return known;
  const others = emojiList.split('\n').map((line): Emoji => {
    const [sign = '', name = '', rest = ''] = line.split('\t');
    return { sign, name, words: [...wordsOf(name.toLowerCase()), ...wordsOf(rest)] };
  });
  // Browsers know what lands are called.
  const regions = new Intl.DisplayNames(writing.languageTag, { type: 'region' });
  const flags = flagList.split(' ').map((region): Emoji => {
    const name = regions.of(region) ?? region;
    const sign = String.fromCodePoint(...[...region].map((letter) => letter.charCodeAt(0) + 0x1f1a5));
    return { sign, name, words: [writing.flag, ...wordsOf(name.toLowerCase())] };
  });
  known = [...others, ...flags];
  return known;
}

/** Whether a name is typed in full. */
export function isNameOf({ name, words }: Emoji, query: string): boolean {
  const wanted = query.toLowerCase();
  return wanted === name.toLowerCase().replaceAll(' ', '_') || words.includes(wanted);
}

/** The nearest first. */
export function emojiMeantBy(query: string): readonly Emoji[] {
  const wanted = wordsOf(query.toLowerCase());
  if (wanted.length === 0) return popular.flatMap((sign) => all().find((emoji) => emoji.sign === sign) ?? []);
  const found = all().filter(({ words }) => wanted.every((part) => words.some((word) => word.startsWith(part))));
  const distance = (emoji: Emoji): number => {
    const name = emoji.name.toLowerCase();
    if (isNameOf(emoji, query)) return name.startsWith(query.toLowerCase()) ? 0 : 1;
    return name.startsWith(wanted[0]!) ? 2 : 3;
  };
  return found
    .map((emoji) => ({ emoji, far: distance(emoji) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, SHOWN)
    .map(({ emoji }) => emoji);
}

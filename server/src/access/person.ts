// Who a session says it is, made safe to show: a name without anything that could break out of a line, a plain colour.

import { MAX_PERSON_NAME_LENGTH } from '@weft/protocol';
import type { Identity } from './identity.js';

/** What others see of somebody. */
export interface Person {
  readonly name: string;
  /** `#rrggbb` */
  readonly color: string;
}

const FALLBACK: Person = { name: 'Guest', color: '#59636e' };

/** What somebody is called who says no name. */
export const NAMELESS = FALLBACK.name;

/** Control characters, line and paragraph separators, and what turns the writing direction of everything after it. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** What a session is shown as: what its identity does not say, it may choose. */
export function shownPerson({ name, color }: Identity, says: unknown): Person {
  const chosen = parsePerson(says);
  return parsePerson({ name: name ?? chosen.name, color: color ?? chosen.color });
}

export function parsePerson(input: unknown): Person {
  const { name, color } =
    typeof input === 'object' && input !== null ? (input as Partial<Record<string, unknown>>) : {};
  const cleanName =
    typeof name === 'string' ? name.replace(unprintable, '').trim().slice(0, MAX_PERSON_NAME_LENGTH).trim() : '';
  return {
    name: cleanName.replace(/[\uD800-\uDBFF]$/, '') || FALLBACK.name,
    color: typeof color === 'string' && /^#[0-9a-f]{6}$/i.test(color) ? color.toLowerCase() : FALLBACK.color,
  };
}

// Who this person is to the others: a name and a colour kept in this browser, friendly ones until they choose their own.

import type { Person } from '@weft/provider';
import * as guests from '@weft/words/guest-names';

/** Told apart by the colour-blind in this order; the same ten as in styles/tokens.css. */
export const personColors = [
  ['blue', '#2f6fde'],
  ['red', '#d1495b'],
  ['green', '#1a8f6d'],
  ['amber', '#b7791f'],
  ['violet', '#7b4fd0'],
  ['teal', '#0e8aa8'],
  ['rust', '#c2410c'],
  ['olive', '#4d7c0f'],
  ['pink', '#be3e8f'],
  ['slate', '#59636e'],
] as const;

const storageKey = 'weft.person';

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>;

/** @param random  in [0, 1) */
export function loadPerson(storage: Storage, random: () => number = Math.random): Person {
  const kept = readPerson(storage);
  if (kept) return kept;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const person = { name: `${pick(guests.moods)} ${pick(guests.creatures)}`, color: pick(personColors)[1] };
  savePerson(storage, person);
  return person;
}

/** A browser that keeps nothing (private mode, full) is no reason not to write. */
export function savePerson(storage: Storage, person: Person): void {
  try {
    storage.setItem(storageKey, JSON.stringify(person));
  } catch {
    // The name then lasts as long as the tab.
  }
}

function readPerson(storage: Storage): Person | null {
  try {
    const { name, color } = JSON.parse(storage.getItem(storageKey) ?? 'null') as Record<string, unknown>;
    const isPerson = typeof name === 'string' && name.trim() !== '' && typeof color === 'string';
    return isPerson && /^#[0-9a-f]{6}$/i.test(color) ? { name, color } : null;
  } catch {
    return null;
  }
}

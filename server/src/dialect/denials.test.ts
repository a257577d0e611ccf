import { expect, test } from 'vitest';
import { type Comer, Denials } from './denials.js';

const ann: Comer = { person: 'ann', address: '10.0.0.1', document: 'a' };
const anybody: Comer = { ...ann, person: '' };

test('G4: whoever is denied five times within a minute is turned away for a minute, in that document', () => {
  const denials = new Denials();
  for (let times = 1; times <= 4; times++) {
    denials.note(ann, times * 10_000);
    expect(denials.turnsAway(ann, times * 10_000)).toBe(false);
  }
  denials.note(ann, 50_000);
  expect(denials.turnsAway(ann, 50_001)).toBe(true);
  // From wherever they come, and nobody else.
  expect(denials.turnsAway({ ...ann, address: '10.0.0.2' }, 50_001)).toBe(true);
  for (const other of [anybody, { ...ann, person: 'bob' }, { ...ann, document: 'b' }]) {
    expect(denials.turnsAway(other, 50_001)).toBe(false);
  }
  expect(denials.turnsAway(ann, 109_999)).toBe(true);
  expect(denials.turnsAway(ann, 110_000)).toBe(false);
  // Let in again and denied again at once: it is known by now.
  denials.note(ann, 110_000);
  expect(denials.turnsAway(ann, 110_001)).toBe(true);
});

test('denials that lie apart are not counted together', () => {
  const denials = new Denials();
  for (let times = 0; times < 100; times++) {
    denials.note(ann, times * 61_000);
    expect(denials.turnsAway(ann, times * 61_000)).toBe(false);
  }
});

test('of an address that many may share, fifty times', () => {
  const denials = new Denials();
  for (let times = 0; times < 49; times++) denials.note(anybody, times);
  expect(denials.turnsAway(anybody, 50)).toBe(false);
  denials.note(anybody, 50);
  expect([anybody, { ...anybody, address: '10.0.0.2' }, ann].map((who) => denials.turnsAway(who, 51))).toEqual([
    true,
    false,
    false,
  ]);
  const unknown = { ...anybody, address: '' };
  for (let times = 0; times < 100; times++) denials.note(unknown, times);
  expect(denials.turnsAway(unknown, 100)).toBe(false);
});

test('I6: no more than ten thousand are remembered', () => {
  const denials = new Denials();
  for (let times = 0; times < 5; times++) denials.note(ann, 0);
  for (let other = 0; other < 9_999; other++) denials.note({ ...ann, person: `p${other}` }, 1);
  expect(denials.turnsAway(ann, 2)).toBe(true);
  denials.note({ ...ann, person: 'one more' }, 2);
  expect(denials.turnsAway(ann, 2)).toBe(false);
});

import { expect, test } from 'vitest';
import { loadPerson, personColors, savePerson } from './identity.js';

function memory(initial: string | null = null) {
  let kept = initial;
  return {
    getItem: () => kept,
    setItem: (_key: string, value: string) => {
      kept = value;
    },
  };
}

test('a newcomer gets a friendly name and one of the ten colours, and keeps them', () => {
  const storage = memory();
  const first = loadPerson(storage, () => 0);
  expect(first).toEqual({ name: 'Quiet Heron', color: '#2f6fde' });
  expect(loadPerson(storage, () => 0.99)).toEqual(first);
});

test('what somebody chose is what they get', () => {
  const storage = memory();
  savePerson(storage, { name: 'Noor', color: '#d1495b' });
  expect(loadPerson(storage)).toEqual({ name: 'Noor', color: '#d1495b' });
});

test('what is kept and makes no sense is replaced', () => {
  for (const kept of ['', 'x', '[]', 'null', '{"name":"","color":"#d1495b"}', '{"name":"Noor","color":"red"}']) {
    expect(personColors.map(([, color]) => color)).toContain(loadPerson(memory(kept)).color);
  }
});

test('a browser that keeps nothing is no reason to fail', () => {
  const storage = {
    getItem: () => null,
    setItem: () => {
      throw new Error('full');
    },
  };
  expect(loadPerson(storage, () => 0).name).toBe('Quiet Heron');
});

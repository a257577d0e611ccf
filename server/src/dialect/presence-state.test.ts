import { expect, test } from 'vitest';
import { parsePresenceState, presenceJson } from './presence-state.js';

const person = { name: 'Noor', color: '#d1495b' };

test('a state is shown with the user of the session, whoever it says it is', () => {
  const state = parsePresenceState('{"user":{"name":"Tomás","color":"red"},"cursor":{"anchor":1,"head":2}}');
  expect(JSON.parse(presenceJson(state!, person))).toEqual({ user: person, cursor: { anchor: 1, head: 2 } });
});

test('what is no object, too long or too deep is no state', () => {
  const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const nested = `{"a":${'{"a":'.repeat(9)}1${'}'.repeat(10)}`;
  const long = ['x'.repeat(4096), 'あ'.repeat(1400)].map((text) => `{"a":"${text}"}`);
  for (const json of ['', 'null', '7', '"x"', '[]', '{', ...long, deep, nested]) {
    expect(parsePresenceState(json)).toBe(null);
  }
});

test('a key named __proto__ stays a key', () => {
  const state = parsePresenceState('{"__proto__":{"polluted":true}}');
  expect(presenceJson(state!, person)).toBe('{"__proto__":{"polluted":true},"user":{"name":"Noor","color":"#d1495b"}}');
  expect(({} as Record<string, unknown>).polluted).toBe(undefined);
});

import { expect, test } from 'vitest';
import { parsePresenceState, presenceJson } from './presence-state.js';

const person = { person: 'u-1', name: 'Noor', color: '#d1495b', role: 'editor' } as const;

test('a state is shown with the user of the session, whoever it says it is', () => {
  const state = parsePresenceState(
    '{"user":{"person":"u-2","name":"Tomás","color":"red","role":"owner"},"cursor":{"anchor":1,"head":2}}',
  );
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

test('names that mean something to whoever copies a state are taken out at every depth', () => {
  const state = parsePresenceState('{"__proto__":{"polluted":true},"a":[{"constructor":{"prototype":1},"b":2}]}');
  expect(JSON.parse(presenceJson(state!, person))).toEqual({ a: [{ b: 2 }], user: person });
  expect(presenceJson(state!, person)).not.toContain('polluted');
  expect(({} as Record<string, unknown>).polluted).toBe(undefined);
});

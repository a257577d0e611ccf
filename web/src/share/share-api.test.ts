import { expect, test } from 'vitest';
import { parseSharing } from './share-api.js';

test('sharing is read as the server says it, the owner first', () => {
  const sharing = parseSharing({
    owner: { person: 'u-1', name: 'Ann Ek', email: 'ann@example.org' },
    people: [
      { person: 'u-2', name: 'Ben Ro', email: null, role: 'editor' },
      { person: null, name: null, email: 'cleo@example.org', role: 'reader' },
    ],
    everyone: 'reader',
    links: [{ id: 'l1', role: 'commenter', label: 'Press', createdAtMs: 5, expiresAtMs: 9 }],
    requests: [{ person: 'u-3', name: 'Dag', email: null, atMs: 7 }],
  });
  expect(sharing.people.map(({ who, role }) => [who, role])).toEqual([
    [{ person: 'u-1' }, 'owner'],
    [{ person: 'u-2' }, 'editor'],
    [{ email: 'cleo@example.org' }, 'reader'],
  ]);
  expect(sharing.everyone).toBe('reader');
  expect(sharing.links).toEqual([{ id: 'l1', role: 'commenter', label: 'Press', createdAtMs: 5, expiresAtMs: 9 }]);
  expect(sharing.requests).toEqual([{ person: 'u-3', name: 'Dag', email: null, atMs: 7 }]);
});

test('a role this page does not know is not shown as one it knows', () => {
  const sharing = parseSharing({
    people: [{ person: 'u-2', name: 'Ben Ro', role: 'emperor' }],
    links: [{ id: 'l1', role: 7 }],
    everyone: 'all',
  });
  expect(sharing).toEqual({ people: [], everyone: null, links: [], requests: [] });
});

test('an answer of another kind is said to be so', () => {
  expect(() => parseSharing({})).toThrow('could not be understood');
});

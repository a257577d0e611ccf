import { expect, test } from 'vitest';
import { mayWrite, ROLES, roleFromWire, roleToWire } from './roles.js';

test('who may write what', () => {
  const rights = ROLES.map((role) => [role, mayWrite(role, 'discussion'), mayWrite(role, 'content')]);
  expect(rights).toEqual([
    ['reader', false, false],
    ['commenter', true, false],
    ['editor', true, true],
    ['owner', true, true],
    ['admin', true, true],
  ]);
});

test('a role comes back from its number, and no other number is a role', () => {
  expect(ROLES.map(roleToWire)).toEqual([1, 2, 3, 4, 5]);
  for (const role of [null, ...ROLES]) expect(roleFromWire(roleToWire(role))).toBe(role);
  for (const number of [-1, 6, 0.5, Number.MAX_SAFE_INTEGER]) expect(roleFromWire(number)).toBeNull();
});

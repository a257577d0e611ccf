import { expect, test } from 'vitest';
import { readSharingCommand } from './sharing-command.js';

const NOW_MS = 1000;
const read = (body: unknown) => readSharingCommand(body, NOW_MS);

test.each([
  [
    { do: 'grant', person: 'u-ann', role: 'editor' },
    { do: 'grant', person: 'u-ann', email: null, role: 'editor' },
  ],
  [
    { do: 'grant', email: ' Zoë@Example.org ', role: 'reader' },
    { do: 'grant', person: null, email: 'zoë@example.org', role: 'reader' },
  ],
  [
    { do: 'remove', person: 'g-1' },
    { do: 'remove', person: 'g-1', email: null },
  ],
  [
    { do: 'everyone', role: null },
    { do: 'everyone', role: null },
  ],
  [
    { do: 'everyone', role: 'commenter' },
    { do: 'everyone', role: 'commenter' },
  ],
  [
    { do: 'make-link', role: 'reader' },
    { do: 'make-link', role: 'reader', label: '', expiresAtMs: null },
  ],
  [
    { do: 'make-link', role: 'editor', label: ' For\u202e all\n', expiresAtMs: 1001 },
    { do: 'make-link', role: 'editor', label: 'For all', expiresAtMs: 1001 },
  ],
  [
    { do: 'revoke-link', id: 'l-1' },
    { do: 'revoke-link', id: 'l-1' },
  ],
  [
    { do: 'give-ownership', person: 'u-ben' },
    { do: 'give-ownership', person: 'u-ben' },
  ],
  [
    { do: 'decline', person: 'u-ben', more: 1 },
    { do: 'decline', person: 'u-ben' },
  ],
])('%j is read', (body, command) => {
  expect(read(body)).toEqual(command);
});

test.each([
  null,
  'grant',
  [],
  {},
  { do: 'toString' },
  { do: 'grant', person: 'u-ann' },
  { do: 'grant', role: 'reader' },
  { do: 'grant', person: 'u-ann', role: 'owner' },
  { do: 'grant', person: 'u-ann', role: 'admin' },
  { do: 'grant', person: 'u-ann', role: ['reader'] },
  { do: 'grant', person: 'u-ann', email: 'a@b', role: 'reader' },
  { do: 'grant', person: '', role: 'reader' },
  { do: 'grant', person: 'u-\0', role: 'reader' },
  { do: 'grant', person: 'u'.repeat(65), role: 'reader' },
  { do: 'grant', email: 'nobody', role: 'reader' },
  { do: 'grant', email: 'a b@c', role: 'reader' },
  { do: 'grant', email: `${'a'.repeat(300)}@b`, role: 'reader' },
  { do: 'remove' },
  { do: 'everyone' },
  { do: 'everyone', role: 'owner' },
  { do: 'make-link', role: 'owner' },
  { do: 'make-link', role: 'reader', label: 'x'.repeat(101) },
  { do: 'make-link', role: 'reader', label: 5 },
  { do: 'make-link', role: 'reader', expiresAtMs: 1000 },
  { do: 'make-link', role: 'reader', expiresAtMs: '2000' },
  { do: 'make-link', role: 'reader', expiresAtMs: 1e300 },
  { do: 'revoke-link' },
  { do: 'revoke-link', id: '../x' },
  { do: 'give-ownership', person: null },
  { do: 'decline', email: 'a@b' },
])('%j is refused in words', (body) => {
  expect(read(body)).toMatch(/^\S.*\.$/);
});

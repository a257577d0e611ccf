import { parseDocumentName } from '@weft/protocol';
import { expect, test } from 'vitest';
import { GUEST_KEY_BYTES, GUEST_LIFETIME_MS, Guests } from './guests.js';
import { NOBODY, personOf } from './identity.js';
import { openAccess } from './test/open-access.js';
import { Tickets } from './tickets.js';

const parsed = parseDocumentName('notes/a');
if (!parsed.ok) throw new Error(parsed.reason);

test('on an open server everybody is an editor of every document', async () => {
  const access = openAccess(new Guests(new Uint8Array(GUEST_KEY_BYTES)), new Tickets());
  expect(access.isOpen).toBe(true);
  const identity = await access.identify({ token: '', guest: '' });
  expect(identity).toEqual(NOBODY);
  const watch = await access.watch(identity, parsed.name, '', () => undefined);
  expect(watch.role).toBe('editor');
  expect(access.mayCreate()).toBe(true);
});

test('a guest is who they were before, until their identity ends', async () => {
  let nowMs = 1_000_000_000_000;
  const guests = new Guests(new Uint8Array(GUEST_KEY_BYTES).fill(7), () => nowMs);
  const access = openAccess(guests, new Tickets());
  const { person, guest, expiresAtMs } = await guests.make();
  expect(person).toMatch(/^g-[\w-]{22}$/);
  expect(expiresAtMs).toBe(nowMs + GUEST_LIFETIME_MS);
  const identity = await access.identify({ token: '', guest });
  expect(identity).toMatchObject({ person, kind: 'guest', issuedAtMs: nowMs, expiresAtMs });
  nowMs = expiresAtMs - 1000;
  const again = await guests.sign(identity.person);
  nowMs = expiresAtMs + 1000;
  await expect(access.identify({ token: '', guest })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(await access.identify({ token: '', guest: again.guest })).toMatchObject({ person });
});

test('an identity that another server signed, a changed one and no token at all are not accepted', async () => {
  const guests = new Guests(new Uint8Array(GUEST_KEY_BYTES).fill(1));
  const { guest } = await new Guests(new Uint8Array(GUEST_KEY_BYTES).fill(2)).make();
  const own = (await guests.make()).guest;
  const [header = '', , signature = ''] = own.split('.');
  const forged = Buffer.from(JSON.stringify({ sub: personOf('i', 's'), iat: 1, exp: 9e9 })).toString('base64url');
  const none = Buffer.from('{"alg":"none","typ":"weft-guest+jwt"}').toString('base64url');
  for (const bad of [guest, `${header}.${forged}.${signature}`, `${none}.${forged}.`, 'x', 'x'.repeat(100_000)]) {
    await expect(openAccess(guests, new Tickets()).identify({ token: '', guest: bad })).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.stringContaining('Sign in again'),
    });
  }
});

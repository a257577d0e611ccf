import { parseDocumentName } from '@weft/protocol';
import { expect, test } from 'vitest';
import { type Identity, NOBODY } from '../access/identity.js';
import { Tickets } from '../access/tickets.js';
import { signInBySettings } from './sign-in-by-settings.js';

const ann: Identity = { ...NOBODY, kind: 'user', person: 'u-ann', name: 'Ann' };

function signIn() {
  const tickets = new Tickets();
  const revoked = new Set<string>();
  const options = signInBySettings(
    { oidc: null, publicUrl: null },
    {
      parts: {
        signingKey: new Uint8Array(32),
        tickets,
        revocations: {
          covers: ({ person, tokenId, via }) => [person, tokenId ?? '', ...via].some((id) => revoked.has(id)),
          revoke: async (target) => void revoked.add(Object.values(target)[0]!),
        },
      },
      audit: { note: () => undefined },
      complain: () => undefined,
    },
  );
  return { tickets, revoked, options };
}

test('a ticket of somebody signs them in, once; one for a single document, or of somebody revoked, does not', async () => {
  const { tickets, revoked, options } = signIn();
  const { ticket } = tickets.make(ann);
  expect(await options.redeem(ticket)).toMatchObject({ person: 'u-ann' });
  expect(await options.redeem(ticket)).toBeNull();

  const name = parseDocumentName('plan');
  if (!name.ok) throw new Error(name.reason);
  const bound = tickets.make(ann, { document: name.name, linkHash: null });
  expect(await options.redeem(bound.ticket)).toBeNull();

  const late = tickets.make(ann);
  revoked.add('u-ann');
  expect(await options.redeem(late.ticket)).toBeNull();
});

test('a session ends with the token whose ticket it was opened with, and so does one opened from it', async () => {
  const { tickets, revoked, options } = signIn();
  const open = async (identity: Identity): Promise<Identity> => {
    const redeemed = await options.redeem(tickets.make(identity).ticket);
    const session = await options.sessions.open(redeemed!);
    const read = await options.sessions.read(session!.cookie);
    return { ...read!, name: session!.cookie };
  };
  const first = await open({ ...ann, tokenId: 't-host' });
  const cookies = [first.name!, (await open({ ...first, name: 'Ann' })).name!, (await open(ann)).name!];
  const readAll = async () => (await Promise.all(cookies.map((cookie) => options.sessions.read(cookie)))).map(Boolean);
  expect(await readAll()).toEqual([true, true, true]);
  revoked.add('t-host');
  expect(await readAll()).toEqual([false, false, true]);
});

test('a session says who it is for, lasts no longer than what was shown, and ends when it is revoked', async () => {
  const { options } = signIn();
  const expiresAtMs = Date.now() + 60_000;
  const roles = { isAdmin: false, patterns: [{ segments: ['team', '**'], role: 'editor' as const }] };
  const session = await options.sessions.open({ ...ann, email: 'ann@example.org', roles, expiresAtMs });
  expect(session?.expiresAtMs).toBe(expiresAtMs);
  const identity = await options.sessions.read(session!.cookie);
  expect(identity).toMatchObject({ kind: 'user', person: 'u-ann', name: 'Ann', email: 'ann@example.org', roles });
  await options.revoke(identity!);
  expect(await options.sessions.read(session!.cookie)).toBeNull();
  const patterns = Array.from({ length: 100 }, (_, n) => ({
    segments: [`folder-number-${n}`, '**'],
    role: 'editor' as const,
  }));
  expect(await options.sessions.open({ ...ann, roles: { isAdmin: false, patterns } })).toBeNull();
});

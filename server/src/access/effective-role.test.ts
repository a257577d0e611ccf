import { ROLES, type Role } from '@weft/protocol';
import { expect, test } from 'vitest';
import { effectiveRole, type Question } from './effective-role.js';
import { type Identity, NOBODY } from './identity.js';
import { NOT_SHARED, type SharedRole } from './sharing-record.js';
import { closedSettings, nameOf, START_MS } from './test/access-harness.js';

const document = nameOf('notes/a');
const ann: Identity = { ...NOBODY, person: 'u-ann', kind: 'user', email: 'ann@example.org' };
const shared = [null, 'reader', 'commenter', 'editor'] as const;
const signed = { grantedBy: '', grantedAtMs: 0 };
const made = { id: 'l', label: '', createdBy: '', createdAtMs: 0 };

interface Sources {
  readonly byToken: Role | null;
  readonly byPerson: SharedRole | null;
  readonly byEmail: SharedRole | null;
  readonly everyone: SharedRole | null;
  readonly byDefault: SharedRole | null;
  readonly byLink: SharedRole | null;
}

function ask(sources: Sources, more: Partial<Question> = {}, guests = true) {
  const { byToken, byPerson, byEmail, everyone, byDefault, byLink } = sources;
  const patterns = byToken === null ? [] : [{ segments: ['notes', '*'], role: byToken }];
  const people = [
    ...(byPerson === null ? [] : [{ person: 'u-ann', email: null, role: byPerson, ...signed }]),
    ...(byEmail === null ? [] : [{ person: null, email: 'ann@example.org', role: byEmail, ...signed }]),
  ];
  const links = byLink === null ? [] : [{ ...made, hash: 'right', role: byLink, expiresAtMs: START_MS + 1 }];
  return effectiveRole(
    {
      identity: { ...ann, roles: { isAdmin: false, patterns } },
      document,
      sharing: { ...NOT_SHARED, people, everyone, links },
      exists: true,
      linkHash: 'right',
      nowMs: START_MS,
      ...more,
    },
    {
      settings: { ...closedSettings, guests, defaults: { signedIn: byDefault, guests: null } },
      canonical: (person) => person,
    },
  );
}

const none: Sources = { byToken: null, byPerson: null, byEmail: null, everyone: null, byDefault: null, byLink: null };
const rank = (role: Role | null): number => (role === null ? -1 : ROLES.indexOf(role));

test('it is the highest of all sources, in every combination, and ends when the link does that gives it', () => {
  let asked = 0;
  for (const byToken of [...shared, 'owner'] as const) {
    for (const byPerson of shared) {
      for (const byEmail of shared) {
        for (const everyone of shared) {
          for (const byDefault of shared) {
            for (const byLink of shared) {
              const standing = [byToken, byPerson, byEmail, everyone, byDefault].sort((a, b) => rank(b) - rank(a))[0]!;
              const isByLink = rank(byLink) > rank(standing);
              expect(ask({ byToken, byPerson, byEmail, everyone, byDefault, byLink })).toEqual({
                role: isByLink ? byLink : standing,
                untilMs: isByLink ? START_MS + 1 : Number.POSITIVE_INFINITY,
                trashedRole: null,
              });
              asked++;
            }
          }
        }
      }
    }
  }
  expect(asked).toBe(5 * 4 ** 5);
});

test.each<[string, Partial<Sources>, Partial<Question>]>([
  ['another link', { byLink: 'editor' }, { linkHash: 'wrong' }],
  ['no link', { byLink: 'editor' }, { linkHash: null }],
  ['a link that has ended', { byLink: 'editor' }, { nowMs: START_MS + 1 }],
  ['a default where there is no such document', { byDefault: 'editor' }, { exists: false }],
  ['an address that is not verified', { byEmail: 'editor' }, { identity: { ...ann, email: null } }],
  ['what is for signed-in people, to a guest', { everyone: 'editor' }, { identity: { ...ann, kind: 'guest' } }],
  ['what is for nobody in particular', {}, { identity: NOBODY, sharing: { ...NOT_SHARED, owner: '' } }],
  ['a pattern, elsewhere', { byToken: 'owner' }, { document: nameOf('other/a') }],
])('%s gives nothing', (_what, sources, more) => {
  expect(ask({ ...none, ...sources }, more).role).toBeNull();
});

test('an admin is one wherever there is a document, but for a ticket that is for another one', () => {
  const admin: Identity = { ...NOBODY, person: 'admin', kind: 'admin' };
  expect(ask(none, { identity: admin }).role).toBe('admin');
  const scope = { document: nameOf('other'), linkHash: null };
  expect(ask(none, { identity: { ...admin, scope } }).role).toBeNull();
});

test('where guests are kept out, a link lets in those who are signed in alone', () => {
  const link = { ...none, byLink: 'editor' } as const;
  expect(ask(link, {}, false).role).toBe('editor');
  for (const identity of [NOBODY, { ...NOBODY, person: 'g-x', kind: 'guest' } as const]) {
    expect([ask(link, { identity }).role, ask(link, { identity }, false).role]).toEqual(['editor', null]);
  }
});

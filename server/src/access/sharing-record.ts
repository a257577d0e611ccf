// What is stored of who may do what in one document: its owner, people, everyone who is signed in, and links. A value that
// never changes: each change makes the next one.

import type { Role } from '@weft/protocol';
import { SyncError } from '../sync-error.js';

/** What can be shared: owning is given away, not shared. */
export const SHARED_ROLES = ['reader', 'commenter', 'editor'] as const satisfies readonly Role[];
export type SharedRole = (typeof SHARED_ROLES)[number];

export interface Sharing {
  /** Rises by one with each change; 0: nothing was shared yet. */
  readonly version: number;
  readonly owner: string | null;
  readonly people: readonly Grant[];
  /** Signed-in people, all of them. */
  readonly everyone: SharedRole | null;
  readonly links: readonly ShareLink[];
  /** Left out: the document is not in the trash. */
  readonly trashed?: Trashed;
}

export interface Trashed {
  readonly atMs: number;
  /** Who put it there. */
  readonly by: string;
}

/** Somebody known here by their id, or whoever has that address, verified by their issuer: one of the two. */
export interface Grantee {
  readonly person: string | null;
  readonly email: string | null;
}

export interface Grant extends Grantee {
  readonly role: SharedRole;
  readonly grantedBy: string;
  readonly grantedAtMs: number;
}

export interface ShareLink {
  /** Names it where its secret must not be. */
  readonly id: string;
  readonly hash: string;
  readonly role: SharedRole;
  /** null: never. */
  readonly expiresAtMs: number | null;
  readonly label: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
}

export const NOT_SHARED: Sharing = { version: 0, owner: null, people: [], everyone: null, links: [] };

export const MAX_PEOPLE = 500;
export const MAX_LINKS = 100;
const MAX_LABEL_LENGTH = 100;
const MAX_EMAIL_LENGTH = 254;

export const encodeSharing = (sharing: Sharing): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ format: 1, ...sharing }));

/** @throws SyncError `STORE_UNREADABLE` for one of a later version of Weft, or one that is none */
export function decodeSharing(document: string, value: Uint8Array | null): Sharing {
  if (value === null) return NOT_SHARED;
  const { format, ...sharing } = parseSharing(document, value);
  if (format === 1) return sharing;
  throw new SyncError(
    'STORE_UNREADABLE',
    `Who may open ${document} is stored in format ${format}, and this version knows 1.`,
  );
}

function parseSharing(document: string, value: Uint8Array): Sharing & { readonly format: number } {
  let cause: unknown;
  try {
    const parsed = JSON.parse(new TextDecoder().decode(value));
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch (error) {
    cause = error;
  }
  throw new SyncError('STORE_UNREADABLE', `Who may open ${document} cannot be read: something else is in its record.`, {
    cause,
  });
}

const bad = (sentence: string): SyncError => new SyncError('BAD_SHARING', sentence);

/** One spelling for an address. @throws SyncError `BAD_SHARING` */
function normalEmail(email: string): string {
  const normal = email.trim().normalize('NFC').toLowerCase();
  if (normal.length <= MAX_EMAIL_LENGTH && /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(normal)) return normal;
  throw bad('That is not an e-mail address.');
}

const personId = /^[ug]-[\w-]{22}$/;

/** @throws SyncError `BAD_SHARING` */
function checkPerson(person: string): string {
  if (personId.test(person)) return person;
  throw bad('That is not the id of a person.');
}

function checkGrantee({ person, email }: Grantee): Grantee {
  if (person !== null && email === null) return { person: checkPerson(person), email };
  if (email !== null && person === null) return { person, email: normalEmail(email) };
  throw bad('Say whom: either a person or an e-mail address.');
}

const isGrantee = (grant: Grantee, { person, email }: Grantee): boolean =>
  grant.person === person && grant.email === email;

const without = ({ people }: Sharing, who: Grantee): Grant[] => people.filter((grant) => !isGrantee(grant, who));

interface Signed {
  readonly by: string;
  readonly atMs: number;
}

/** Gives somebody a role, another than before too. @throws SyncError `BAD_SHARING` */
export function grant(sharing: Sharing, who: Grantee, role: SharedRole, { by, atMs }: Signed): Sharing {
  const grantee = checkGrantee(who);
  checkRole(role);
  const others = without(sharing, grantee);
  if (others.length >= MAX_PEOPLE) {
    throw bad(
      `A document is shared with at most ${MAX_PEOPLE} people one by one. Share it with everyone, or by a link.`,
    );
  }
  return { ...sharing, people: [...others, { ...grantee, role, grantedBy: by, grantedAtMs: atMs }] };
}

/** Takes somebody's role away, if they have one of their own. */
export const remove = (sharing: Sharing, who: Grantee): Sharing => ({
  ...sharing,
  people: without(sharing, checkGrantee(who)),
});

export function setEveryone(sharing: Sharing, role: SharedRole | null): Sharing {
  if (role !== null) checkRole(role);
  return { ...sharing, everyone: role };
}

/** What somebody chooses of a link. */
export interface NewLink {
  readonly role: SharedRole;
  /** null: never. */
  readonly expiresAtMs: number | null;
  /** For people, to tell links apart. */
  readonly label: string;
}

/** @throws SyncError `BAD_SHARING` */
export function addLink(
  sharing: Sharing,
  link: NewLink,
  secret: Pick<ShareLink, 'id' | 'hash'>,
  signed: Signed,
): Sharing {
  checkRole(link.role);
  const { expiresAtMs } = link;
  const isTime = expiresAtMs === null || (Number.isSafeInteger(expiresAtMs) && expiresAtMs > signed.atMs);
  if (!isTime) throw bad('A link has to end at some time to come, or never.');
  const links = sharing.links.filter((link) => !hasEnded(link, signed.atMs));
  if (links.length >= MAX_LINKS) throw bad(`A document has at most ${MAX_LINKS} links. Revoke one that nobody needs.`);
  const label = link.label.replace(/[\p{Cc}\p{Cs}\p{Cf}\u2028\u2029]/gu, '').trim();
  const made = { ...secret, role: link.role, expiresAtMs, label: [...label].slice(0, MAX_LABEL_LENGTH).join('') };
  return { ...sharing, links: [...links, { ...made, createdBy: signed.by, createdAtMs: signed.atMs }] };
}

/** @throws SyncError `BAD_SHARING` when there is none of that id */
export function removeLink(sharing: Sharing, id: string): Sharing {
  const links = sharing.links.filter((link) => link.id !== id);
  if (links.length === sharing.links.length) throw bad('There is no such link any more.');
  return { ...sharing, links };
}

/** The owner before stays an editor. @throws SyncError `BAD_SHARING` */
export function giveOwnership(sharing: Sharing, person: string, signed: Signed): Sharing {
  const before = sharing.owner;
  const given = { ...sharing, owner: checkPerson(person), people: without(sharing, { person, email: null }) };
  return before === null || before === person || !personId.test(before)
    ? given
    : grant(given, { person: before, email: null }, 'editor', signed);
}

export const hasEnded = ({ expiresAtMs }: ShareLink, nowMs: number): boolean =>
  expiresAtMs !== null && expiresAtMs <= nowMs;

function checkRole(role: SharedRole): void {
  if (!SHARED_ROLES.includes(role)) throw bad(`A role that can be shared is one of ${SHARED_ROLES.join(', ')}.`);
}

// Reads a change of who may do what in a document, as it comes over HTTP.

import type { SharingCommand } from '../access/share-actions.js';
import { SHARED_ROLES, type SharedRole } from '../access/sharing-record.js';

/** Somebody, by their id or by a verified email in lower case: one of the two. */
interface Somebody {
  readonly person: string | null;
  readonly email: string | null;
}

/** Somebody who asked is not let in. It changes nothing of the sharing. */
type Decline = { readonly do: 'decline'; readonly person: string };

const MAX_LABEL_LENGTH = 100;
const person = /^[\w-]{1,64}$/;
const email = /^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]{1,189}$/u;
const linkId = /^[\w-]{1,64}$/;
/** What would break the line of a label or turn its direction. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text that is shown in a line. */
export const cleanLabel = (text: string): string => text.replace(unprintable, '').trim();

/** @returns what is wrong with it, in a sentence, when it cannot be read */
export function readSharingCommand(body: unknown, nowMs: number): SharingCommand | Decline | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'The body has to be an object.';
  const input = body as Readonly<Record<string, unknown>>;
  switch (input.do) {
    case 'grant': {
      const who = readSomebody(input);
      const role = readRole(input.role);
      if (typeof who === 'string') return who;
      return role === null ? badRole : { do: 'grant', role, ...who };
    }
    case 'remove': {
      const who = readSomebody(input);
      return typeof who === 'string' ? who : { do: 'remove', ...who };
    }
    case 'everyone': {
      const role = input.role === null ? null : readRole(input.role);
      return role === null && input.role !== null ? badRole : { do: 'everyone', role };
    }
    case 'make-link':
      return readLink(input, nowMs);
    case 'revoke-link':
      return matches(input.id, linkId) ? { do: 'revoke-link', id: input.id } : 'The id is not that of a link.';
    case 'give-ownership':
    case 'decline':
      return matches(input.person, person) ? { do: input.do, person: input.person } : notAPerson;
    default:
      return 'Say what to do: grant, remove, everyone, make-link, revoke-link, give-ownership or decline.';
  }
}

const badRole = 'The role has to be reader, commenter or editor.';
const notAPerson = 'The person has to be the id of one.';

function readLink(input: Readonly<Record<string, unknown>>, nowMs: number): SharingCommand | string {
  const { label = '', expiresAtMs = null } = input;
  const role = readRole(input.role);
  if (role === null) return badRole;
  if (typeof label !== 'string' || label.length > MAX_LABEL_LENGTH) {
    return `The label has to be a text of ${MAX_LABEL_LENGTH} characters at most.`;
  }
  if (expiresAtMs !== null && !(Number.isSafeInteger(expiresAtMs) && (expiresAtMs as number) > nowMs)) {
    return 'The end of a link has to be a time to come, in milliseconds since 1970, or null.';
  }
  return {
    do: 'make-link',
    role,
    label: cleanLabel(label),
    expiresAtMs: expiresAtMs as number | null,
  };
}

function readSomebody(input: Readonly<Record<string, unknown>>): Somebody | string {
  const { person: id = null, email: address = null } = input;
  if ((id === null) === (address === null)) return 'Say whom: either a person or an email.';
  if (id !== null) return matches(id, person) ? { person: id, email: null } : notAPerson;
  const clean = typeof address === 'string' ? address.trim().toLowerCase() : '';
  return matches(clean, email) ? { person: null, email: clean } : 'The email is not one.';
}

const readRole = (value: unknown): SharedRole | null => SHARED_ROLES.find((known) => known === value) ?? null;

const matches = (value: unknown, pattern: RegExp): value is string => typeof value === 'string' && pattern.test(value);

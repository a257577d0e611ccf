// Who a session or a request is, as the server found out from what was shown. Immutable: a new proof makes a new identity.

import { createHash } from 'node:crypto';
import type { DocumentName } from '@weft/protocol';
import { NO_ROLES, type TokenRoles } from './role-patterns.js';

export interface Identity {
  /** Kept with entries: `u-…` signed in, `g-…` a guest, `admin`, or '' for nobody. */
  readonly person: string;
  readonly kind: 'user' | 'guest' | 'nobody' | 'admin';
  /** Not cleaned yet (person.ts does that). null: what the client says. */
  readonly name: string | null;
  /** null: what the client says. */
  readonly color: string | null;
  /** One that the issuer has verified, in lower case. */
  readonly email: string | null;
  readonly roles: TokenRoles;
  /** When what was shown was made; 0 when it does not say. */
  readonly issuedAtMs: number;
  /** Infinity: never. */
  readonly expiresAtMs: number;
  /** By which what was shown can be revoked alone. */
  readonly tokenId: string | null;
  /** Ids of what that was made of, as a browser's session of a ticket of a token: it ends with each of them. */
  readonly via: readonly string[];
  /** A ticket for one document gives nothing elsewhere. null: not bound. */
  readonly scope: Scope | null;
}

export interface Scope {
  readonly document: DocumentName;
  /** Hash of the secret of the link that the ticket was made with; null without one. */
  readonly linkHash: string | null;
}

export const NOBODY: Identity = {
  person: '',
  kind: 'nobody',
  name: null,
  color: null,
  email: null,
  roles: NO_ROLES,
  issuedAtMs: 0,
  expiresAtMs: Number.POSITIVE_INFINITY,
  tokenId: null,
  via: [],
  scope: null,
};

/** The person an issuer knows under `subject`. The same everywhere and always: nothing has to be stored for it. */
export const personOf = (issuer: string, subject: string): string => `u-${shortHash(issuer, subject)}`;

/** By which a token can be named without showing it. */
export const tokenIdOf = (issuer: string, jti: string): string => `t-${shortHash(issuer, jti)}`;

/** May everything everywhere: holds the admin token, or one that says so. */
export const isAdmin = ({ kind, roles }: Identity): boolean => kind === 'admin' || roles.isAdmin;

const SHORT_HASH_CHARACTERS = 22;

function shortHash(...parts: readonly [string, string]): string {
  return createHash('sha256').update(parts.join('\0')).digest('base64url').slice(0, SHORT_HASH_CHARACTERS);
}

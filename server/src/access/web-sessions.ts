// Browsers that are signed in. Who it is stands in a signed cookie, so that a restart signs nobody out and nothing is
// stored; a session that was ended early counts as a revoked token.

import { ROLES, type Role } from '@weft/protocol';
import type { Identity } from './identity.js';
import { NO_ROLES, parsePattern, type RolePattern, type TokenRoles } from './role-patterns.js';
import { SignedValues } from './signed-values.js';

/** How long one stays signed in: a working day. */
const WEB_SESSION_LIFETIME_MS = 12 * 60 * 60 * 1000;

export interface WebSession {
  readonly cookie: string;
  readonly expiresAtMs: number;
}

export class WebSessions {
  readonly #values: SignedValues;
  readonly #now: () => number;
  readonly #isRevoked: (identity: Identity) => boolean;

  constructor(options: { key: Uint8Array; isRevoked: (identity: Identity) => boolean; now?: () => number }) {
    this.#now = options.now ?? Date.now;
    this.#isRevoked = options.isRevoked;
    this.#values = new SignedValues(options.key, 'session', this.#now);
  }

  /**
   * Signs a browser in, for no longer than what was shown counts.
   * @returns null when there is more to say of this person than a cookie holds
   */
  async open(identity: Identity): Promise<WebSession | null> {
    const expiresAtMs = Math.min(this.#now() + WEB_SESSION_LIFETIME_MS, identity.expiresAtMs);
    const { person, name, color, email, roles, tokenId } = identity;
    const via = tokenId === null ? identity.via : [...identity.via, tokenId];
    const patterns = roles.patterns.map(({ segments, role }) => [segments.join('/'), role]);
    const content = { person, name, color, email, patterns, isAdmin: roles.isAdmin, via };
    const cookie = await this.#values.sign(content, expiresAtMs);
    return cookie === null ? null : { cookie, expiresAtMs };
  }

  /** Null when it is none of ours, has ended, or was ended. */
  async read(cookie: string): Promise<Identity | null> {
    const value = await this.#values.read(cookie);
    const content = value?.content as Content | undefined;
    if (!value || !content) return null;
    const identity: Identity = {
      person: content.person,
      kind: 'user',
      name: content.name,
      color: content.color,
      email: content.email,
      roles: readRoles(content),
      issuedAtMs: value.issuedAtMs,
      expiresAtMs: value.expiresAtMs,
      tokenId: `s-${value.id}`,
      via: content.via,
      scope: null,
    };
    return this.#isRevoked(identity) ? null : identity;
  }
}

/** As `open` wrote it: the signature says so. */
interface Content {
  readonly person: string;
  readonly name: string | null;
  readonly color: string | null;
  readonly email: string | null;
  readonly patterns: readonly (readonly [pattern: string, role: Role])[];
  readonly isAdmin: boolean;
  readonly via: readonly string[];
}

function readRoles({ patterns, isAdmin }: Content): TokenRoles {
  if (patterns.length === 0 && !isAdmin) return NO_ROLES;
  return { isAdmin, patterns: patterns.flatMap(readPattern) };
}

function readPattern([pattern, role]: readonly [string, Role]): RolePattern[] {
  const segments = parsePattern(pattern);
  return segments === null || !ROLES.includes(role) ? [] : [{ segments, role }];
}

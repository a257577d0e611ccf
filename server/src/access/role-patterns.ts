// Roles by the names of documents, as tokens carry them: { "notes/*": "reader", "team/**": "editor" }. A pattern is a row of
// segments: `*` stands for one of them, `**` for one or more, anything else for itself. It is matched segment by segment,
// never by a regular expression, in time that grows with the product of both lengths at most.

import { parseDocumentName, ROLES, type Role } from '@weft/protocol';

export interface RolePattern {
  readonly segments: readonly string[];
  readonly role: Role;
}

/** What a token itself says of its holder's rights. */
export interface TokenRoles {
  /** Everything, everywhere. */
  readonly isAdmin: boolean;
  readonly patterns: readonly RolePattern[];
}

export const NO_ROLES: TokenRoles = { isAdmin: false, patterns: [] };

/** Patterns of one token. */
export const MAX_ROLE_PATTERNS = 100;

/** @returns the segments of a pattern, or null when it is none: not a document's name, or `*` as a part of a segment */
export function parsePattern(pattern: string): readonly string[] | null {
  if (!parseDocumentName(pattern).ok) return null;
  const segments = pattern.split('/');
  return segments.every((segment) => segment === '*' || segment === '**' || !segment.includes('*')) ? segments : null;
}

export function matchesPattern(segments: readonly string[], name: readonly string[]): boolean {
  // reached[n]: the pattern so far can stand for the first n segments of the name.
  let reached = name.map(() => false);
  reached.unshift(true);
  for (const segment of segments) {
    const next = reached.map(() => false);
    for (let n = 1; n <= name.length; n++) {
      const before = reached[n - 1] === true;
      if (segment === '**') next[n] = before || next[n - 1] === true;
      else next[n] = before && (segment === '*' || segment === name[n - 1]);
    }
    reached = next;
  }
  return reached[name.length] === true;
}

/** The highest role that a token gives for a document; null for none. */
export function roleByToken({ isAdmin, patterns }: TokenRoles, document: string): Role | null {
  if (isAdmin) return 'admin';
  const name = document.split('/');
  return highestRole(patterns.filter(({ segments }) => matchesPattern(segments, name)).map(({ role }) => role));
}

export function highestRole(roles: readonly (Role | null)[]): Role | null {
  let highest = -1;
  for (const role of roles) if (role !== null) highest = Math.max(highest, ROLES.indexOf(role));
  return ROLES[highest] ?? null;
}

/** Whether a role is that one or a higher one. */
export const isAtLeast = (role: Role | null, least: Role): boolean =>
  role !== null && ROLES.indexOf(role) >= ROLES.indexOf(least);

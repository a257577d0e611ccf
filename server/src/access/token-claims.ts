// What a token that was verified says about its holder. What is for show is taken where it makes sense; what gives rights is
// as it has to be, or the token is not accepted: a right that was misspelt is not guessed.

import { ROLES } from '@weft/protocol';
import type { ClaimNames } from '../access-settings.js';
import type { Identity } from './identity.js';
import { MAX_ROLE_PATTERNS, NO_ROLES, parsePattern, type RolePattern, type TokenRoles } from './role-patterns.js';

type Claims = Readonly<Record<string, unknown>>;

/** Roles that a token gives by names; `admin` is not one of them, and goes for everything. */
const PATTERN_ROLES = ROLES.filter((role) => role !== 'admin');
const MAX_TEXT_CHARACTERS = 254;

/** @throws Error when the claim that gives rights is not as it has to be */
export function tokenIdentity(claims: Claims, names: ClaimNames): Pick<Identity, 'name' | 'color' | 'email' | 'roles'> {
  const isVerified = ownValue(claims, names.emailVerified) === true;
  const email = isVerified ? textIn(claims, names.email) : null;
  return {
    // Never null: else people who are signed in could call themselves what they like.
    name: textIn(claims, names.name) ?? email ?? 'Someone',
    color: textIn(claims, names.color),
    email: email?.normalize('NFC').toLowerCase() ?? null,
    roles: rolesIn(ownValue(claims, names.weft)),
  };
}

const ownValue = (claims: Claims, name: string): unknown => (Object.hasOwn(claims, name) ? claims[name] : undefined);

function textIn(claims: Claims, name: string): string | null {
  const value = ownValue(claims, name);
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, MAX_TEXT_CHARACTERS) : null;
}

function rolesIn(claim: unknown): TokenRoles {
  if (claim === undefined) return NO_ROLES;
  const { roles = {}, admin = false, ...rest } = objectIn(claim);
  if (typeof admin !== 'boolean') throw new Error('its claim of rights has an "admin" that is neither true nor false');
  if (Object.keys(rest).length > 0) throw new Error('its claim of rights has something that is not known');
  const entries = Object.entries(objectIn(roles));
  if (entries.length > MAX_ROLE_PATTERNS) throw new Error(`it has more than ${MAX_ROLE_PATTERNS} patterns of names`);
  return { isAdmin: admin, patterns: entries.map(([pattern, role]) => patternIn(pattern, role)) };
}

function patternIn(pattern: string, role: unknown): RolePattern {
  const segments = parsePattern(pattern);
  const known = PATTERN_ROLES.find((one) => one === role);
  if (segments === null || known === undefined) throw new Error('it has a role or a pattern of names that is none');
  return { segments, role: known };
}

function objectIn(value: unknown): Claims {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Claims;
  throw new Error('its claim of rights is not an object');
}

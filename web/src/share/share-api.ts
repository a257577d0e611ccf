// Who may do what in a document, as the server says it, and changing it. Each change is answered with the new state.

import type { GivenRole } from '@weft/element/ui/role-words';
import type { Role } from '@weft/protocol';
import { pathOf, readRole } from '../document/documents-api.js';
import { ask, isObject, notUnderstood, tell, textOr } from '../shell/api.js';

export interface SharedWith {
  /** How the server is told whom one means: a person's id, or the address somebody was added by. */
  readonly who: { readonly person: string } | { readonly email: string };
  /** Null for somebody who was added by email. */
  readonly name: string | null;
  readonly email: string | null;
  readonly role: Role;
}

export interface ShareLink {
  readonly id: string;
  readonly role: Role;
  readonly label: string;
  readonly createdAtMs: number;
  /** Null: until it is revoked. */
  readonly expiresAtMs: number | null;
}

export interface AccessRequest {
  readonly person: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly atMs: number;
}

export interface Sharing {
  readonly people: readonly SharedWith[];
  /** What everybody who is signed in may do; null for nothing. */
  readonly everyone: Role | null;
  readonly links: readonly ShareLink[];
  readonly requests: readonly AccessRequest[];
}

export type ShareCommand =
  | { readonly do: 'grant'; readonly person?: string; readonly email?: string; readonly role: Role }
  | { readonly do: 'remove'; readonly person?: string; readonly email?: string }
  | { readonly do: 'everyone'; readonly role: GivenRole | null }
  | {
      readonly do: 'make-link';
      readonly role: GivenRole;
      readonly label: string;
      readonly expiresAtMs: number | null;
    }
  | { readonly do: 'revoke-link'; readonly id: string }
  | { readonly do: 'decline'; readonly person: string };

export interface Shared {
  readonly sharing: Sharing;
  /** Of a link that was just made: it is said once. */
  readonly secret: string | null;
}

/** @throws Error with a sentence for people */
export async function readSharing(document: string, signal: AbortSignal): Promise<Sharing> {
  return parseSharing(await ask(`/api/v1/access/${pathOf(document)}`, signal));
}

/** @throws Error with a sentence for people */
export async function changeSharing(document: string, command: ShareCommand): Promise<Shared> {
  const body = await tell(`/api/v1/access/${pathOf(document)}`, command);
  return { sharing: parseSharing(body), secret: textOr(body.secret, null) };
}

/** Asks whoever owns the document, if there is one: the answer is the same either way. @throws Error for people */
export async function askForAccess(document: string): Promise<void> {
  await tell(`/api/v1/access-requests/${pathOf(document)}`);
}

export function parseSharing(body: Record<string, unknown>): Sharing {
  const { owner, people, everyone, links, requests } = body;
  if (!Array.isArray(people) || !Array.isArray(links)) throw notUnderstood();
  const owners = isObject(owner) ? [{ ...owner, role: 'owner' }] : [];
  return {
    people: [...owners, ...people].filter(isObject).flatMap(readSharedWith),
    everyone: readRole(everyone),
    links: links.filter(isObject).flatMap(readLink),
    requests: (Array.isArray(requests) ? requests : []).filter(isObject).map((request) => ({
      person: textOr(request.person, ''),
      name: textOr(request.name, null),
      email: textOr(request.email, null),
      atMs: Number(request.atMs) || 0,
    })),
  };
}

function readSharedWith(value: Record<string, unknown>): SharedWith[] {
  const role = readRole(value.role);
  const [person, email] = [textOr(value.person, null), textOr(value.email, null)];
  const who = person ? { person } : email ? { email } : null;
  return role === null || who === null ? [] : [{ who, name: textOr(value.name, null), email, role }];
}

function readLink(value: Record<string, unknown>): ShareLink[] {
  const [id, role] = [textOr(value.id, null), readRole(value.role)];
  if (id === null || role === null) return [];
  const expiresAtMs = typeof value.expiresAtMs === 'number' && value.expiresAtMs > 0 ? value.expiresAtMs : null;
  const createdAtMs = Number(value.createdAtMs) || 0;
  return [{ id, role, label: textOr(value.label, ''), createdAtMs, expiresAtMs }];
}

// A client's presence state made safe to show to others: bounded, an object, its `user` replaced by who the session is.

import { MAX_PRESENCE_BYTES, type Role } from '@weft/protocol';

const MAX_DEPTH = 8;
/** Names of members that mean something to whoever copies an object member by member. */
const treacherousNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export type PresenceState = Readonly<Record<string, unknown>>;

/** What others are told of whom they see. The server says it, whatever a client says. */
export interface PresenceUser {
  /** Opaque id; '' for nobody in particular. */
  readonly person: string;
  readonly name: string;
  /** `#rrggbb` */
  readonly color: string;
  readonly role: Role;
}

/** @returns null for what is no acceptable state: too long, too deep, not an object, not JSON */
export function parsePresenceState(json: string, maxBytes = MAX_PRESENCE_BYTES): PresenceState | null {
  if (Buffer.byteLength(json) > maxBytes || deeperThan(json, MAX_DEPTH)) return null;
  try {
    const state: unknown = JSON.parse(json, (name, value: unknown) => (treacherousNames.has(name) ? undefined : value));
    return typeof state === 'object' && state !== null && !Array.isArray(state) ? (state as PresenceState) : null;
  } catch {
    return null;
  }
}

/** JSON of a state as others will see it. */
export function presenceJson(state: PresenceState, { person, name, color, role }: PresenceUser): string {
  return JSON.stringify({ ...state, user: { person, name, color, role } });
}

/** Counts brackets without parsing; those inside strings only make it stricter. */
function deeperThan(json: string, limit: number): boolean {
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const c = json.charCodeAt(i);
    if (c === 0x5b || c === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (c === 0x5d || c === 0x7d) depth -= 1;
  }
  return false;
}

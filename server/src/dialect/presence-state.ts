// A client's presence state made safe to show to others: bounded, an object, its `user` replaced by who the session is.

import { MAX_PRESENCE_BYTES } from '@weft/protocol';
import type { Person } from '../access/person.js';

const MAX_DEPTH = 8;

export type PresenceState = Readonly<Record<string, unknown>>;

/** @returns null for what is no acceptable state: too long, too deep, not an object, not JSON */
export function parsePresenceState(json: string): PresenceState | null {
  if (Buffer.byteLength(json) > MAX_PRESENCE_BYTES || deeperThan(json, MAX_DEPTH)) return null;
  try {
    const state: unknown = JSON.parse(json);
    return typeof state === 'object' && state !== null && !Array.isArray(state) ? (state as PresenceState) : null;
  } catch {
    return null;
  }
}

/** JSON of a state as others will see it. */
export function presenceJson(state: PresenceState, person: Person): string {
  return JSON.stringify({ ...state, user: person });
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

// What one may do in a document, as one word. A higher role may everything a lower one may; the table is in
// PROTOCOL.md §roles.

/** Rising. */
export const ROLES = ['reader', 'commenter', 'editor', 'owner', 'admin'] as const;

export type Role = (typeof ROLES)[number];

const leastWriter = { content: 'editor', discussion: 'commenter' } as const satisfies Record<string, Role>;

/** Whether a role may write a channel of this kind. */
export function mayWrite(role: Role, kind: keyof typeof leastWriter): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(leastWriter[kind]);
}

/** The number of a role in messages; 0 is none. */
export function roleToWire(role: Role | null): number {
  return role === null ? 0 : ROLES.indexOf(role) + 1;
}

/** The role of a number; null for none, and for a number that is no role's. */
export function roleFromWire(number: number): Role | null {
  return ROLES[number - 1] ?? null;
}

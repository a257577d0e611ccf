// Roles in words, as people say them.

import type { Role } from '@weft/protocol';

/** What can be given to others, the least first. */
export const givenRoles = ['reader', 'commenter', 'editor'] as const satisfies readonly Role[];
export type GivenRole = (typeof givenRoles)[number];

const words: Readonly<Record<Role, string>> = {
  reader: 'Can read',
  commenter: 'Can comment',
  editor: 'Can edit',
  owner: 'Owner',
  admin: 'Runs the server',
};

export const roleWords = (role: Role): string => words[role];

/** Under the title, for those who cannot write the text; null for the others. */
export function readingSentence(role: Role | null): string | null {
  if (role === 'reader') return 'You can read';
  return role === 'commenter' ? 'You can read and comment' : null;
}

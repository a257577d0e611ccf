// Roles in words, as people say them.

import type { Role } from '@weft/protocol';
import * as words from '@weft/words/roles';
import * as saving from '@weft/words/save';

/** What can be given to others, the least first. */
export const givenRoles = ['reader', 'commenter', 'editor'] as const satisfies readonly Role[];
export type GivenRole = (typeof givenRoles)[number];

export const roleWords = (role: Role): string => words.names[role];

/** Under the title, for those who cannot write the text; null for the others. */
export function readingSentence(role: Role | null): string | null {
  if (role === 'reader') return saving.canRead;
  return role === 'commenter' ? saving.canComment : null;
}

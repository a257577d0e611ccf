// Access of a server with nothing configured: everybody may write everything. Guests are known, so that what they write is
// theirs; everybody else is one person, nobody.

import type { Access } from './access.js';
import { unauthorized } from './access-errors.js';
import type { Guests } from './guests.js';
import { NOBODY } from './identity.js';

export function openAccess(guests: Guests): Access {
  return {
    isOpen: true,
    async identify({ guest }) {
      if (guest === '') return NOBODY;
      const identity = await guests.read(guest);
      if (identity === null) throw unauthorized();
      return identity;
    },
    watch: async () => ({ role: 'editor', end: () => undefined }),
    isSame: (personA, personB) => personA === personB,
    mayCreate: () => true,
    onRevoked: () => () => undefined,
  };
}

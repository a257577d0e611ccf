// Access of a server with nothing configured: everybody may write everything. Guests are known, so that what they write is
// theirs; everybody else is one person, nobody.

import type { Access, Watch } from './access.js';
import { unauthorized } from './access-errors.js';
import type { Guests } from './guests.js';
import { type Identity, NOBODY } from './identity.js';
import { isSecret } from './secrets.js';
import { type TicketDesk, Tickets } from './tickets.js';

const EDITOR: Watch = { role: 'editor', end: () => undefined };
const NO_ONE: Watch = { role: null, end: () => undefined };

/** A token says nothing here, for nobody has said whose would count. Tickets count: they take a guest along. */
export function openAccess(guests: Guests, tickets: TicketDesk = new Tickets()): Access {
  return {
    isOpen: true,
    async identify({ token, guest }) {
      let identity: Identity | null = NOBODY;
      if (isSecret('wt', token)) identity = await tickets.redeem(token);
      else if (guest !== '') identity = await guests.read(guest);
      if (identity === null) throw unauthorized();
      return identity;
    },
    watch: async ({ scope }, document) => (scope === null || scope.document === document ? EDITOR : NO_ONE),
    isSame: (personA, personB) => personA === personB,
    mayCreate: () => true,
    onRevoked: () => () => undefined,
  };
}

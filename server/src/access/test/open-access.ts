// Access of an open server over a store of its own, for tests.

import type { Guests } from '../guests.js';
import { OpenAccess } from '../open-access.js';
import { Sharings } from '../sharings.js';
import { type TicketDesk, Tickets } from '../tickets.js';
import { TestRecords } from './access-harness.js';

export function openAccess(guests: Guests, tickets: TicketDesk = new Tickets()): OpenAccess {
  const sharings: Sharings = new Sharings(
    new TestRecords(),
    async () => true,
    (document, sharing) => access.sharingChanged(document, sharing),
    (document) => access.isWatched(document),
  );
  const access: OpenAccess = new OpenAccess({ guests, tickets, sharings, now: Date.now });
  return access;
}

// Access of a server with nothing configured: everybody may write everything that is not in the trash. Guests are known, so that
// what they write is theirs; everybody else is one person, nobody.

import type { DocumentName, Role } from '@weft/protocol';
import type { Access, Credentials, Watch } from './access.js';
import { unauthorized } from './access-errors.js';
import { NO_ROLE, unlessTrashed } from './effective-role.js';
import type { Guests } from './guests.js';
import { type Identity, NOBODY } from './identity.js';
import { isSecret } from './secrets.js';
import type { Sharing } from './sharing-record.js';
import type { Sharings } from './sharings.js';
import type { TicketDesk } from './tickets.js';
import { Watches } from './watches.js';

export interface OpenAccessParts {
  readonly guests: Guests;
  readonly tickets: TicketDesk;
  readonly sharings: Sharings;
  readonly now: () => number;
}

export class OpenAccess implements Access {
  readonly isOpen = true;
  readonly #parts: OpenAccessParts;
  readonly #watches: Watches;

  constructor(parts: OpenAccessParts) {
    this.#parts = parts;
    this.#watches = new Watches({
      now: parts.now,
      judge: ({ identity: { scope }, document }, sharing) =>
        scope === null || scope.document === document
          ? unlessTrashed(sharing, { ...NO_ROLE, role: 'editor' })
          : NO_ROLE,
    });
  }

  /** A token says nothing here, for nobody has said whose would count. Tickets count: they take a guest along. */
  async identify({ token, guest }: Credentials): Promise<Identity> {
    const { guests, tickets } = this.#parts;
    let identity: Identity | null = NOBODY;
    if (isSecret('wt', token)) identity = await tickets.redeem(token);
    else if (guest !== '') identity = await guests.read(guest);
    if (identity === null) throw unauthorized();
    return identity;
  }

  watch(
    identity: Identity,
    document: DocumentName,
    _link: string,
    changed: (role: Role | null, reason: string) => void,
  ): Promise<Watch> {
    const { sharings } = this.#parts;
    return this.#watches.start({ identity, document, linkHash: null, exists: true, changed }, () =>
      sharings.read(document),
    );
  }

  isSame(personA: string, personB: string): boolean {
    return personA === personB;
  }

  mayCreate(): boolean {
    return true;
  }

  onRevoked(): () => void {
    return () => undefined;
  }

  sharingChanged(document: DocumentName, sharing: Sharing): void {
    this.#watches.sharingChanged(document, sharing);
  }

  isWatched(document: DocumentName): boolean {
    return this.#watches.has(document);
  }

  get watchedDocuments(): Iterable<DocumentName> {
    return this.#watches.documents;
  }

  get watched(): number {
    return this.#watches.size;
  }

  close(): void {
    this.#watches.close();
  }
}

// Access where a configuration says who may come in. Who somebody is comes from one of four proofs (the host's token, a
// ticket, the admin token, a guest identity), what they may do from one function, and both end when they are revoked.

import type { DocumentName, Role } from '@weft/protocol';
import type { AccessSettings } from '../access-settings.js';
import type { Access, Credentials, Watch } from './access.js';
import { unauthorized } from './access-errors.js';
import type { AdminToken } from './admin-token.js';
import type { Aliases, Joined } from './aliases.js';
import type { Audit } from './audit.js';
import { type Answer, defaultRole, effectiveRole, NO_ROLE, type Question } from './effective-role.js';
import type { Guests } from './guests.js';
import { type Identity, isAdmin, NOBODY } from './identity.js';
import type { Refusals } from './refusals.js';
import type { RevocationListener, Revocations } from './revocations.js';
import { isAtLeast, roleByToken } from './role-patterns.js';
import { hashSecret, isSecret } from './secrets.js';
import type { Sharing } from './sharing-record.js';
import type { Sharings } from './sharings.js';
import type { TicketDesk } from './tickets.js';
import type { Tokens } from './tokens.js';
import { Watches } from './watches.js';

export interface ConfiguredAccessParts {
  readonly settings: AccessSettings;
  readonly tokens: Tokens;
  readonly guests: Guests;
  readonly tickets: TicketDesk;
  readonly adminToken: AdminToken;
  readonly aliases: Aliases;
  readonly revocations: Revocations;
  readonly sharings: Sharings;
  readonly refusals: Refusals;
  readonly audit: Audit;
  readonly documentExists: (document: DocumentName) => Promise<boolean>;
  readonly now: () => number;
}

const SIGNED_IN = 'You are signed in now.';

export class ConfiguredAccess implements Access {
  readonly isOpen = false;
  readonly #parts: ConfiguredAccessParts;
  readonly #watches: Watches;
  readonly #revokedListeners = new Set<RevocationListener>();
  readonly #unsubscribe: () => void;

  constructor(parts: ConfiguredAccessParts) {
    this.#parts = parts;
    this.#watches = new Watches({
      now: parts.now,
      judge: (watched, sharing) => this.#judge({ ...watched, sharing, nowMs: parts.now() }),
    });
    this.#unsubscribe = parts.revocations.subscribe((isHit, reason) => {
      // Whose sign-in has ended is told that, and not that the documents are not theirs: pages would drop what they keep of them.
      for (const listener of this.#revokedListeners) listener(isHit, reason);
      this.#watches.judgeAgain(isHit, reason);
    });
  }

  async identify(credentials: Credentials): Promise<Identity> {
    try {
      const identity = await this.#identify(credentials);
      if (this.#isOver(identity)) fail('what was shown was revoked');
      return identity;
    } catch (cause) {
      const { address } = credentials;
      this.#parts.refusals.note((cause as Error).message, address === undefined ? {} : { address });
      throw unauthorized();
    }
  }

  async watch(
    identity: Identity,
    document: DocumentName,
    link: string,
    changed: (role: Role | null, reason: string) => void,
  ): Promise<Watch> {
    const { settings, sharings, documentExists } = this.#parts;
    const linkHash = isSecret('wl', link) ? hashSecret(link) : (identity.scope?.linkHash ?? null);
    // Only those whom the defaults let into every document cause a look whether there is one: for nobody else it is to be told.
    const exists = defaultRole(identity, settings) !== null && (await documentExists(document));
    return this.#watches.start({ identity, document, linkHash, exists, changed }, () => sharings.read(document));
  }

  isSame(personA: string, personB: string): boolean {
    return this.#parts.aliases.isSame(personA, personB);
  }

  mayCreate(identity: Identity, name: DocumentName | null): boolean {
    const { settings } = this.#parts;
    if (identity.scope !== null || this.#isOver(identity)) return false;
    if (name !== null) return identity.kind === 'admin' || isAtLeast(roleByToken(identity.roles, name), 'editor');
    switch (settings.create) {
      case 'nobody':
        return false;
      case 'admin':
        return isAdmin(identity);
      case 'signed-in':
        return identity.kind === 'user' || identity.kind === 'admin';
      case 'anyone':
        // What nobody makes would be nobody's, and nobody could open it.
        return identity.kind !== 'nobody';
    }
  }

  onRevoked(listener: RevocationListener): () => void {
    this.#revokedListeners.add(listener);
    return () => this.#revokedListeners.delete(listener);
  }

  isOwner = (identity: Identity, document: DocumentName, sharing: Sharing): boolean =>
    isAtLeast(this.#judgeByName(identity, document, sharing).role, 'owner');

  /** Whether somebody moves it to the trash and out of it: its owner, wherever it is. */
  mayTrash = (identity: Identity, document: DocumentName, sharing: Sharing): boolean => {
    const { role, trashedRole } = this.#judgeByName(identity, document, sharing);
    return isAtLeast(role ?? trashedRole, 'owner');
  };

  /** The sharing of a document has changed, and is on disk. */
  sharingChanged(document: DocumentName, sharing: Sharing): void {
    this.#watches.sharingChanged(document, sharing);
  }

  isWatched(document: DocumentName): boolean {
    return this.#watches.has(document);
  }

  get watchedDocuments(): Iterable<DocumentName> {
    return this.#watches.documents;
  }

  /** A guest has become somebody: whoever else has the guest's identity is not let in with it any more, nor left in. They may be somebody else. */
  joined({ guest, person }: Joined): void {
    this.#parts.revocations.announce((other) => other.person === guest, SIGNED_IN);
    this.#watches.judgeAgain((other) => other.person === person, SIGNED_IN);
  }

  close(): void {
    this.#unsubscribe();
    this.#watches.close();
  }

  get watched(): number {
    return this.#watches.size;
  }

  #judgeByName(identity: Identity, document: DocumentName, sharing: Sharing): Answer {
    const nowMs = this.#parts.now();
    return this.#judge({ identity, document, sharing, exists: false, linkHash: null, nowMs });
  }

  #judge(question: Question): Answer {
    const { settings, aliases } = this.#parts;
    return this.#isOver(question.identity)
      ? NO_ROLE
      : effectiveRole(question, { settings, canonical: aliases.canonical });
  }

  #isOver(identity: Identity): boolean {
    const { revocations, adminToken } = this.#parts;
    return identity.kind === 'admin' ? !adminToken.isCurrent(identity) : revocations.covers(identity);
  }

  /** @throws Error saying why not, for those who look after the server */
  async #identify({ token, guest }: Credentials): Promise<Identity> {
    if (token === '') return guest === '' ? NOBODY : this.#identifyGuest(guest);
    const identity = await this.#identifyToken(token);
    if (guest !== '' && identity.kind === 'user') await this.#join(guest, identity);
    return identity;
  }

  async #identifyToken(token: string): Promise<Identity> {
    const { tickets, adminToken, tokens } = this.#parts;
    if (isSecret('wt', token))
      return (await tickets.redeem(token)) ?? fail('the ticket is not known, has ended or was used');
    if (isSecret('wa', token)) return adminToken.read(token) ?? fail('it is not the admin token');
    return tokens.read(token);
  }

  async #identifyGuest(guest: string): Promise<Identity> {
    const { guests, settings, aliases } = this.#parts;
    const identity = await guests.read(guest);
    if (!settings.guests) fail('guests are not let in');
    if (identity === null) fail('the guest identity is not one of ours, or has ended');
    // The browser may have another user by now: what was the guest's is the account's.
    if (aliases.isUsed(identity.person)) fail('the guest has signed in meanwhile');
    return identity;
  }

  /** A guest that cannot be read, or was somebody else's, changes nothing: the token stands by itself. */
  async #join(guest: string, { person }: Identity): Promise<void> {
    const { guests, aliases, revocations, audit } = this.#parts;
    const identity = await guests.read(guest);
    if (identity === null || revocations.covers(identity) || !aliases.join(identity.person, person)) return;
    audit.note({ action: 'guest-became-user', person, detail: { guest: identity.person } });
    this.joined({ guest: identity.person, person });
  }
}

function fail(why: string): never {
  throw new Error(why);
}

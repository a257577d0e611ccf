// Access as a test says it: who a token stands for, and what they may do in which document. A change is told in the same
// turn, as the real one tells it.

import type { DocumentName, Role } from '@weft/protocol';
import type { Access, Credentials, Watch } from '../src/access/access.js';
import { unauthorized } from '../src/access/access-errors.js';
import { type Identity, NOBODY } from '../src/access/identity.js';

type Changed = (role: Role | null, reason: string) => void;

interface Watched {
  readonly person: string;
  readonly document: string;
  readonly changed: Changed;
}

export class FakeAccess implements Access {
  readonly isOpen = false;
  /** Live watches: whoever stops looking has to end them. */
  readonly watches = new Set<Watched>();
  /** How often a role was asked for. */
  asked = 0;
  readonly #identities = new Map<string, Identity>();
  readonly #roles = new Map<string, Role>();
  readonly #revoked = new Set<(isHit: (identity: Identity) => boolean, reason: string) => void>();
  #held: Promise<void> = Promise.resolve();
  #letGo: () => void = () => undefined;

  /** A token that stands for somebody from now on. @returns the token */
  issue(token: string, person: string, more: Partial<Identity> = {}): string {
    this.#identities.set(token, { ...NOBODY, person, kind: 'user', name: person, ...more });
    return token;
  }

  /** From now on `person` has this role in the document; null takes it away. */
  set(document: string, person: string, role: Role | null, reason = 'It was changed.'): void {
    const key = keyOf(document, person);
    if (role === null) this.#roles.delete(key);
    else this.#roles.set(key, role);
    for (const watched of [...this.watches]) {
      if (keyOf(watched.document, watched.person) === key) watched.changed(role, reason);
    }
  }

  revoke(person: string, reason: string): void {
    for (const listener of this.#revoked) listener((identity) => identity.person === person, reason);
  }

  /** Answers no question until `letGo`. */
  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#letGo = resolve;
    });
  }

  letGo(): void {
    this.#letGo();
  }

  async identify({ token }: Credentials): Promise<Identity> {
    await this.#held;
    if (token === '') return NOBODY;
    const identity = this.#identities.get(token);
    if (!identity) throw unauthorized();
    return identity;
  }

  async watch({ person }: Identity, document: DocumentName, _link: string, changed: Changed): Promise<Watch> {
    await this.#held;
    this.asked += 1;
    const watched = { person, document, changed };
    this.watches.add(watched);
    return {
      role: this.#roles.get(keyOf(document, person)) ?? null,
      trashedRole: null,
      end: () => this.watches.delete(watched),
    };
  }

  isSame(personA: string, personB: string): boolean {
    return personA === personB;
  }

  mayCreate(): boolean {
    return false;
  }

  onRevoked(listener: (isHit: (identity: Identity) => boolean, reason: string) => void): () => void {
    this.#revoked.add(listener);
    return () => this.#revoked.delete(listener);
  }
}

const keyOf = (document: string, person: string): string => `${document}\n${person}`;

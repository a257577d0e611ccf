// Who is at this end of a connection: what they call themselves, what shows the server who they are, and whom it takes them
// for. Until it says that, one is who the store is for.

import { type ClientMessage, PROTOCOL_VERSION } from '@weft/protocol';
import type { Identity, Person } from './connection-status.js';
import type { LocalStore } from './local-store.js';
import type { Proofs } from './proofs.js';

const NO_PROOFS: Proofs = { token: '', guest: '' };
/** How the ids of guests begin. */
const GUEST_PREFIX = 'g-';

export interface WhoOptions {
  readonly person: Person;
  readonly client: string;
  readonly store: LocalStore | null;
}

export class Who {
  person: Person;
  readonly #client: string;
  readonly #store: LocalStore | null;
  #identity: Identity | null = null;
  /** Whether the guest that this was is shown to be whom the token says. */
  #showsBoth = false;

  constructor({ person, client, store }: WhoOptions) {
    this.person = person;
    this.#client = client;
    this.#store = store;
  }

  /** The last that the server said; null until it said so. */
  get identity(): Identity | null {
    return this.#identity;
  }

  /** null where it is another's: nobody is shown what is kept for somebody else. */
  get store(): LocalStore | null {
    const store = this.#store;
    return store && (this.#identity?.person ?? store.person) === store.person ? store : null;
  }

  /** @param proofs of a connection that begins with it; what was shown once is not said again */
  hello(proofs?: Proofs): ClientMessage {
    if (proofs) this.#showsBoth = proofs.token !== '' && proofs.guest !== '';
    const { name, color } = this.person;
    return { type: 'Hello', version: PROTOCOL_VERSION, client: this.#client, name, color, ...(proofs ?? NO_PROOFS) };
  }

  /**
   * The server says whom it takes this for.
   * @returns `isNews`: it said something else before, or nothing. `becomes`: somebody else than before; the `same` person under
   *   another id is a guest who has signed in (G7), and nobody else goes on in their name (S2)
   */
  identified({ person, name, color, expiresAtMs }: Identity): {
    readonly isNews: boolean;
    readonly becomes: 'same' | 'another' | null;
  } {
    const before = this.#identity;
    this.#identity = { person, name, color, expiresAtMs };
    const was = before?.person ?? this.#store?.person ?? person;
    const isSame = this.#showsBoth && was.startsWith(GUEST_PREFIX);
    return {
      isNews: JSON.stringify(before) !== JSON.stringify(this.#identity),
      becomes: was === person ? null : isSame ? 'same' : 'another',
    };
  }
}

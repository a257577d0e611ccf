// Who uses this browser: signed in, or a guest with an identity that the server signed and this browser keeps. The proofs
// of it go to the server alone, and never into an address.

import * as words from '@weft/words/sign-in';
import { ask, isObject, notUnderstood, setGuestToken, tell, textOr } from '../shell/api.js';

export interface Me {
  readonly kind: 'user' | 'guest' | 'nobody' | 'admin';
  readonly person: string;
  /** Null: what this browser says. */
  readonly name: string | null;
  readonly color: string | null;
  readonly email: string | null;
  readonly mayCreate: boolean;
  /** Whoever reaches the server may read and write everything. */
  readonly isOpen: boolean;
  /** Null where nobody can sign in. */
  readonly signInUrl: string | null;
}

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>;

const guestKey = 'weft.guest';
const whoseKey = 'weft.whose';
/** A page is not kept waiting for longer to learn who it is for. */
const PATIENCE_MS = 4_000;

export class Session {
  readonly #storage: Storage;
  #me: Me | null = null;
  /** Who this is was learnt, and no connection made since. */
  #isFresh = false;
  #hasEnded = false;
  #guest: string;
  #whose: string | null;
  #wasGuest: string | null = null;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#guest = read(storage, guestKey) ?? '';
    this.#whose = read(storage, whoseKey);
    setGuestToken(this.#guest);
  }

  /** Null until the server has said it. */
  get me(): Me | null {
    return this.#me;
  }

  /** The signed guest identity, also of somebody who has signed in since: shown once more, it stays theirs (G7). */
  get guest(): string {
    return this.#guest;
  }

  /** Whose this browser is, as the server said last; null when it never did. What is kept here belongs to them. */
  get whose(): string | null {
    return this.#whose;
  }

  /** The guest that whoever is signed in has been until now, here; null without one. */
  get wasGuest(): string | null {
    return this.#wasGuest;
  }

  get isSignedIn(): boolean {
    return this.#me !== null && isSignedIn(this.#me);
  }

  /** Asks who this is; a browser without an identity gets one, where guests are let in. @throws Error for people */
  async load(): Promise<Me> {
    const me = await askWho();
    this.#me = me;
    this.#isFresh = true;
    // Also in place of an identity that the server does not know any more.
    if (me.kind === 'nobody') this.#me = (await this.#becomeGuest(me)) ?? me;
    const before = this.#whose;
    if (this.isSignedIn && this.#guest !== '' && before?.startsWith('g-')) this.#wasGuest = before;
    this.#keepWhose(this.#me.person);
    return this.#me;
  }

  /** Somebody was signed in, and is not any more, though they did not ask for it. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether who this was still is. @throws Error for people */
  async askAgain(): Promise<void> {
    const wasSignedIn = this.isSignedIn;
    const me = await askWho();
    this.#hasEnded = wasSignedIn && !isSignedIn(me);
    // Nobody goes on as a guest without having been asked: what is unsaved would be somebody else's.
    if (!this.#hasEnded) this.#me = me.kind === 'nobody' && this.#guest !== '' ? { ...me, kind: 'guest' } : me;
  }

  /** What a connection shows: a ticket of whoever is signed in, nothing for a guest. @throws Error for people */
  async ticket(): Promise<string> {
    // The page that asked a moment ago need not ask again; a later connection is there because something has ended.
    if (!this.#isFresh) {
      await this.askAgain();
      if (this.#hasEnded) throw new Error(words.hasEnded);
    }
    this.#isFresh = false;
    if (!this.isSignedIn) return '';
    const { ticket } = await tell('/api/v1/tickets');
    if (typeof ticket !== 'string') throw notUnderstood();
    return ticket;
  }

  /** The server knows by now that the guest was this person. */
  guestIsKnownAs(person: string): void {
    if (this.#guest === '' || !person.startsWith('u-')) return;
    this.#keep('');
  }

  async signOut(): Promise<void> {
    await tell('/auth/sign-out');
    this.#me = null;
    this.#keepWhose(null);
  }

  /** A server that lets no guests in says so, and then one is nobody. */
  async #becomeGuest(me: Me): Promise<Me | null> {
    const { guest, person } = await tell('/api/v1/guests').catch(() => ({ guest: '', person: '' }));
    if (typeof guest === 'string') this.#keep(guest);
    return this.#guest === '' ? null : { ...me, kind: 'guest', person: textOr(person, '') };
  }

  #keep(guest: string): void {
    this.#guest = guest;
    setGuestToken(guest);
    write(this.#storage, guestKey, guest === '' ? null : guest);
  }

  #keepWhose(person: string | null): void {
    this.#whose = person;
    write(this.#storage, whoseKey, person);
  }
}

function read(storage: Storage, key: string): string | null {
  try {
    return storage.getItem(key);
  } catch {
    return null;
  }
}

/** In a browser that keeps nothing it holds for as long as the tab lasts. */
function write(storage: Storage, key: string, value: string | null): void {
  try {
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, value);
  } catch {
    // Nothing is to be done about it.
  }
}

const isSignedIn = ({ kind }: Me): boolean => kind === 'user' || kind === 'admin';

const askWho = async (): Promise<Me> => readMe(await ask('/api/v1/me', AbortSignal.timeout(PATIENCE_MS)));

const kinds = ['user', 'guest', 'nobody', 'admin'] as const;

function readMe(body: Record<string, unknown>): Me {
  const kind = kinds.find((known) => known === body.kind);
  if (!isObject(body) || kind === undefined) throw notUnderstood();
  return {
    kind,
    person: textOr(body.person, ''),
    name: textOr(body.name, null),
    color: textOr(body.color, null),
    email: textOr(body.email, null),
    mayCreate: body.mayCreate === true,
    isOpen: body.isOpen === true,
    signInUrl: textOr(body.signInUrl, null),
  };
}

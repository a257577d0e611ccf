// Guests: people without an account, known by an identity that this server has signed and their browser keeps. It says
// nothing but "the same as before", holds for long, and can be made anew before it ends.

import { randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { type Identity, NOBODY } from './identity.js';

export const GUEST_KEY_BYTES = 32;
/** How long a guest identity holds. */
export const GUEST_LIFETIME_MS = 400 * 24 * 60 * 60 * 1000;

const MAX_GUEST_CHARACTERS = 1024;
/** Told apart from every other token, should one ever be signed with the same key. */
const TYPE = 'weft-guest+jwt';
const ALGORITHM = 'HS256';
const guestPerson = /^g-[\w-]{22}$/;

export interface SignedGuest {
  readonly person: string;
  /** What the browser keeps and shows. */
  readonly guest: string;
  readonly expiresAtMs: number;
}

export class Guests {
  readonly #key: Uint8Array;
  readonly #now: () => number;

  /** @param key `GUEST_KEY_BYTES` secret bytes; with other ones every guest is somebody new */
  constructor(key: Uint8Array, now: () => number = Date.now) {
    this.#key = key;
    this.#now = now;
  }

  /** A guest that nobody was before. Nothing is stored. */
  make(): Promise<SignedGuest> {
    return this.sign(`g-${randomBytes(16).toString('base64url')}`);
  }

  /** The same guest for as long again. */
  async sign(person: string): Promise<SignedGuest> {
    const seconds = Math.floor(this.#now() / 1000);
    const expires = seconds + GUEST_LIFETIME_MS / 1000;
    const guest = await new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
      .setSubject(person)
      .setIssuedAt(seconds)
      .setExpirationTime(expires)
      .sign(this.#key);
    return { person, guest, expiresAtMs: expires * 1000 };
  }

  /** @returns null when it is not one of ours, or has ended */
  async read(guest: string): Promise<Identity | null> {
    if (guest.length > MAX_GUEST_CHARACTERS) return null;
    try {
      const { payload } = await jwtVerify(guest, this.#key, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        requiredClaims: ['sub', 'iat', 'exp'],
        currentDate: new Date(this.#now()),
      });
      const { sub = '', iat = 0, exp = 0 } = payload;
      if (!guestPerson.test(sub)) return null;
      return { ...NOBODY, person: sub, kind: 'guest', issuedAtMs: iat * 1000, expiresAtMs: exp * 1000 };
    } catch {
      return null;
    }
  }
}

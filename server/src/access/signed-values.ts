// Values that a browser keeps for us: signed, with an end, and each good for one purpose alone. Whoever has them can read
// them, and so they hold nothing that their owner may not know.

import { randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';

const ALGORITHM = 'HS256';
/** What a browser takes as one cookie, its name included, is 4096. */
const MAX_CHARACTERS = 3800;

export interface SignedValue {
  /** 22 characters by chance: by which it can be taken back. */
  readonly id: string;
  readonly content: unknown;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

export class SignedValues {
  readonly #key: Uint8Array;
  readonly #type: string;
  readonly #now: () => number;

  /**
   * @param key      32 bytes that never leave the server
   * @param purpose  told apart from every other value that is signed with the same key
   */
  constructor(key: Uint8Array, purpose: string, now: () => number = Date.now) {
    this.#key = key;
    this.#type = `weft-${purpose}+jwt`;
    this.#now = now;
  }

  /**
   * @param content      something JSON can say
   * @returns null when it is more than a browser keeps
   */
  async sign(content: unknown, expiresAtMs: number): Promise<string | null> {
    const value = await new SignJWT({ content })
      .setProtectedHeader({ alg: ALGORITHM, typ: this.#type })
      .setJti(randomBytes(16).toString('base64url'))
      .setIssuedAt(Math.floor(this.#now() / 1000))
      .setExpirationTime(Math.floor(expiresAtMs / 1000))
      .sign(this.#key);
    return value.length > MAX_CHARACTERS ? null : value;
  }

  /** Null for whatever was not signed here for this purpose, or is over. */
  async read(value: string): Promise<SignedValue | null> {
    if (value.length > MAX_CHARACTERS) return null;
    try {
      const { payload } = await jwtVerify(value, this.#key, {
        algorithms: [ALGORITHM],
        typ: this.#type,
        requiredClaims: ['jti', 'iat', 'exp'],
        currentDate: new Date(this.#now()),
      });
      const { jti = '', iat = 0, exp = 0, content } = payload;
      return { id: jti, content, issuedAtMs: iat * 1000, expiresAtMs: exp * 1000 };
    } catch {
      return null;
    }
  }
}

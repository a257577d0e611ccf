// Secrets that this server makes: 256 random bits behind a word that says what they are for. Only their hashes are kept.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A ticket, the admin token, a share link. */
export type SecretKind = 'wt' | 'wa' | 'wl';

const SECRET_BYTES = 32;

export const makeSecret = (kind: SecretKind): string => `${kind}_${randomBytes(SECRET_BYTES).toString('base64url')}`;

/** Whether a text is written as such a secret is, whoever made it. */
export const isSecret = (kind: SecretKind, text: string): boolean =>
  text.length === 46 && text.startsWith(`${kind}_`) && /^[\w-]+$/.test(text);

/** 256 random bits need no salt, and no slow hash. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** In a time that says nothing about where they differ. */
export function areEqualHashes(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

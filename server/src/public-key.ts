// Public keys that tokens are checked with. Each has one algorithm, which follows from the key and from nothing a token says.

import { createPublicKey, type KeyObject } from 'node:crypto';

/** Signatures that a token may have. A host's own secret, or one of its key pairs. */
export const ALGORITHMS = ['HS256', 'RS256', 'ES256', 'EdDSA'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

const MIN_RSA_BITS = 2048;

/**
 * @param content PEM (a key or a certificate), or a JWK
 * @throws Error with a sentence that goes on after the place of the key
 */
export function readPublicKey(content: string): { readonly algorithm: Algorithm; readonly key: KeyObject } {
  if (/PRIVATE KEY/.test(content) || /"d"\s*:/.test(content)) {
    throw new Error('It is a private key: that stays with whoever makes the tokens. Give the public one.');
  }
  const key = parse(content);
  return { algorithm: algorithmOf(key), key };
}

function parse(content: string): KeyObject {
  try {
    return content.trimStart().startsWith('{')
      ? createPublicKey({ key: JSON.parse(content), format: 'jwk' })
      : createPublicKey(content);
  } catch {
    throw new Error('It is no public key in PEM or JWK.');
  }
}

function algorithmOf(key: KeyObject): Algorithm {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return 'ES256';
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= MIN_RSA_BITS) return 'RS256';
  throw new Error(`It has to be a key of Ed25519, of P-256, or of RSA with ${MIN_RSA_BITS} bits or more.`);
}

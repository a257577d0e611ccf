// Keys for tests, as if they came from a file. Node 20 now and then stops for good when a key is exported that is still the one
// its generator made: the export holds a lock while the garbage collector frees the generator, which wants the same one.

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

export type KeyKind = 'rsa' | 'short-rsa' | 'ec' | 'ed25519';

const spki = { type: 'spki', format: 'pem' } as const;
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;

const rsa = (modulusLength: number) =>
  generateKeyPairSync('rsa', { modulusLength, publicKeyEncoding: spki, privateKeyEncoding: pkcs8 });

const generators: Readonly<Record<KeyKind, () => { readonly publicKey: string; readonly privateKey: string }>> = {
  rsa: () => rsa(2048),
  'short-rsa': () => rsa(1024),
  ec: () => generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding: spki, privateKeyEncoding: pkcs8 }),
  ed25519: () => generateKeyPairSync('ed25519', { publicKeyEncoding: spki, privateKeyEncoding: pkcs8 }),
};

export function makeKeyPair(kind: KeyKind): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  const { publicKey, privateKey } = generators[kind]();
  return { publicKey: createPublicKey(publicKey), privateKey: createPrivateKey(privateKey) };
}

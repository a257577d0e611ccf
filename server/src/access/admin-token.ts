// The admin token: one at a time, made by the server and shown once; its hash is kept in the store. Whoever holds it may
// everything.

import type { RecordStore } from '../log/document-log.js';
import { type Identity, NOBODY } from './identity.js';
import { areEqualHashes, hashSecret, isSecret, makeSecret } from './secrets.js';

const KEY = 'admin-token';

type Replaced = (isHit: (identity: Identity) => boolean, reason: string) => void;

/** @returns the new token, once its hash is on disk; the one before holds no longer where the store is opened next */
export async function replaceAdminToken(records: RecordStore): Promise<string> {
  const token = makeSecret('wa');
  await records.write([{ table: 'setting', key: KEY, value: new TextEncoder().encode(hashSecret(token)) }]);
  return token;
}

export class AdminToken {
  readonly #records: RecordStore;
  readonly #replaced: Replaced;
  #hash: string | null;

  private constructor(records: RecordStore, replaced: Replaced, hash: string | null) {
    this.#records = records;
    this.#replaced = replaced;
    this.#hash = hash;
  }

  /** @param replaced hears whose token ended with a new one */
  static async load(records: RecordStore, replaced: Replaced): Promise<AdminToken> {
    const value = await records.get('setting', KEY);
    return new AdminToken(records, replaced, value && new TextDecoder().decode(value));
  }

  get exists(): boolean {
    return this.#hash !== null;
  }

  /** Makes a new one, once it is on disk; those who came with the one before are sent out. */
  async replace(): Promise<string> {
    const token = await replaceAdminToken(this.#records);
    this.#setHash(hashSecret(token));
    return token;
  }

  /** Makes the first one. @returns null when there is one, perhaps since another server made it */
  async makeFirst(): Promise<string | null> {
    if (this.exists) return null;
    const token = makeSecret('wa');
    const record = { table: 'setting', key: KEY } as const;
    const value = new TextEncoder().encode(hashSecret(token));
    const isFirst = await this.#records.writeIf([{ ...record, value: null }], [{ ...record, value }]);
    if (isFirst) this.#setHash(hashSecret(token));
    else await this.written();
    return isFirst ? token : null;
  }

  /** Another server made a new one, or this one did. */
  async written(): Promise<void> {
    const value = await this.#records.get('setting', KEY);
    if (value !== null) this.#setHash(new TextDecoder().decode(value));
  }

  #setHash(hash: string): void {
    if (hash === this.#hash) return;
    this.#hash = hash;
    this.#replaced(
      (identity) => identity.kind === 'admin' && !this.isCurrent(identity),
      'There is a new admin token, and yours has ended.',
    );
  }

  /** @returns null when it is another one, or none */
  read(token: string): Identity | null {
    if (!isSecret('wa', token) || this.#hash === null) return null;
    const hash = hashSecret(token);
    if (!areEqualHashes(hash, this.#hash)) return null;
    return { ...NOBODY, person: 'admin', kind: 'admin', name: 'Admin', tokenId: this.#tokenId(hash) };
  }

  /** Whether who came with an admin token came with this one. */
  isCurrent({ tokenId }: Identity): boolean {
    return this.#hash !== null && tokenId === this.#tokenId(this.#hash);
  }

  #tokenId(hash: string): string {
    return `a-${hash.slice(0, 22)}`;
  }
}

// What was shown and counts no longer: one token by its id, or everything a person was given until now. Each is remembered for
// as long as such a token can hold, and holds from the moment it is asked for, before it is on disk.

import type { RecordStore } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';
import { allRecords, isUnreadable } from './all-records.js';
import type { Identity } from './identity.js';

export type Target = { readonly person: string } | { readonly tokenId: string };

interface Revocation {
  readonly atMs: number;
  readonly untilMs: number;
}

/** Listeners hear whom it concerns, and in a sentence why. */
export type RevocationListener = (isHit: (identity: Identity) => boolean, reason: string) => void;

export interface RevocationOptions {
  readonly records: RecordStore;
  /** How long a token can hold at most. */
  readonly longestMs: number;
  /** The one id of somebody who has several. */
  readonly canonical: (person: string) => string;
  readonly now: () => number;
}

const REVOKED = 'Your sign-in was ended. Your unsaved text is kept on this page; sign in again to go on.';

const keyOf = (target: Target): string => ('person' in target ? `person ${target.person}` : `token ${target.tokenId}`);

export class Revocations {
  readonly #options: RevocationOptions;
  readonly #revoked = new Map<string, Revocation>();
  readonly #listeners = new Set<RevocationListener>();

  private constructor(options: RevocationOptions) {
    this.#options = options;
  }

  static async load(options: RevocationOptions): Promise<Revocations> {
    const revocations = new Revocations(options);
    for await (const { key, value } of allRecords(options.records, 'revoked')) {
      revocations.#revoked.set(key, readRevocation(key, value));
    }
    return revocations;
  }

  covers(identity: Identity): boolean {
    const { person, tokenId, via, issuedAtMs } = identity;
    const tokenIds = tokenId === null ? via : [...via, tokenId];
    if (tokenIds.some((id) => this.#find({ tokenId: id }) !== null)) return true;
    return [person, this.#options.canonical(person)].some((id) => {
      const revoked = this.#find({ person: id });
      // Tokens know whole seconds: one of the same second may be from before.
      return revoked !== null && issuedAtMs <= revoked.atMs;
    });
  }

  /** Takes effect at once; resolves when it is on disk. What has ended meanwhile is forgotten with it. */
  async revoke(target: Target): Promise<void> {
    const { records, longestMs, now } = this.#options;
    const atMs = now();
    const revocation = { atMs, untilMs: atMs + longestMs };
    const ended = [...this.#revoked].filter(([, { untilMs }]) => untilMs <= atMs);
    for (const [key] of ended) this.#revoked.delete(key);
    const key = keyOf(target);
    this.#revoked.set(key, revocation);
    this.announce((identity) => this.covers(identity), REVOKED);
    await records.write([{ table: 'revoked', key, value: encode(revocation) }]);
    const forgotten = ended.filter(([other]) => other !== key);
    if (forgotten.length === 0) return;
    // Where another server has revoked one of them anew meanwhile, they are forgotten another time.
    await records.writeIf(
      forgotten.map(([other, value]) => ({ table: 'revoked', key: other, value: encode(value) })),
      forgotten.map(([other]) => ({ table: 'revoked', key: other, value: null })),
    );
  }

  /**
   * Another server revoked something, or this one did. Of what cannot be read it is known whom it is about: that holds from now on.
   * @param key null: anything may have been
   * @param damaged takes what cannot be read
   */
  async written(key: string | null, damaged: (error: SyncError) => void = () => undefined): Promise<void> {
    const { longestMs, now, records } = this.#options;
    const unreadable = (error: SyncError, key: string): void => {
      damaged(error);
      this.#learn(key, { atMs: now(), untilMs: now() + longestMs });
    };
    /** @returns whether it is news */
    const read = async (key: string, value: () => Promise<Uint8Array | null>): Promise<boolean> => {
      try {
        const found = await value();
        return found !== null && this.#learn(key, readRevocation(key, found));
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        unreadable(error, key);
        return true;
      }
    };
    if (key === null) {
      for await (const { key, value } of allRecords(records, 'revoked', unreadable)) await read(key, async () => value);
    } else if (!(await read(key, () => records.get('revoked', key)))) {
      return;
    }
    this.announce((identity) => this.covers(identity), REVOKED);
  }

  /** Tells those who listen; nothing is remembered. */
  announce(isHit: (identity: Identity) => boolean, reason: string): void {
    for (const listener of this.#listeners) listener(isHit, reason);
  }

  /** @returns ends it */
  subscribe(listener: RevocationListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get size(): number {
    return this.#revoked.size;
  }

  /** One that was made here, and is not on disk yet, may be newer than what is. @returns whether it is news */
  #learn(key: string, revocation: Revocation): boolean {
    const known = this.#revoked.get(key);
    if (known !== undefined && known.atMs >= revocation.atMs) return false;
    this.#revoked.set(key, revocation);
    return true;
  }

  #find(target: Target): Revocation | null {
    const found = this.#revoked.get(keyOf(target));
    return found !== undefined && found.untilMs > this.#options.now() ? found : null;
  }
}

/** @throws SyncError `STORE_UNREADABLE` */
function readRevocation(key: string, value: Uint8Array): Revocation {
  try {
    const { atMs, untilMs } = JSON.parse(new TextDecoder().decode(value)) as Revocation;
    if (Number.isFinite(atMs) && Number.isFinite(untilMs)) return { atMs, untilMs };
  } catch {
    // As one that says something else.
  }
  throw new SyncError(
    'STORE_UNREADABLE',
    `What was revoked of ${key} cannot be read: something else is in its record.`,
  );
}

const encode = (revocation: Revocation): Uint8Array => new TextEncoder().encode(JSON.stringify(revocation));

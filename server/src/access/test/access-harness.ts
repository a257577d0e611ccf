// What tests of access are made of: issuers with keys, tokens made as a host makes them and as an attacker does, a store in
// memory, and a clock.

import type { KeyObject } from 'node:crypto';
import { type DocumentName, parseDocumentName } from '@weft/protocol';
import { SignJWT } from 'jose';
import { makeKeyPair } from '../../../test/key-pair.js';
import type { AccessSettings, ClaimNames, IssuerSettings } from '../../access-settings.js';
import type {
  ListOptions,
  RecordChange,
  RecordStore,
  StoredValue,
  Table,
  WrittenListener,
} from '../../log/document-log.js';
import { SyncError } from '../../sync-error.js';
import type { AuditNote } from '../audit.js';
import { type AccessParts, createAccess } from '../create-access.js';

export const START_MS = 1_800_000_000_000;
export const SECRET = new TextEncoder().encode('a secret of thirty-two bytes, at least');
export const rsa = makeKeyPair('rsa');
export const ec = makeKeyPair('ec');
export const ed = makeKeyPair('ed25519');

const claims: ClaimNames = {
  name: 'name',
  email: 'email',
  emailVerified: 'email_verified',
  color: 'color',
  weft: 'weft',
};

export const hsIssuer: IssuerSettings = {
  issuer: 'https://app',
  audience: ['weft'],
  algorithms: ['HS256'],
  keys: { kind: 'local', keys: [{ kid: null, algorithm: 'HS256', key: SECRET }] },
  claims,
};

export const pairIssuer: IssuerSettings = {
  issuer: 'https://login',
  audience: ['weft', 'intranet'],
  algorithms: ['RS256', 'ES256', 'EdDSA'],
  keys: {
    kind: 'local',
    keys: [
      { kid: 'rsa', algorithm: 'RS256', key: rsa.publicKey },
      { kid: 'ec', algorithm: 'ES256', key: ec.publicKey },
      { kid: 'ed', algorithm: 'EdDSA', key: ed.publicKey },
    ],
  },
  claims,
};

export const closedSettings: AccessSettings = {
  issuers: [hsIssuer, pairIssuer],
  create: 'signed-in',
  defaults: { signedIn: null, guests: null },
  guests: true,
  longestTokenMs: 744 * 3_600_000,
  publicUrl: null,
  oidc: null,
};

export interface MadeToken {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly key?: Uint8Array | KeyObject;
}

/** A token as the first issuer makes them, for an hour; `undefined` among the claims leaves one out. */
export function makeToken({ header = {}, claims = {}, key = SECRET }: MadeToken = {}): Promise<string> {
  const seconds = START_MS / 1000;
  const all = { iss: 'https://app', aud: 'weft', sub: 'ann', iat: seconds, exp: seconds + 3600, ...claims };
  return new SignJWT(all).setProtectedHeader({ alg: 'HS256', ...header }).sign(key);
}

export function nameOf(text: string): DocumentName {
  const parsed = parseDocumentName(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.name;
}

/** A record store in memory; a test may hold its writes back, or have them fail. */
export class TestRecords implements RecordStore {
  readonly tables = new Map<Table, Map<string, Uint8Array>>();
  /** Those there are beside the records. One that is given an owner is there. */
  readonly documents = new Set<string>();
  /** Told of all that is written, as where several servers write. */
  readonly listeners = new Set<WrittenListener>();
  reads = 0;
  /** Their keys: these cannot be read. */
  readonly damaged = new Set<string>();
  /** What the next reads fail with. */
  readonly faults: Error[] = [];
  /** Called before each write; what it throws fails the write. */
  beforeWrite: (changes: readonly RecordChange[]) => void | Promise<void> = () => undefined;

  async get(table: Table, key: string): Promise<Uint8Array | null> {
    this.reads++;
    const fault = this.faults.shift();
    if (fault) throw fault;
    if (this.damaged.has(key)) throw unreadable(key);
    return this.tables.get(table)?.get(key) ?? null;
  }

  async list(table: Table, { after, damaged, limit }: ListOptions = {}): Promise<StoredValue[]> {
    const all = [...(this.tables.get(table) ?? [])].map(([key, value]) => ({ key, value }));
    const listed = all.filter(({ key }) => {
      if (after !== undefined && key <= after) return false;
      if (!this.damaged.has(key)) return true;
      if (!damaged) throw unreadable(key);
      damaged(unreadable(key), key);
      return false;
    });
    return listed.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, limit);
  }

  async write(changes: readonly RecordChange[]): Promise<void> {
    await this.beforeWrite(changes);
    this.#put(changes);
  }

  #put(changes: readonly RecordChange[]): void {
    for (const { table, key, value } of changes) {
      const keys = this.tables.get(table) ?? new Map<string, Uint8Array>();
      this.tables.set(table, keys);
      if (value === null) keys.delete(key);
      else keys.set(key, value);
      for (const listener of this.listeners) void listener({ table, key });
    }
  }

  async writeIf(known: readonly RecordChange[], changes: readonly RecordChange[]): Promise<boolean> {
    const isAsKnown = ({ table, key, value }: RecordChange): boolean => {
      const there = this.tables.get(table)?.get(key) ?? null;
      return there === null || value === null ? there === value : Buffer.compare(there, value) === 0;
    };
    await this.beforeWrite(changes);
    if (!known.every(isAsKnown)) return false;
    this.#put(changes);
    return true;
  }

  onWritten(listener: WrittenListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

const unreadable = (key: string): SyncError => new SyncError('STORE_UNREADABLE', `The record ${key} is damaged.`);

export interface TestAccess extends AccessParts {
  readonly records: TestRecords;
  readonly notes: AuditNote[];
  readonly said: string[];
  readonly documents: Set<string>;
  readonly clock: { nowMs: number };
  /** Opens it again over the same store, as the next start does. */
  reopen(): Promise<TestAccess>;
}

export async function startAccess(
  settings: AccessSettings | null = closedSettings,
  records = new TestRecords(),
  clock = { nowMs: START_MS },
): Promise<TestAccess> {
  const notes: AuditNote[] = [];
  const said: string[] = [];
  const { documents } = records;
  const parts = await createAccess({
    settings,
    records,
    audit: { note: (note) => void notes.push(note) },
    documentExists: async (document) => documents.has(document),
    complain: (sentence) => void said.push(sentence),
    now: () => clock.nowMs,
  });
  const create = parts.sharing.create.bind(parts.sharing);
  parts.sharing.create = async (document, owner) => {
    documents.add(document);
    await create(document, owner);
  };
  const reopen = (): Promise<TestAccess> => startAccess(settings, records, clock);
  return { ...parts, records, notes, said, documents, clock, reopen };
}

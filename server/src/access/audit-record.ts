// One record of the audit log as it lies in the table `audit`: JSON under its number, with the hash of the record before it,
// so that one that was removed or changed is noticed. The table `setting` keeps the number and hash of the last.
// A document is known in it by a hash of its name: what is said about an erased one does not bring its name back (L5).

import { createHash } from 'node:crypto';
import type { DocumentName } from '@weft/protocol';
import type { RecordChange, StoredValue, Table } from '../log/document-log.js';

export const AUDIT_ACTIONS = [
  'let-in',
  'refused',
  'renewed',
  'revoked',
  'kicked',
  'role-changed',
  'link-made',
  'link-revoked',
  'person-granted',
  'person-removed',
  'everyone-changed',
  'ownership-given',
  'guest-became-user',
  'document-created',
  'document-trashed',
  'document-untrashed',
  'document-erased',
  'document-replaced',
  'document-restored',
  'document-imported',
  'version-named',
  'moment-restored',
  'restore-failed',
  'past-trimmed',
  'deleted-erased',
  'past-kept-for',
  'person-forgotten',
  'signed-in',
  'signed-out',
  'admin-token-made',
  /** So many records could not be kept while the storage was in trouble: the detail says how many. */
  'records-lost',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export interface AuditRecord {
  /** 1, 2, 3, … without a gap. */
  readonly n: number;
  readonly timeMs: number;
  readonly action: AuditAction;
  /** Opaque id of who did it; '' for nobody, `admin` for whoever has the admin token or the command line. */
  readonly person: string;
  /** `auditIdOf` its name; null when it is about none. */
  readonly documentId: string | null;
  readonly detail: Readonly<Record<string, string>>;
  /** Of the network, where one is known. */
  readonly address: string | null;
}

/** The end of the log: the number and the hash of the last record. */
export interface AuditEnd {
  readonly n: number;
  readonly hash: string;
}

export const EMPTY_AUDIT: AuditEnd = { n: 0, hash: '' };
/** In the table `setting`. */
export const AUDIT_END_KEY = 'audit-end';

/** What stands for a document: 22 characters, the same for the same name, also after it was erased. */
export const auditIdOf = (document: DocumentName): string =>
  createHash('sha256').update(document).digest('base64url').slice(0, 22);

export const auditKey = (n: number): string => String(n).padStart(16, '0');

/** The record after `end`, to be written together with what comes of it. */
export function sealAuditRecord(record: AuditRecord, end: AuditEnd): { change: RecordChange; end: AuditEnd } {
  const { n, ...rest } = record;
  const value = new TextEncoder().encode(JSON.stringify({ ...rest, before: end.hash }));
  return { change: { table: 'audit', key: auditKey(n), value }, end: { n, hash: hashOf(value) } };
}

export const putAuditEnd = (end: AuditEnd): RecordChange => ({
  table: 'setting',
  key: AUDIT_END_KEY,
  value: new TextEncoder().encode(JSON.stringify(end)),
});

/** The end of a log whose last record is this one. */
export const auditEndOf = ({ key, value }: StoredValue): AuditEnd => ({ n: Number(key), hash: hashOf(value) });

export function readAuditEnd(value: Uint8Array | null): AuditEnd {
  return value === null ? EMPTY_AUDIT : (parse(value) as unknown as AuditEnd);
}

/** @returns null when it is not what is written here */
export function readAuditRecord(key: string, value: Uint8Array): AuditRecord | null {
  try {
    const { before: _, ...rest } = parse(value);
    return { n: Number(key), ...rest } as unknown as AuditRecord;
  } catch {
    return null;
  }
}

/** What `weft verify` finds out about the audit log: it is shown every record of every table, in the order of keys. */
export class AuditCheck {
  #end: AuditEnd = EMPTY_AUDIT;
  /** Of the record before there is no hash to compare with, which was told. */
  #isBroken = false;
  #claimed: AuditEnd | null = null;

  take(table: Table, key: string, value: Uint8Array | null): string | null {
    if (table === 'setting' && key === AUDIT_END_KEY && value !== null) this.#claimed = readAuditEnd(value);
    return table === 'audit' ? this.#takeRecord(Number(key), value) : null;
  }

  finish(): string | null {
    const { n, hash } = this.#claimed ?? EMPTY_AUDIT;
    if (n === this.#end.n && (this.#isBroken || hash === this.#end.hash)) return null;
    if (n <= this.#end.n)
      return `The end of the audit log, record ${this.#end.n}, is not the one that was written last.`;
    return `${recordsInWords(this.#end.n + 1, n)} of the audit log ${this.#end.n + 1 === n ? 'is' : 'are'} missing.`;
  }

  #takeRecord(n: number, value: Uint8Array | null): string | null {
    const { n: last, hash } = this.#end;
    const isFirstGood = this.#isBroken;
    this.#isBroken = value === null;
    this.#end = { n, hash: value === null ? '' : hashOf(value) };
    if (n !== last + 1)
      return `${recordsInWords(last + 1, n - 1)} of the audit log ${last + 2 === n ? 'is' : 'are'} missing.`;
    if (value === null || isFirstGood || beforeOf(value) === hash) return null;
    return `Record ${last} of the audit log, or the one after it, was changed: the one does not follow the other.`;
  }
}

const recordsInWords = (first: number, last: number): string =>
  first === last ? `Record ${first}` : `The records ${first}–${last}`;

const hashOf = (value: Uint8Array): string => createHash('sha256').update(value).digest('base64url');

function beforeOf(value: Uint8Array): unknown {
  try {
    return parse(value).before;
  } catch {
    return null;
  }
}

const parse = (value: Uint8Array): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(value)) as Record<string, unknown>;

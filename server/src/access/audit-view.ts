// The audit log as people read it: with the names of persons, and of the documents that there still are.

import type { DocumentLog } from '../log/document-log.js';
import type { ReadAuditRecords } from './audit.js';
import { type AuditRecord, auditIdOf } from './audit-record.js';
import type { Persons } from './persons.js';

export interface ShownAuditRecord extends AuditRecord {
  /** Null when nobody knows it. */
  readonly name: string | null;
  /** Its name; null when it was erased, or never was, or the record is about none. */
  readonly document: string | null;
}

export interface ShownAudit {
  readonly records: readonly ShownAuditRecord[];
  /** What cannot be read, in sentences. */
  readonly damaged: readonly string[];
}

export async function showAudit(
  { records, damaged }: ReadAuditRecords,
  log: Pick<DocumentLog, 'documents'>,
  persons: Persons,
): Promise<ShownAudit> {
  const isAboutOne = records.some(({ documentId }) => documentId !== null);
  const [people, documents] = await Promise.all([
    persons.lookUp(records.map(({ person }) => person)),
    isAboutOne ? log.documents() : [],
  ]);
  const names = new Map(documents.map(({ name }) => [auditIdOf(name), name]));
  return {
    damaged,
    records: records.map((record) => ({
      ...record,
      name: people.get(record.person)?.name ?? null,
      document: record.documentId === null ? null : (names.get(record.documentId) ?? null),
    })),
  };
}

// The list of documents, whether there is one, and a new one.

import { documentPath, parseDocumentName, ROLES, type Role } from '@weft/protocol';
import * as words from '@weft/words/save';
import { ask, isObject, notUnderstood, ServerRefused, tell, textOr } from '../shell/api.js';

export interface DocumentSummary {
  readonly name: string;
  readonly title: string;
  readonly excerpt: string;
  /** Of the text, without the title; null when the server does not say. */
  readonly characters: number | null;
  /** Null when it is not known. */
  readonly updatedAtMs: number | null;
  /** What one may do there; null when the server does not say. */
  readonly role: Role | null;
}

/** A part of the list, and what to ask for the next with; null at its end. */
export interface DocumentsPage {
  readonly documents: readonly DocumentSummary[];
  readonly next: string | null;
}

/** @param after  `next` of the page before; null for the first @throws Error with a sentence for people */
export async function listDocuments(after: string | null, signal: AbortSignal): Promise<DocumentsPage> {
  const query = after === null ? '' : `?after=${encodeURIComponent(after)}`;
  const { documents, next } = await ask(`/api/v1/documents${query}`, signal);
  if (!Array.isArray(documents)) throw notUnderstood();
  return {
    documents: documents.filter(isObject).map(({ name, title, excerpt, characters, updatedAtMs, role }) => ({
      name: String(name),
      title: textOr(title, '').trim(),
      excerpt: textOr(excerpt, '').trim(),
      characters: typeof characters === 'number' ? characters : null,
      updatedAtMs: Number(updatedAtMs) || 0,
      role: readRole(role),
    })),
    next: textOr(next, null),
  };
}

/** What stands under the title in the list: a short text may all be title, and then there is no more to show. */
export function excerptLine({ excerpt, characters }: DocumentSummary): string | null {
  if (characters === 0) return words.nothingWritten;
  return excerpt || null;
}

/** @param name  null lets the server choose @returns the new document's name @throws Error with a sentence for people */
export async function createDocument(wanted: string | null = null): Promise<string> {
  const { name } = await tell('/api/v1/documents', wanted === null ? {} : { name: wanted });
  if (typeof name !== 'string') throw notUnderstood();
  return name;
}

/** Whether there is a document of this name that one may read. @throws Error with a sentence for people */
export async function documentExists(name: string): Promise<boolean> {
  try {
    await ask(`/api/v1/documents/${pathOf(name)}`);
    return true;
  } catch (error) {
    if (error instanceof ServerRefused && error.status === 404) return false;
    throw error;
  }
}

/** A name as it stands in addresses. */
export function pathOf(name: string): string {
  const parsed = parseDocumentName(name);
  return parsed.ok ? documentPath(parsed.name) : encodeURIComponent(name);
}

export const readRole = (value: unknown): Role | null => ROLES.find((role) => role === value) ?? null;

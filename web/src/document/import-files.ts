// A file that somebody chose or dropped becomes a document: it is read here, and written by the page of the document once
// that is open, like anything else one writes there.

import { limitInWords } from '@weft/element/ui/size-words';
import { fileFormats, formatOfFile, MAX_DOCX_BYTES } from '@weft/model';
import type { SharedDocument } from '@weft/provider';
import * as words from '@weft/words/files';
import type { Incoming } from './convert.js';

/** For the chooser of files. */
export const acceptedFiles = Object.values(fileFormats)
  .flatMap(({ endings }) => endings)
  .join(',');

/** Of a text: more than can be saved at once. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;

export interface ImportedFile {
  readonly fileName: string;
  readonly incoming: Incoming;
}

/** By name of the document they are for: until its page takes them. */
const waiting = new Map<string, ImportedFile>();

/** @throws Error with a sentence */
export async function readImport(file: File): Promise<ImportedFile> {
  const format = formatOfFile(file.name);
  if (format === null) throw new Error(words.whatIsRead);
  const most = format === 'docx' ? MAX_DOCX_BYTES : MAX_TEXT_BYTES;
  if (file.size > most) throw new Error(words.tooLarge(limitInWords(most)));
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { readFile } = await import('./convert.js').catch(() => {
    throw new Error(words.noReader);
  });
  const incoming = await readFile(format, bytes, file.name.replace(/\.[^.]+$/, ''));
  return { fileName: file.name, incoming };
}

export function keepImport(name: string, imported: ImportedFile): void {
  waiting.set(name, imported);
}

/** Writes what waits for the document, once. @returns what was written, to be told; null when nothing waited */
export function placeImport(name: string, doc: SharedDocument['doc']): ImportedFile | null {
  const imported = waiting.get(name) ?? null;
  waiting.delete(name);
  imported?.incoming.write(doc);
  return imported;
}

// A document's content as files of other formats, and files as the content of a new document.

import {
  type ComposedYjs,
  composeYjs,
  documentFromJson,
  type FileFormat,
  type JsonNode,
  readDocumentFile,
  readDocumentJson,
  readYjs,
  writeDocumentFile,
} from '@weft/model';
import type { StateJob } from '../room/room-history.js';
import { loadDocument } from './load-state.js';
import type { MomentHead, ReadableFormat } from './packed-work.js';

export interface RenderedJson {
  /** The one that was given; '' when it is derived from the text. */
  readonly title: string;
  readonly content: JsonNode;
  /** What is not in it, in sentences. */
  readonly warnings: readonly string[];
}

export interface RenderedFile {
  readonly bytes: Uint8Array;
  readonly warnings: readonly string[];
}

/** As `weft export` writes it, and composeJson reads it. */
export function renderJsonFile(job: StateJob, { name, seq, time }: MomentHead): RenderedFile {
  const { title, content, warnings } = renderJson(job);
  const text = `${JSON.stringify({ weft: 1, name, title, seq, time, content }, null, 2)}\n`;
  return { bytes: new TextEncoder().encode(text), warnings };
}

export function renderJson(job: StateJob): RenderedJson {
  const { title, content, others } = readYjs(loadDocument(job));
  const warnings = others.map(
    (name) => `The document also holds "${name}", which is not text of the editor. An export to .weft has it.`,
  );
  return { title, content, warnings };
}

export async function renderFile(format: FileFormat, job: StateJob): Promise<RenderedFile> {
  const { title, content, warnings } = renderJson(job);
  const known = documentFromJson(content);
  const written = await writeDocumentFile(format, known.doc, title);
  return { bytes: written.bytes, warnings: [...warnings, ...known.warnings, ...written.warnings] };
}

/** @throws Error with a sentence */
export async function composeFile(format: ReadableFormat, bytes: Uint8Array<ArrayBuffer>): Promise<ComposedYjs> {
  const { doc, title, warnings } = await readDocumentFile(format, bytes);
  const composed = composeYjs(readDocumentJson(doc.toJSON()), title);
  return { ...composed, warnings: [...warnings, ...composed.warnings] };
}

/** @param text as renderJson's title and content, and maybe more, in one object. @throws Error with a sentence */
export function composeJson(text: string): ComposedYjs {
  const value: unknown = JSON.parse(text);
  const { title, content } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (content === undefined) throw new Error('It has no "content".');
  return composeYjs(readDocumentJson(content), typeof title === 'string' ? title : '');
}

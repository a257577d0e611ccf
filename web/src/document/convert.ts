// Documents from files and files from documents, in this browser. Loaded when somebody asks for one: the page does without.

import { limitInWords } from '@weft/element/ui/size-words';
import {
  composeYjs,
  documentFromJson,
  type FileFormat,
  readDocumentFile,
  readDocumentJson,
  readYjs,
  type WrittenFile,
  writeDocumentFile,
  writeYjs,
} from '@weft/model';
import { MAX_UPDATE_BYTES } from '@weft/protocol';
import type { SharedDocument } from '@weft/provider';
import * as words from '@weft/words/files';

type Doc = SharedDocument['doc'];

/** A file that was read and is to become a document. */
export interface Incoming {
  /** What could not come in, or stands elsewhere, in sentences. */
  readonly warnings: readonly string[];
  /** Into a document that nobody has written in. */
  readonly write: (doc: Doc) => void;
}

/** @param ownTitle  in case there is none in the file @throws Error with a sentence */
export async function readFile(
  format: FileFormat,
  bytes: Uint8Array<ArrayBuffer>,
  ownTitle: string,
): Promise<Incoming> {
  const { doc, title, warnings } = await readDocumentFile(format, bytes).catch((error: Error) => {
    throw new Error(words.notRead(error.message), { cause: error });
  });
  const content = readDocumentJson(doc.toJSON());
  const named = title || ownTitle;
  const composed = composeYjs(content, named);
  if (composed.update.length > MAX_UPDATE_BYTES) {
    throw new Error(words.tooMuch(limitInWords(MAX_UPDATE_BYTES)));
  }
  return { warnings: [...warnings, ...composed.warnings], write: (target) => void writeYjs(target, content, named) };
}

/** The document as it stands, with what no editor here knows as a note. */
export async function fileOf(format: FileFormat, doc: Doc): Promise<WrittenFile> {
  const { content, title } = readYjs(doc);
  const known = documentFromJson(content);
  const { bytes, warnings } = await writeDocumentFile(format, known.doc, title);
  return { bytes, warnings: [...known.warnings, ...warnings] };
}

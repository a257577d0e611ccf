// Documents as the files that people know, in one place: how each is written and how it is read.

import type { Node } from 'prosemirror-model';
import { fromDocx } from './docx/reader.js';
import { toDocx } from './docx/writer.js';
import type { FileFormat } from './file-formats.js';
import { fromHtml } from './html-reader.js';
import { toHtmlPage } from './html-writer.js';
import { fromMarkdown } from './markdown-reader.js';
import { toMarkdown } from './markdown-writer.js';
import { fromPlainText, toPlainText } from './plain-text.js';
import { soundDocument, soundText } from './sound-text.js';

export interface WrittenFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the format could not hold, in sentences. */
  readonly warnings: readonly string[];
}

export interface ReadFile {
  readonly doc: Node;
  /** '' where the file has none. */
  readonly title: string;
  /** What was left out, in sentences. */
  readonly warnings: readonly string[];
}

/** @param title none when empty */
export async function writeDocumentFile(format: FileFormat, doc: Node, title: string): Promise<WrittenFile> {
  switch (format) {
    case 'docx':
      return toDocx(doc, title);
    case 'markdown': {
      const { text, warnings } = toMarkdown(doc, title);
      return { bytes: new TextEncoder().encode(text), warnings };
    }
    case 'html': {
      const { doc: sound, warnings } = soundDocument(doc);
      return { bytes: new TextEncoder().encode(toHtmlPage(sound, title)), warnings };
    }
    case 'text': {
      const { doc: sound, warnings } = soundDocument(doc);
      const text = [...(title === '' ? [] : [soundText(title)]), toPlainText(sound)].join('\n\n');
      return { bytes: new TextEncoder().encode(`${text}\n`), warnings };
    }
  }
}

/** HTML needs a browser. @throws Error with a sentence */
export async function readDocumentFile(format: FileFormat, bytes: Uint8Array<ArrayBuffer>): Promise<ReadFile> {
  const { doc, title, warnings } = await readAsItIs(format, bytes);
  const sound = soundDocument(doc);
  return { doc: sound.doc, title: soundText(title), warnings: [...warnings, ...sound.warnings] };
}

async function readAsItIs(format: FileFormat, bytes: Uint8Array<ArrayBuffer>): Promise<ReadFile> {
  if (format === 'docx') return fromDocx(bytes);
  const text = textOf(bytes);
  switch (format) {
    case 'markdown':
      return fromMarkdown(text);
    case 'text':
      return { doc: fromPlainText(text.replace(/\n$/, '')), title: '', warnings: [] };
    case 'html': {
      const page = new globalThis.DOMParser().parseFromString(text, 'text/html');
      const title = page.title.trim();
      // A page that shows its title says so the way that we and others write it; it is no heading of the text.
      const shown = page.querySelector('h1.title');
      if (title !== '' && shown?.textContent?.trim() === title) shown.remove();
      return { doc: fromHtml('', () => page.body), title, warnings: [] };
    }
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Error('It is no text in UTF-8. Open it in a text editor, and save it as UTF-8.', { cause });
  }
}

// The beginning of a document's text, for lists of documents: its words alone, read from Yjs without a schema, so that a page
// that shows no document need not load what an editor is made of.

import type * as Y from 'yjs';
import type { JsonNode } from './document-json.js';
import { readYjs } from './yjs-content.js';

/** A line for each block that has text, without empty ones; cut where there are `maxLength` UTF-16 units or more. */
export function firstLines(doc: Y.Doc, maxLength: number): string {
  const lines: string[] = [];
  let length = 0;
  const visit = ({ content = [] }: JsonNode): void => {
    if (length >= maxLength) return;
    const line = content.map(wordsOf).join('').trim();
    if (line !== '') {
      lines.push(line);
      length += line.length + 1;
    }
    content.forEach(visit);
  };
  visit(readYjs(doc).content);
  return lines.join('\n').slice(0, maxLength);
}

/** Of what stands in a line; nothing for a block. */
function wordsOf({ type, text, attrs }: JsonNode): string {
  if (text !== undefined) return text;
  if (type === 'hard_break') return ' ';
  if (!type.endsWith('_mention')) return '';
  const name = attrs?.label || attrs?.id;
  return typeof name === 'string' ? (type === 'person_mention' ? '@' : '') + name : '';
}

// The document model. Names and attributes are those of ProseMirror's basic, list and table schemas where they have them,
// so that a stock y-prosemirror client can write in the same document. Content expressions are as permissive as they can
// be: two people's edits merge in Yjs before any schema is asked, and a node the schema refuses would be deleted for
// everyone. What an attribute may be is said by its type; what is out of range is shown as the default (attributes.ts).

import { Schema } from 'prosemirror-model';
import { blockNodes } from './block-nodes.js';
import { inlineNodes } from './inline-nodes.js';
import { markSpecs } from './marks.js';
import { tableNodes } from './table-nodes.js';
import { unknownNodes } from './unknown-nodes.js';

const nodes = {
  // The one `+`: an empty document needs a paragraph to put the caret in. It is filled in, never a reason to refuse.
  doc: { content: 'block+' },
  ...blockNodes,
  ...tableNodes,
  ...inlineNodes,
  ...unknownNodes,
};

/**
 * Counts up when documents may hold what an older editor would harm even though it keeps what it does not know. A document
 * that needs an editor says so in its root map "weft", under "schema"; without it, 1.
 */
export const SCHEMA_VERSION = 1;

export type NodeName = keyof typeof nodes;
export type MarkName = keyof typeof markSpecs;

export const schema = new Schema<NodeName, MarkName>({ nodes, marks: markSpecs });

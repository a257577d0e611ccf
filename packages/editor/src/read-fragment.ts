// Reads a Yjs fragment as ProseMirror nodes without ever writing to it. y-prosemirror deletes, for everyone, what the
// schema refuses; so whatever it is about to read is read here first, and what this editor cannot show stops the binding.

import type { Mark, Node, Schema } from 'prosemirror-model';
import * as Y from 'yjs';

/** Which ProseMirror node (or run of text nodes) stands for which Yjs type; the shape y-prosemirror keeps too. */
export type NodeMapping = Map<Y.XmlFragment | Y.XmlText, Node | Node[]>;

export type FragmentReading =
  | { readonly ok: true; readonly doc: Node; readonly mapping: NodeMapping }
  | { readonly ok: false; readonly reason: string };

/** Content that the schema has no place for. The message is for people. */
class UnsupportedContent extends Error {}

/**
 * @param isKnown  says which elements `known` still describes; those are not read again
 */
export function readFragment(
  fragment: Y.XmlFragment,
  schema: Schema,
  known: NodeMapping = new Map(),
  isKnown: (element: Y.XmlElement) => boolean = () => false,
): FragmentReading {
  const mapping: NodeMapping = new Map();

  const readElement = (element: Y.XmlElement): Node => {
    const before = isKnown(element) ? known.get(element) : undefined;
    if (before && !Array.isArray(before)) return before;
    if (!schema.nodes[element.nodeName]) throw new UnsupportedContent(`“${element.nodeName}”`);
    try {
      const node = schema.node(element.nodeName, element.getAttributes(), element.toArray().flatMap(readChild));
      mapping.set(element, node);
      return node;
    } catch (cause) {
      if (cause instanceof UnsupportedContent) throw cause;
      throw new UnsupportedContent(`a “${element.nodeName}” of a form it does not know`, { cause });
    }
  };

  const readChild = (child: Y.XmlElement | Y.XmlText | Y.XmlHook): Node | Node[] => {
    if (child instanceof Y.XmlText) return readText(child);
    if (child instanceof Y.XmlElement) return readElement(child);
    throw new UnsupportedContent('an embedded object');
  };

  const readText = (text: Y.XmlText): Node[] =>
    text.toDelta().map(({ insert, attributes }: { insert: unknown; attributes?: Record<string, unknown> }) => {
      if (typeof insert !== 'string') throw new UnsupportedContent('an object inside text');
      return schema.text(insert, readMarks(attributes ?? {}));
    });

  const readMarks = (attributes: Record<string, unknown>): Mark[] =>
    Object.entries(attributes).map(([key, attrs]) => {
      // y-prosemirror appends a hash to marks that may overlap themselves.
      const name = key.replace(/--[a-zA-Z0-9+/=]{8}$/, '');
      if (!schema.marks[name]) throw new UnsupportedContent(`“${name}” text`);
      return schema.mark(name, attrs as Record<string, unknown>);
    });

  try {
    const children = fragment.toArray().flatMap((child) => readChild(child as Y.XmlElement));
    const doc = children.length
      ? schema.topNodeType.createChecked(null, children)
      : schema.topNodeType.createAndFill()!;
    mapping.set(fragment, doc);
    return { ok: true, doc, mapping };
  } catch (error) {
    const what = error instanceof UnsupportedContent ? error.message : 'blocks in an order it does not know';
    return { ok: false, reason: `This document holds ${what}, which this version of the editor cannot show.` };
  }
}

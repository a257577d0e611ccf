// A line of grey text in a document that has none yet. It is an attribute for the stylesheet, never content.

import type { Node } from 'prosemirror-model';
import { Plugin } from 'prosemirror-state';
import { Decoration, DecorationSet } from 'prosemirror-view';

export function placeholder(text: string): Plugin {
  return new Plugin({
    props: {
      decorations: ({ doc }) => {
        if (!isBlank(doc)) return null;
        const attributes = { class: 'is-blank', 'data-placeholder': text };
        return DecorationSet.create(doc, [Decoration.node(0, doc.firstChild!.nodeSize, attributes)]);
      },
    },
  });
}

/** Nothing but one empty paragraph. */
function isBlank(doc: Node): boolean {
  const only = doc.childCount === 1 ? doc.firstChild : null;
  return only?.type.name === 'paragraph' && only.content.size === 0;
}

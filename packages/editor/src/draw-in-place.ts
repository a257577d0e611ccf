// Draws a change within blocks in these blocks alone. prosemirror-view goes through every block at the top level at each change,
// which in a long document is most of what a letter costs. It is left to do so whenever blocks come or go, something is drawn
// between them, or text is being composed. Written against parts of it that are not public: the package pins its version.

import type { Node } from 'prosemirror-model';
import { type Decoration, DecorationSet, type EditorView } from 'prosemirror-view';

/** When more blocks than these are others at once, which became which is for prosemirror-view to find out. */
const MOST_CHANGED = 8;
/** Of `Drawn.dirty`: something in it is to be drawn anew, and nothing of its own. */
const CHILD_DIRTY = 1;

/** What prosemirror-view knows of a node that it has drawn. */
interface Drawn {
  /** None of what is drawn between nodes. */
  readonly node?: Node;
  readonly dom: unknown;
  /** In positions. */
  readonly size: number;
  /** 0: what is in the DOM is what was drawn. */
  readonly dirty: number;
  readonly children: readonly Drawn[];
  readonly outerDeco: readonly unknown[];
  readonly innerDeco: Decorations;
  /** @returns false when it has to be made anew */
  update(node: Node, outer: readonly unknown[], inner: Decorations, view: EditorView): boolean;
  updateChildren(view: EditorView, position: number): void;
  posBeforeChild(child: Drawn): number;
}

/** One set of decorations, or several. */
interface Decorations {
  readonly members?: readonly Decorations[];
  find?(): Decoration[];
  /** Those of the node itself, and between its children. */
  locals(node: Node): readonly unknown[];
  forChild(offset: number, node: Node): Decorations;
  eq(other: Decorations): boolean;
}

interface Due {
  readonly index: number;
  readonly position: number;
  readonly inner: Decorations;
}

/** To be called before each update: a view may begin to draw anew. */
export function drawInPlace(view: EditorView): void {
  const root = (view as unknown as { readonly docView?: Drawn }).docView;
  if (!root?.updateChildren || Object.hasOwn(root, 'updateChildren')) return;
  const { updateChildren, posBeforeChild } = root;
  /** Each block asks where it is. */
  let known: { readonly child: Drawn; readonly node: Node | undefined; readonly position: number } | null = null;

  /** Up to where prosemirror-view has come: it goes from the first block to the last, and each asks where it is. */
  let walked: { readonly index: number; readonly child: Drawn | undefined; readonly position: number } | null = null;
  const walkTo = (child: Drawn): number | null => {
    const { children } = root;
    // Blocks before it that have gone since, or come, have moved it.
    let { index, position } = children[walked!.index] === walked!.child ? walked! : { index: 0, position: 0 };
    for (; index < children.length; index++) {
      if (children[index] === child) {
        walked = { index, child, position };
        return position;
      }
      position += children[index]!.size;
    }
    return null;
  };

  const isDrawn = (): boolean => {
    const due = dueBlocks(root, view);
    for (const { index, position, inner } of due ?? []) {
      const child = root.children[index]!;
      const { dom } = child;
      known = { child, node: root.node, position };
      if (!child.update(root.node!.child(index), [], inner, view) || child.dom !== dom) return false;
    }
    return due !== null;
  };
  Object.assign(root, {
    updateChildren: (of: EditorView, position: number): void => {
      if (isDrawn()) return;
      known = null;
      walked = { index: 0, child: root.children[0], position };
      try {
        updateChildren.call(root, of, position);
      } finally {
        walked = null;
      }
    },
    posBeforeChild: (child: Drawn): number => {
      if (known?.child === child && known.node === root.node) return known.position;
      return (walked && walkTo(child)) ?? posBeforeChild.call(root, child);
    },
  });
}

/** The blocks that are not drawn as they are to be; null when that is not all there is to do. */
function dueBlocks(root: Drawn, view: EditorView): Due[] | null {
  const { children, innerDeco } = root;
  const node = root.node!;
  const nodes = node.children;
  if (view.composing || root.dirty > CHILD_DIRTY || children.length !== nodes.length) return null;
  if (innerDeco.locals(node).length > 0) return null;
  const places = (innerDeco.members ?? [innerDeco])
    .flatMap((set) => set.find?.() ?? [])
    .sort((a, b) => a.from - b.from);
  const due: Due[] = [];
  let [position, next, reach, changed] = [0, 0, -1, 0];
  for (let index = 0; index < nodes.length; index++) {
    const [child, block] = [children[index]!, nodes[index]!];
    const end = position + block.nodeSize;
    while (next < places.length && places[next]!.from <= end) reach = Math.max(reach, places[next++]!.to);
    const isChanged = child.node !== block || child.dirty !== 0;
    if (isChanged && (child.node === undefined || ++changed > MOST_CHANGED)) return null;
    if (isChanged || reach >= position || hasDecorations(child)) {
      const inner = innerDeco.forChild(position, block);
      const isSame = !isChanged && child.outerDeco.length === 0 && inner.eq(child.innerDeco);
      if (!isSame) due.push({ index, position, inner });
    }
    position = end;
  }
  return due;
}

const hasDecorations = ({ outerDeco, innerDeco }: Drawn): boolean =>
  outerDeco.length > 0 || (innerDeco as unknown) !== DecorationSet.empty;

// Keeps one view and one Yjs fragment the same. What the view shows and what Yjs holds differ only in a textblock in which
// somebody composes text: what others do to it waits until that has ended, while what is composed is sent all along.

import type { Node, ResolvedPos } from 'prosemirror-model';
import { type EditorState, Selection, TextSelection, type Transaction } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import type * as Y from 'yjs';
import { type Comparison, compare } from './edits.js';
import { HeldUnits } from './held-units.js';
import { type Change, changesIn, type Layout, layoutOf } from './inline-layout.js';
import { adopt, type BlockType, type Mirror, MirrorTree } from './mirror.js';
import { bindingKey, LOCAL } from './origin.js';
import { toAbsolute, toRelative } from './positions.js';
import { readBlock, readRoot, withKids } from './read-fragment.js';
import { asFewSteps } from './replace-many.js';
import { readUnreadSelection } from './unread-selection.js';
import { writeBlock } from './write-fragment.js';

/** ProseMirror reads the last of a composition up to 20 ms after its end. */
const COMPOSITION_TAIL_MS = 50;

export class DocumentSync {
  readonly doc: Y.Doc;
  readonly tree: MirrorTree;
  readonly #fragment: Y.XmlFragment;
  #view: EditorView | null = null;
  /** Blocks that are shown as they were; the newest state of them is in Yjs. */
  readonly #held = new Map<Y.XmlElement, HeldUnits>();
  /** Whose changes are not shown yet. */
  #incoming: Y.Transaction | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(fragment: Y.XmlFragment) {
    this.doc = fragment.doc!;
    this.#fragment = fragment;
    this.tree = new MirrorTree(readRoot(fragment));
  }

  /** The view of a plugin. */
  show(view: EditorView): { update(): void; destroy(): void } {
    this.#view = view;
    this.#fragment.observeDeep(this.#changed);
    return {
      update: () => {
        this.#write();
        if (this.#incoming === null) this.catchUp();
      },
      destroy: () => {
        clearTimeout(this.#timer);
        this.#view = null;
        this.#fragment.unobserveDeep(this.#changed);
      },
    };
  }

  /** Whether somebody is shown the document who may write in it. */
  get isEditable(): boolean {
    return this.#view?.editable ?? false;
  }

  toRelative(position: number): Y.RelativePosition {
    return toRelative(this.tree, position, (y) => this.#layoutOf(y));
  }

  toAbsolute(relative: Y.RelativePosition): number | null {
    return toAbsolute(this.tree, relative);
  }

  compositionEnded(): false {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.catchUp(), COMPOSITION_TAIL_MS);
    return false;
  }

  /** Shows what was held, unless text is being composed still. */
  catchUp(): false {
    if (this.#held.size === 0 || !this.#view || this.#view.composing) return false;
    this.#render([]);
    return false;
  }

  /** What is shown differs from what Yjs was told: this person changed it. */
  #write(): void {
    const { state } = this.#view!;
    if (state.doc === this.tree.root.node) return;
    const { $head, empty } = state.selection;
    const caret = empty && $head.parent.isTextblock ? { block: $head.parent, offset: $head.parentOffset } : null;
    this.doc.transact(() => {
      this.tree.root = writeBlock(this.tree.root, state.doc, { caret, layoutOf: (y) => this.#layoutOf(y) });
    }, LOCAL);
    this.tree.add(this.tree.root);
  }

  #layoutOf(y: Y.XmlElement): Layout {
    if (this.#incoming?.changedParentTypes.has(y as never) && !this.#held.has(y)) {
      this.#held.set(y, new HeldUnits(y, this.#incoming));
    }
    return this.#held.get(y) ?? layoutOf(y);
  }

  readonly #changed = (_events: readonly unknown[], transaction: Y.Transaction): void => {
    if (transaction.origin === LOCAL || !this.#view) return;
    this.#incoming = transaction;
    try {
      // A click or a key of which the browser has not told yet.
      if (!this.#view.composing) readUnreadSelection(this.#view);
      this.#render([...transaction.changed.keys()] as unknown as BlockType[]);
    } finally {
      this.#incoming = null;
    }
  };

  /** Has the view show what Yjs holds now, but for what is held. */
  #render(touched: readonly BlockType[]): void {
    const view = this.#view!;
    const { tree } = this;
    const composed = view.composing ? tree.textblockAt(view.state.selection.$head) : null;
    const next = this.#read([...touched, ...this.#held.keys()]);
    const staying = new Set<Y.XmlElement>();
    const comparison: Comparison = {
      steps: [],
      changesIn: (y) => this.#changesOf(y),
      isHeld: (mirror) => mirror === composed && !mirror.y._item!.deleted,
      hold: ({ y }) => {
        staying.add(y as Y.XmlElement);
        this.#hold(y as Y.XmlElement);
      },
    };
    tree.root = compare(tree.root, next, 0, comparison);
    for (const y of this.#held.keys()) if (!staying.has(y)) this.#held.delete(y);
    const tr = view.state.tr;
    for (const step of asFewSteps(comparison.steps.reverse(), tr.doc)) tr.step(step);
    adopt(tree.root, tr.doc);
    tree.add(tree.root);
    if (!tr.docChanged) return;
    keepSelection(tr, view.state);
    view.dispatch(tr.setMeta(bindingKey, true).setMeta('addToHistory', false));
  }

  #changesOf(y: Y.XmlElement): readonly Change[] | null {
    return this.#held.get(y)?.changes() ?? (this.#incoming && changesIn(y, this.#incoming));
  }

  #hold(y: Y.XmlElement): void {
    if (this.#incoming && !this.#held.has(y)) this.#held.set(y, new HeldUnits(y, this.#incoming));
  }

  /** The document as Yjs has it: what was touched is read again, all else is as it was. */
  #read(touched: readonly BlockType[]): Mirror {
    const isTouched = new Set(touched);
    const below = new Map<BlockType, Set<BlockType>>();
    for (const y of touched) {
      for (let child = y; child._item !== null; ) {
        const parent = child._item.parent as BlockType;
        const children = below.get(parent);
        if (children?.has(child)) break;
        if (children) children.add(child);
        else below.set(parent, new Set([child]));
        child = parent;
      }
    }
    const read = (y: BlockType): Mirror => {
      const known = this.tree.of(y);
      if (!known) return readBlock(y, read);
      const children = below.get(y);
      const isAnother = isTouched.has(y);
      if (!children && !isAnother) return known;
      if (isAnother || known.kids.length === 0) {
        return y === this.#fragment ? readRoot(this.#fragment, read) : readBlock(y, read);
      }
      const replaced = new Map<number, Mirror>();
      known.kids.forEach((kid, index) => {
        if (children!.has(kid.y)) replaced.set(index, read(kid.y));
      });
      return withKids(known, replaced);
    };
    return read(this.#fragment);
  }
}

/**
 * A caret stays before what others write at its place, or both their words would be torn. What is selected stays so, though
 * what its ends were in may be gone.
 */
function keepSelection(tr: Transaction, { selection, storedMarks }: EditorState): void {
  if (selection instanceof TextSelection) {
    const { anchor, head, empty } = selection;
    const [from, to] = [tr.mapping.map(selection.from, empty ? -1 : 1), tr.mapping.map(selection.to, -1)];
    const [$from, $to] = [inText(tr.doc, Math.min(from, to), 1), inText(tr.doc, to, -1)];
    if ($from && $to && $from.pos <= $to.pos) {
      tr.setSelection(anchor <= head ? new TextSelection($from, $to) : new TextSelection($to, $from));
    }
  }
  if (storedMarks) tr.setStoredMarks(storedMarks);
}

function inText(doc: Node, position: number, side: 1 | -1): ResolvedPos | null {
  const $position = doc.resolve(position);
  return $position.parent.inlineContent ? $position : (Selection.findFrom($position, side, true)?.$head ?? null);
}

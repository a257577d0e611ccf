// What a toolbar shows about the place of the caret: one flat value, told again only when something in it differs.

import { safeLinkHref, schema } from '@weft/model';
import type { EditorState } from 'prosemirror-state';
import { type BlockName, depthOf, linkAt, type MarkName } from './commands.js';
import { type ListName, listOf } from './lists.js';
import { type SelectedPicture, selectedPicture } from './selected-picture.js';
import { canRedo, canUndo } from './undo.js';

export interface EditorStatus {
  readonly block: BlockName;
  readonly marks: Readonly<Record<MarkName, boolean>>;
  readonly list: ListName | null;
  readonly isQuote: boolean;
  /** The link at the caret; `target` is null when following it would not be safe. */
  readonly link: { readonly href: string; readonly target: string | null } | null;
  /** The one that is selected as a whole. */
  readonly picture: SelectedPicture | null;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly editable: boolean;
  /** Why this version of the editor must not change the document, as a sentence; null when it may. */
  readonly readOnlyReason: string | null;
}

const { nodes, marks } = schema;
const markNames = ['strong', 'em', 'underline', 'strike', 'code', 'highlight'] as const satisfies readonly MarkName[];

export function statusOf(state: EditorState, editable: boolean, readOnlyReason: string | null): EditorStatus {
  const { $from } = state.selection;
  const link = linkAt(state);
  return {
    block: blockOf(state),
    marks: Object.fromEntries(markNames.map((name) => [name, hasMark(state, name)])) as Record<MarkName, boolean>,
    list: listOf(state),
    isQuote: depthOf($from, (type) => type === nodes.blockquote) !== null,
    link: link && { href: link.href, target: safeLinkHref(link.href) },
    picture: selectedPicture(state),
    canUndo: canUndo(state),
    canRedo: canRedo(state),
    editable,
    readOnlyReason,
  };
}

function blockOf(state: EditorState): BlockName {
  const block = state.selection.$from.parent;
  if (block.type === nodes.code_block) return 'code';
  if (block.type !== nodes.heading) return 'paragraph';
  return `heading-${Math.min(6, Math.max(1, Math.trunc(block.attrs.level))) as 1}`;
}

function hasMark(state: EditorState, name: MarkName): boolean {
  const { from, to, empty, $from } = state.selection;
  if (!empty) return state.doc.rangeHasMark(from, to, marks[name]);
  return marks[name].isInSet(state.storedMarks ?? $from.marks()) !== undefined;
}

// What the parts of the editor know of the binding: whose a transaction is, and where positions are in Yjs.

import { type EditorState, PluginKey, type Transaction } from 'prosemirror-state';
import type * as Y from 'yjs';
import type { MirrorTree } from './mirror.js';

/** The Yjs side of an editor state: enough to turn its positions into ones that survive others' edits, and back. */
export interface BoundState {
  readonly doc: Y.Doc;
  /** The blocks that are shown. */
  readonly tree: MirrorTree;
  toRelative(position: number): Y.RelativePosition;
  /** Null when it is nowhere, or nobody can say where yet. */
  toAbsolute(relative: Y.RelativePosition): number | null;
}

export const bindingKey = new PluginKey<BoundState>('weft-binding');

export const boundState = (state: EditorState): BoundState | null => bindingKey.getState(state) ?? null;

/** The origin of Yjs transactions that write what this person did. */
export const LOCAL = { name: 'weft-editor' } as const;

/**
 * Changes that arrive through Yjs (from others, or from undo) are never answered with further changes: every client would
 * make its own, and they would all be kept.
 */
export function isFromYjs(tr: Transaction): boolean {
  return tr.getMeta(bindingKey) === true;
}

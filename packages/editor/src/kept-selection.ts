// A selection of any kind, by what it stands at in Yjs: a caret, text, a node, a rectangle of cells. It is found again after
// whatever happened to the document; in another Y.Doc of it same-selection.ts looks for it (S2).

import type { EditorState, Selection, SelectionBookmark } from 'prosemirror-state';
import type { Mappable } from 'prosemirror-transform';
import type * as Y from 'yjs';
import { boundState } from './origin.js';

export interface KeptSelection {
  readonly bookmark: SelectionBookmark;
  /** Of each position in it. */
  readonly places: ReadonlyMap<number, Y.RelativePosition>;
}

/** Null without a binding. */
export function keepSelection(state: EditorState): KeptSelection | null {
  const bound = boundState(state);
  if (!bound) return null;
  const places = new Map<number, Y.RelativePosition>();
  const bookmark = state.selection.getBookmark();
  const note = (position: number): number => {
    places.set(position, bound.toRelative(position));
    return position;
  };
  bookmark.map(mappable(note));
  return { bookmark, places };
}

/** Null when some of it is nowhere. */
export function findSelection({ bookmark, places }: KeptSelection, state: EditorState): Selection | null {
  const found = new Map<number, number>();
  for (const [position, relative] of places) {
    const at = boundState(state)?.toAbsolute(relative) ?? null;
    if (at === null || at > state.doc.content.size) return null;
    found.set(position, at);
  }
  return bookmark.map(mappable((position) => found.get(position)!)).resolve(state.doc);
}

/** As a mapping that takes each position somewhere. */
export function mappable(map: (position: number) => number): Mappable {
  const mapResult = (position: number) => ({ pos: map(position), deleted: false }) as ReturnType<Mappable['mapResult']>;
  return { map, mapResult };
}

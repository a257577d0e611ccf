// Decorations on single characters, kept as any plugin keeps them: mapped through each transaction and never found anew. They
// tell whether what changes from elsewhere leaves the rest of the document where it was.

import { Plugin, PluginKey } from 'prosemirror-state';
import { Decoration, DecorationSet } from 'prosemirror-view';

/** @param character  stands at the position when it is marked */
export interface Bookmark {
  readonly character: string;
  /** The Yjs item it stands in, so that a copy of the character elsewhere is not taken for it. */
  readonly place: string;
}

export interface BookmarkAt {
  readonly at: number;
  readonly bookmark: Bookmark;
}

export const bookmarksKey = new PluginKey<DecorationSet>('bookmarks');

export const bookmarks = (): Plugin<DecorationSet> =>
  new Plugin<DecorationSet>({
    key: bookmarksKey,
    state: {
      init: () => DecorationSet.empty,
      apply(tr, set) {
        const mapped = set.map(tr.mapping, tr.doc);
        const added = tr.getMeta(bookmarksKey) as readonly BookmarkAt[] | undefined;
        const made = added?.map(({ at, bookmark }) => Decoration.inline(at, at + 1, {}, bookmark));
        return made ? mapped.add(tr.doc, made) : mapped;
      },
    },
  });

// A sign in the text that asks for a menu, with what was typed after it. Whoever draws the menu is told when it is to be shown and of
// the keys that are for it; the place is looked for in each new state, so that what others write moves it along.

import { type EditorState, Plugin } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';

export interface Typed {
  /** What was typed after the sign. */
  readonly query: string;
  readonly from: number;
  readonly to: number;
}

export interface TypedMenu {
  show(typed: Typed): void;
  hide(): void;
  /** While it is shown. @returns whether the key was for the menu */
  keyPressed(event: KeyboardEvent): boolean;
}

export interface Sign {
  /** The one that the caret stands behind. */
  find(state: EditorState): Typed | null;
  /**
   * Whether the menu opens with this change; whoever comes to a sign that was there, or has sent the menu away, wants to write.
   *
   * @param before  with another text; null at first
   */
  opens(typed: Typed, before: EditorState | null): boolean;
}

export function typedMenu(menu: TypedMenu, { find, opens }: Sign): Plugin {
  let isShown = false;
  const hide = (): void => {
    if (isShown) menu.hide();
    isShown = false;
  };
  const look = (view: EditorView, before: EditorState | null): void => {
    const typed = view.editable && view.hasFocus() ? find(view.state) : null;
    if (typed === null) return hide();
    const isNew = before?.doc !== view.state.doc && opens(typed, before);
    if (!isShown && !isNew) return;
    isShown = true;
    menu.show(typed);
  };
  return new Plugin({
    props: {
      handleKeyDown: (_view, event) => {
        if (!isShown) return false;
        if (event.key !== 'Escape') return menu.keyPressed(event);
        hide();
        return true;
      },
      handleDOMEvents: {
        blur: () => {
          hide();
          return false;
        },
      },
    },
    view: (view) => {
      look(view, null);
      return { update: look, destroy: hide };
    },
  });
}

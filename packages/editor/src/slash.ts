// A slash where nothing else stands asks for a menu; what is typed after it says what for. Whoever draws the menu is told when it is
// to be shown and of the keys that are for it; the place is looked for in each new state, so that what others write moves it along.

import { type Command, type EditorState, Plugin, TextSelection } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';

/** More than names of blocks have. */
const MAX_QUERY_LENGTH = 30;
const pattern = new RegExp(`^/([\\p{L}\\p{N} -]{0,${MAX_QUERY_LENGTH}})$`, 'u');

export interface Slash {
  /** What was typed after it. */
  readonly query: string;
  readonly from: number;
  readonly to: number;
}

export interface SlashMenu {
  show(slash: Slash): void;
  hide(): void;
  /** While it is shown. @returns whether the key was for the menu */
  keyPressed(event: KeyboardEvent): boolean;
}

/** The slash and what follows it, when the caret's block is nothing else and the caret is at its end. */
function slashAt({ selection }: EditorState): Slash | null {
  if (!(selection instanceof TextSelection) || !selection.empty) return null;
  const { $head } = selection;
  const { parent, parentOffset } = $head;
  if (parent.type.spec.code || parentOffset !== parent.content.size || parentOffset > MAX_QUERY_LENGTH + 1) return null;
  const query = pattern.exec(parent.textContent)?.[1];
  return query === undefined ? null : { query, from: $head.start(), to: $head.pos };
}

/** Takes the slash away, and what was typed after it. */
export const takeSlash: Command = (state, dispatch) => {
  const slash = slashAt(state);
  if (slash === null) return false;
  dispatch?.(state.tr.delete(slash.from, slash.to));
  return true;
};

export function slashTrigger(menu: SlashMenu): Plugin {
  let isShown = false;
  const hide = (): void => {
    if (isShown) menu.hide();
    isShown = false;
  };
  const look = (view: EditorView, before: EditorState | null): void => {
    const slash = view.editable && view.hasFocus() ? slashAt(view.state) : null;
    if (slash === null) return hide();
    // Whoever comes to one that was there, or has sent the menu away, wants to write.
    const isNew = before === null || (before.doc !== view.state.doc && slash.query === '' && slashAt(before) === null);
    if (!isShown && !isNew) return;
    isShown = true;
    menu.show(slash);
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

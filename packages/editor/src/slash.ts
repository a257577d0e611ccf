// A slash where nothing else stands asks for a menu of blocks.

import { type Command, type EditorState, type Plugin, TextSelection } from 'prosemirror-state';
import { type Typed, type TypedMenu, typedMenu } from './typed-menu.js';

/** More than names of blocks have. */
const MAX_QUERY_LENGTH = 30;
const pattern = new RegExp(`^/([\\p{L}\\p{N} -]{0,${MAX_QUERY_LENGTH}})$`, 'u');

/** The slash and what follows it, when the caret's block is nothing else and the caret is at its end. */
function slashAt({ selection }: EditorState): Typed | null {
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

export const slashTrigger = (menu: TypedMenu): Plugin =>
  typedMenu(menu, {
    find: slashAt,
    opens: ({ query }, before) => before === null || (query === '' && slashAt(before) === null),
  });

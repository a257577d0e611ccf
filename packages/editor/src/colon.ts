// A colon with letters behind it asks for an emoji by its name. Not in code, and not behind a letter or a figure: times and
// addresses have colons too.

import { schema } from '@weft/model';
import { type Command, type EditorState, type Plugin, TextSelection } from 'prosemirror-state';
import { type Typed, type TypedMenu, typedMenu } from './typed-menu.js';

/** So many letters mean a name: one is soon typed by chance, as in “:D”. */
const MEANT_LENGTH = 2;
const MAX_NAME_LENGTH = 30;
const pattern = new RegExp(
  `(?<![\\p{L}\\p{N}:/\ufffc]):((?:[\\p{L}+-][\\p{L}\\p{N}_+-]{0,${MAX_NAME_LENGTH}})?)$`,
  'u',
);

function colonAt({ selection }: EditorState): Typed | null {
  if (!(selection instanceof TextSelection) || !selection.empty) return null;
  const { $head } = selection;
  const { parent, parentOffset } = $head;
  if (parent.type.spec.code || schema.marks.code.isInSet($head.marks())) return null;
  const before = parent.textBetween(Math.max(0, parentOffset - MAX_NAME_LENGTH - 3), parentOffset, null, '\ufffc');
  const query = pattern.exec(before)?.[1];
  return query === undefined ? null : { query, from: $head.pos - query.length - 1, to: $head.pos };
}

/** Puts an emoji in the place of its name. */
export const takeColon =
  (emoji: string): Command =>
  (state, dispatch) => {
    const colon = colonAt(state);
    if (colon === null) return false;
    dispatch?.(state.tr.insertText(emoji, colon.from, colon.to).scrollIntoView());
    return true;
  };

export interface ColonTrigger {
  readonly plugin: Plugin;
  /** Writes a colon, and shows the menu before a name is typed. */
  readonly ask: Command;
}

export function colonTrigger(menu: TypedMenu): ColonTrigger {
  let isAsked = false;
  const isTyped = ({ query, to }: Typed, before: EditorState | null): boolean =>
    query.length === MEANT_LENGTH && before !== null && colonAt(before)?.to === to - 1;
  return {
    plugin: typedMenu(menu, { find: colonAt, opens: (typed, before) => isAsked || isTyped(typed, before) }),
    ask: (state, dispatch) => {
      isAsked = true;
      dispatch?.(state.tr.insertText(':').scrollIntoView());
      isAsked = false;
      return true;
    },
  };
}

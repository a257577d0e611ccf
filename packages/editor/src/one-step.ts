// Commands one after the other, each upon what the one before has left, as one change that is undone at once.

import { type Command, EditorState } from 'prosemirror-state';
import { asOwnStep } from './undo.js';

/** Those that do not apply are passed over. @returns a command that applies when any of them does */
export function inOneStep(...commands: readonly Command[]): Command {
  return (state, dispatch) => {
    const { tr } = state;
    let isAny = false;
    for (const command of commands) {
      const now = EditorState.create({ doc: tr.doc, selection: tr.selection });
      const applies = command(now, (made) => {
        for (const step of made.steps) tr.step(step);
        tr.setSelection(made.selection.getBookmark().resolve(tr.doc));
      });
      isAny ||= applies;
    }
    if (isAny) dispatch?.(asOwnStep(tr).scrollIntoView());
    return isAny;
  };
}

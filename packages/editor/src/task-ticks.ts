// A task is ticked, and made undone again, by a click on its box, or by the keyboard with Mod-Enter in it. The box is drawn
// before the item, and no element: a click beside the item's text, on the side where it begins, is a click on the box.

import { schema } from '@weft/model';
import type { Node } from 'prosemirror-model';
import { type Command, type EditorState, Plugin, type Transaction } from 'prosemirror-state';

const isTask = (node: Node | null | undefined): boolean => node?.type === schema.nodes.task_item;

function tick(state: EditorState, place: number): Transaction {
  return state.tr.setNodeAttribute(place, 'checked', !state.doc.nodeAt(place)?.attrs.checked);
}

/** The innermost task that the caret is in. */
export const tickTask: Command = (state, dispatch) => {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth--) {
    if (!isTask($from.node(depth))) continue;
    dispatch?.(tick(state, $from.before(depth)));
    return true;
  }
  return false;
};

export function taskTicks(): Plugin {
  return new Plugin({
    props: {
      handleDOMEvents: {
        // Before the caret goes there: whoever ticks a task writes on where they were.
        mousedown: (view, event) => {
          const item = event.target;
          if (event.button !== 0 || !view.editable || !isBoxOf(item, event.clientX)) return false;
          const place = view.posAtDOM(item, 0) - 1;
          if (!isTask(view.state.doc.nodeAt(place))) return false;
          event.preventDefault();
          view.dispatch(tick(view.state, place));
          return true;
        },
      },
    },
  });
}

function isBoxOf(target: EventTarget | null, clientX: number): target is HTMLElement {
  if (!(target instanceof HTMLElement) || !target.matches('li[data-checked]')) return false;
  const { left, right } = target.getBoundingClientRect();
  return getComputedStyle(target).direction === 'rtl' ? clientX > right : clientX < left;
}

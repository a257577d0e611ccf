// Somebody in the same document who has y-prosemirror as it comes, with its own undo and no care for anything else.

import type { Schema } from 'prosemirror-model';
import { type Command, EditorState, type Plugin, type Transaction } from 'prosemirror-state';
import { redoCommand, undoCommand, ySyncPlugin, yUndoPlugin, yUndoPluginKey } from 'y-prosemirror';
import type * as Y from 'yjs';
import { FRAGMENT_NAME } from '../../src/binding.js';

export class StockView {
  state: EditorState;
  readonly editable = true;
  readonly composing = false;
  readonly dom = { addEventListener: () => {}, removeEventListener: () => {} };
  #pluginViews: ReturnType<NonNullable<Plugin['spec']['view']>>[] = [];

  constructor(doc: Y.Doc, schema: Schema) {
    const plugins = [ySyncPlugin(doc.getXmlFragment(FRAGMENT_NAME)), yUndoPlugin()];
    this.state = EditorState.create({ schema, plugins });
    // What is dispatched while the views are made has to reach them.
    for (const { spec } of plugins) {
      const made = spec.view?.(this as never);
      if (made) this.#pluginViews.push(made);
    }
  }

  readonly dispatch = (tr: Transaction): void => {
    const before = this.state;
    this.state = before.apply(tr);
    for (const pluginView of this.#pluginViews) pluginView.update?.(this as never, before);
  };

  get undoManager(): Y.UndoManager {
    return yUndoPluginKey.getState(this.state)!.undoManager;
  }

  hasFocus(): boolean {
    return false;
  }

  run(command: Command): boolean {
    return command(this.state, this.dispatch);
  }

  undo(): boolean {
    return this.run(undoCommand);
  }

  redo(): boolean {
    return this.run(redoCommand);
  }

  destroy(): void {
    for (const pluginView of this.#pluginViews.splice(0)) pluginView.destroy?.();
  }
}

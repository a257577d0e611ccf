// For tests: the part of an EditorView that plugins use, without a DOM. It applies transactions and runs plugin views in
// the order ProseMirror does, as the real editor does.

import { schema } from '@weft/model';
import { Fragment, Slice } from 'prosemirror-model';
import { type Command, EditorState, type Plugin, TextSelection, type Transaction } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import type * as Y from 'yjs';
import { type Binding, bind } from '../src/binding.js';
import { redo, undo } from '../src/undo.js';

export class HeadlessView {
  state: EditorState;
  readonly editable = true;
  composing = false;
  isDestroyed = false;
  readonly dom = { addEventListener: () => {}, removeEventListener: () => {} };
  readonly applied: Transaction[] = [];
  focused = false;
  #binding: Binding;
  #pluginViews: ReturnType<NonNullable<Plugin['spec']['view']>>[] = [];

  constructor(doc: Y.Doc, morePlugins: readonly Plugin[] = []) {
    this.#binding = bind(doc, () => {});
    this.state = EditorState.create({
      doc: this.#binding.content,
      plugins: [...this.#binding.plugins, ...morePlugins],
    });
    this.#pluginViews = this.state.plugins.flatMap((plugin) => plugin.spec.view?.(this.asView) ?? []);
  }

  get asView(): EditorView {
    return this as unknown as EditorView;
  }

  get readOnlyReason(): string | null {
    return this.#binding.readOnlyReason;
  }

  get undoManager(): Y.UndoManager {
    return this.#binding.undoManager;
  }

  readonly dispatch = (tr: Transaction): void => {
    const before = this.state;
    this.applied.push(tr);
    this.state = before.apply(tr);
    for (const pluginView of this.#pluginViews) pluginView.update?.(this.asView, before);
  };

  hasFocus(): boolean {
    return this.focused;
  }

  run(command: Command): boolean {
    return command(this.state, this.dispatch, this.asView);
  }

  select(anchor: number, head = anchor): this {
    this.dispatch(this.state.tr.setSelection(TextSelection.create(this.state.doc, anchor, head)));
    return this;
  }

  /** As a person types: input rules get to see each character first. */
  type(text: string): this {
    for (const character of text) {
      const { from, to } = this.state.selection;
      const taken = this.state.plugins.some((plugin) =>
        plugin.props.handleTextInput?.call(plugin, this.asView, from, to, character, () => this.state.tr),
      );
      if (!taken) this.dispatch(this.state.tr.insertText(character));
    }
    return this;
  }

  /** As plain text, for whoever is to make something of it, and else as lines. */
  paste(text: string): this {
    const event = { clipboardData: { getData: () => text, types: ['text/plain'] } } as unknown as ClipboardEvent;
    const taken = this.state.plugins.some((plugin) =>
      plugin.props.handlePaste?.call(plugin, this.asView, event, Slice.empty),
    );
    if (!taken) this.pasteText(text);
    return this;
  }

  pasteText(text: string): boolean {
    const lines = text.split('\n').map((line) => p(...(line === '' ? [] : [line])));
    const slice = new Slice(Fragment.from(lines), 1, 1);
    this.dispatch(this.state.tr.replaceSelection(slice).setMeta('paste', true).setMeta('uiEvent', 'paste'));
    return true;
  }

  undo(): boolean {
    return undo(this.asView);
  }

  redo(): boolean {
    return redo(this.asView);
  }

  get text(): string {
    return this.state.doc.toString();
  }

  destroy(): void {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    for (const pluginView of this.#pluginViews.splice(0)) pluginView.destroy?.();
    this.#binding.destroy();
  }
}

export const p = (...text: string[]) =>
  schema.node(
    'paragraph',
    null,
    text.map((part) => schema.text(part)),
  );

// The editor: a ProseMirror view over a Y.Doc, without any controls of its own. The Y.Doc may be replaced under the view
// (rule S2); focus and, as far as the text allows, the caret stay.

import * as words from '@weft/words/text';
import { type Command, EditorState, type Plugin } from 'prosemirror-state';
import { type DecorationSet, EditorView } from 'prosemirror-view';
import type * as Y from 'yjs';
import { type Binding, bind } from './binding.js';
import { type CaretPresence, caretsPlugin } from './carets.js';
import {
  type BlockName,
  insertRule,
  type MarkName,
  removeLink,
  setBlock,
  setLink,
  toggleMark,
  toggleQuote,
} from './commands.js';
import { drawInPlace } from './draw-in-place.js';
import { markdownRules } from './input-rules.js';
import { type AtPlace, keepPlace } from './kept-place.js';
import { keymaps } from './keymap.js';
import { type LatePart, LateRoom } from './late-part.js';
import { linkClicks } from './link-clicks.js';
import { type ListName, toggleList } from './lists.js';
import { placeholder } from './placeholder.js';
import { placesToWrite } from './places-to-write.js';
import type { PictureSource } from './plain-picture.js';
import { samePlace, sameSelection } from './same-selection.js';
import { soundPaste } from './sound-paste.js';
import { type EditorStatus, statusOf } from './status.js';
import { nameBoxes } from './task-boxes.js';
import { taskTicks } from './task-ticks.js';
import { redo, undo } from './undo.js';

export interface EditorOptions {
  /** Becomes the parent of the editable. */
  readonly element: HTMLElement;
  readonly doc: Y.Doc;
  readonly presence?: CaretPresence;
  /** Default true. */
  readonly editable?: boolean;
  /** The accessible name of the editable; default "Document". */
  readonly label?: string;
  readonly placeholder?: string;
  /** The text has a picture that nothing here can show: `use` what can. */
  readonly onPicture?: () => void;
  /** Where pictures are shown from without that; default: where they say they are. */
  readonly pictureSource?: PictureSource;
  /** Mod-k was pressed, or a link was clicked: show where links are edited. */
  readonly onLinkRequested?: () => void;
  /** A link is gone to. @returns whether that was taken care of; else it opens in a new tab */
  readonly onLinkFollowed?: (href: string) => boolean;
  /** How many pixels at the top of what scrolls the text are covered by what stays there; asked when something is scrolled to. */
  readonly coveredTop?: () => number;
  /** The text is different now, by whomever. */
  readonly onChange?: () => void;
}

export interface EditorCommands {
  toggleMark(name: MarkName): boolean;
  setBlock(block: BlockName): boolean;
  toggleList(name: ListName): boolean;
  toggleQuote(): boolean;
  insertRule(): boolean;
  /** False when the address is not one that may be linked to. */
  setLink(address: string): boolean;
  removeLink(): boolean;
  undo(): boolean;
  redo(): boolean;
}

export interface Editor {
  readonly view: EditorView;
  readonly status: EditorStatus;
  readonly commands: EditorCommands;
  /** Runs a command, if the text may be changed, and gives the caret back. @returns whether it applied */
  run(command: Command): boolean;
  /** Shows another Y.Doc in the same view. The presence stays unless another is given. */
  setDoc(doc: Y.Doc, presence?: CaretPresence): void;
  setEditable(editable: boolean): void;
  /** Draws over the text what is given for each state; null draws nothing more. Calling it again draws anew. */
  setHighlights(highlights: ((state: EditorState) => DecorationSet) | null): void;
  /**
   * Gives the view what came later than it, for as long as the editor is there: plugins without a state of their own, which hear
   * of everything before those that were there from the beginning. What is there already stays.
   *
   * @param part  what draws pictures; the plugins that come with it are before all others
   */
  use(tools: readonly Plugin[], part?: LatePart): void;
  /** Where one is now, for what is to happen there later. */
  keepPlace(): AtPlace;
  /** Calls back after every change of `status`. @returns the end of it */
  subscribe(listener: (status: EditorStatus) => void): () => void;
  focus(): void;
  destroy(): void;
}

export function createEditor(options: EditorOptions): Editor {
  const listeners = new Set<(status: EditorStatus) => void>();
  const askForLink = () => options.onLinkRequested?.();
  const late = new LateRoom(options.onPicture, options.pictureSource);
  const ownPlugins = [
    markdownRules(),
    ...keymaps(askForLink),
    linkClicks(askForLink, options.onLinkFollowed),
    taskTicks(),
    late.plugin,
    soundPaste(),
    placesToWrite(),
    placeholder(options.placeholder ?? ''),
  ];
  let presence = options.presence;
  let editable = options.editable ?? true;
  let binding!: Binding;

  const stateFor = (doc: Y.Doc): EditorState => {
    binding = bind(doc, () => {
      view.setProps({});
      tell();
    });
    const carets = presence ? [caretsPlugin(presence)] : [];
    return EditorState.create({ doc: binding.content, plugins: [...binding.plugins, ...carets, ...ownPlugins] });
  };

  const beside = (px: number) => ({
    left: px,
    right: px,
    bottom: px,
    get top() {
      return px + (options.coveredTop?.() ?? 0);
    },
  });

  const view: EditorView = new EditorView(options.element, {
    state: stateFor(options.doc),
    scrollThreshold: beside(0),
    scrollMargin: beside(5),
    editable: () => editable && binding.readOnlyReason === null,
    attributes: {
      role: 'textbox',
      'aria-multiline': 'true',
      'aria-label': options.label ?? words.document,
      spellcheck: 'true',
      // What it is written in is not known: it need not be what the page is in, whose dictionary and voice would be taken.
      lang: '',
    },
    dispatchTransaction: (tr) => {
      drawInPlace(view);
      view.updateState(view.state.apply(tr));
      if (tr.docChanged) options.onChange?.();
      tell();
    },
  });

  nameBoxes(view.dom);

  let status = statusOf(view.state, view.editable, binding.readOnlyReason);
  function tell(): void {
    const next = statusOf(view.state, view.editable, binding.readOnlyReason);
    if (JSON.stringify(next) === JSON.stringify(status)) return;
    status = next;
    for (const listener of [...listeners]) listener(status);
  }

  /** Runs a command and gives the caret back: controls are beside the text, not instead of it. */
  const run = (command: Command): boolean => {
    if (!view.editable) return false;
    const done = command(view.state, view.dispatch, view);
    if (done) view.focus();
    return done;
  };

  return {
    view,
    get status() {
      return status;
    },
    commands: {
      toggleMark: (name) => run(toggleMark(name)),
      setBlock: (block) => run(setBlock(block)),
      toggleList: (name) => run(toggleList(name)),
      toggleQuote: () => run(toggleQuote),
      insertRule: () => run(insertRule),
      setLink: (address) => run(setLink(address)),
      removeLink: () => run(removeLink),
      undo: () => run((_state, _dispatch, v) => undo(v!)),
      redo: () => run((_state, _dispatch, v) => redo(v!)),
    },
    run,
    setDoc(doc, nextPresence = presence) {
      const before = view.state;
      presence = nextPresence;
      // The old plugins leave the view before the new ones look at the same presence. Without what draws them, pictures would be asked
      // for wherever the document says they are.
      view.updateState(before.reconfigure({ plugins: [late.plugin] }));
      binding.destroy();
      const state = stateFor(doc);
      const tr = state.tr.setSelection(sameSelection(before, state));
      late.part?.move(tr, late.plugin.getState(before), samePlace(before, state));
      view.updateState(state.apply(tr));
      tell();
    },
    setEditable(next) {
      if (next === editable) return;
      editable = next;
      view.setProps({});
      tell();
    },
    setHighlights(highlights) {
      view.setProps({ decorations: (state) => highlights?.(state) ?? null });
    },
    use(tools, part) {
      const plugins = late.add(tools, part);
      // What was drawn without it is drawn anew.
      const isDrawn = part && view.dom.querySelector('[data-weft-image]') !== null;
      view.setProps({
        plugins,
        ...(isDrawn && { nodeViews: { image: part.drawPicture, figure: part.drawPicture } }),
      });
    },
    keepPlace: () => keepPlace(view),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    focus: () => view.focus(),
    destroy() {
      listeners.clear();
      view.destroy();
      binding.destroy();
    },
  };
}

// Room in an editor for a part that is loaded later: what it knows goes with the text, as that of any plugin, and it draws what it
// alone understands. Until it is there, pictures are drawn without being loaded.

import { type EditorState, Plugin, PluginKey, type Transaction } from 'prosemirror-state';
import type { DecorationSet, NodeViewConstructor } from 'prosemirror-view';
import { type PictureSource, plainPicture } from './plain-picture.js';

export const lateKey = new PluginKey<unknown>('weft-late');

export interface LatePart {
  /** @param known  of the state before; null at first @returns what it knows of the state after */
  apply(tr: Transaction, known: unknown): unknown;
  /** The text is shown in another Y.Doc. @param to  where positions are there */
  move(tr: Transaction, known: unknown, to: (position: number) => number): void;
  decorations(state: EditorState): DecorationSet | null;
  readonly drawPicture: NodeViewConstructor;
}

export class LateRoom {
  #part: LatePart | null = null;
  #tools: readonly Plugin[] = [];
  readonly plugin: Plugin<unknown>;

  /**
   * @param wanted    called for each picture that is drawn before the part is there, and waits for it
   * @param sourceOf  where they are shown from without that; default: where they say they are
   */
  constructor(wanted: (() => void) | undefined, sourceOf: PictureSource = (src) => src) {
    const draw: NodeViewConstructor = (node, ...rest) => {
      if (this.#part) return this.#part.drawPicture(node, ...rest);
      wanted?.();
      return plainPicture(node, wanted ? () => null : sourceOf);
    };
    this.plugin = new Plugin<unknown>({
      key: lateKey,
      state: { init: () => null, apply: (tr, known) => this.#part?.apply(tr, known) ?? known },
      props: { decorations: (state) => this.#part?.decorations(state), nodeViews: { image: draw, figure: draw } },
    });
  }

  get part(): LatePart | null {
    return this.#part;
  }

  /** @returns all the plugins that came late, in the order in which they are to hear of things */
  add(tools: readonly Plugin[], part?: LatePart): readonly Plugin[] {
    if (part) this.#part = part;
    // What is pressed or pasted at a picture is the picture's first.
    this.#tools = part ? [...tools, ...this.#tools] : [...this.#tools, ...tools];
    return this.#tools;
  }
}

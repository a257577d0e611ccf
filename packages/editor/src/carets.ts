// Other people's carets and selections, and where ours is. Places travel as Yjs relative positions in the form of
// y-prosemirror's cursor plugin. A caret that points at text we do not have yet stays where it was last seen (rule S5).

import type { Node } from 'prosemirror-model';
import { type EditorState, Plugin, PluginKey, Selection, type Transaction } from 'prosemirror-state';
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view';
import { FRAGMENT_NAME } from './binding.js';
import { type BoundState, boundState, isFromYjs } from './origin.js';
import { labelColor, safeName } from './person.js';
import { relativeFromJson, relativeToJson } from './positions.js';
import { isRightToLeft } from './text-direction.js';
import { readUnreadSelection } from './unread-selection.js';

type States = ReadonlyMap<number, Readonly<Record<string, unknown>>>;

/** The part of an awareness object that carets need; y-protocols' Awareness and Weft's Presence both have it. */
export interface CaretPresence {
  getLocalState(): Record<string, unknown> | null;
  setLocalStateField(field: string, value: unknown): void;
  getStates(): States;
  on(name: 'change', listener: () => void): void;
  off(name: 'change', listener: () => void): void;
}

interface Caret {
  readonly name: string;
  readonly color: string;
  readonly anchor: number;
  readonly head: number;
  /** Counts up when the person moved, so that the label is drawn anew and shows for a moment. */
  readonly moves: number;
  /** What was last resolved, to tell a move by the person from being pushed along by text. */
  readonly cursor: unknown;
  readonly user: unknown;
  /** It stands where `cursor` says; if not, it is looked up again once it can be. */
  readonly isFound: boolean;
}
interface CaretsState {
  readonly carets: ReadonlyMap<number, Caret>;
  readonly decorations: DecorationSet;
}

/** One of them says which way a text goes. */
const ENOUGH_LETTERS = 200;
const key = new PluginKey<CaretsState>('weft-carets');
const nothing: CaretsState = { carets: new Map(), decorations: DecorationSet.empty };

export function caretsPlugin(presence: CaretPresence): Plugin<CaretsState> {
  return new Plugin<CaretsState>({
    key,
    state: {
      init: () => nothing,
      apply: (tr, value, _oldState, newState) => {
        // Only with these two is Yjs in step with the new state; after a local change it is told later.
        if (isFromYjs(tr) || tr.getMeta(key)) return readCarets(presence.getStates(), value, tr, newState);
        if (!tr.docChanged || value.carets.size === 0) return value;
        const carets = new Map([...value.carets].map(([client, caret]) => [client, mapCaret(caret, tr)]));
        return { carets, decorations: value.decorations.map(tr.mapping, tr.doc) };
      },
    },
    props: { decorations: (state) => key.getState(state)?.decorations },
    view: (view) => new CaretsView(view, presence),
  });
}

class CaretsView {
  readonly #view: EditorView;
  readonly #presence: CaretPresence;
  #frame = 0;
  #isStale = true;

  constructor(view: EditorView, presence: CaretPresence) {
    this.#view = view;
    this.#presence = presence;
    presence.on('change', this.#refresh);
    view.dom.addEventListener('focusin', this.#publish);
    view.dom.addEventListener('focusout', this.#publish);
    this.#refresh();
  }

  update(): void {
    this.#publish();
    if (this.#isStale && this.#frame === 0) this.#refresh();
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.#presence.off('change', this.#refresh);
    this.#view.dom.removeEventListener('focusin', this.#publish);
    this.#view.dom.removeEventListener('focusout', this.#publish);
    this.#say(null);
  }

  /** Thirty people's carets cost one redraw per frame. Not while text is being composed: that would end it. */
  readonly #refresh = (): void => {
    this.#isStale = true;
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#view.composing || this.#view.isDestroyed) return;
      this.#isStale = false;
      readUnreadSelection(this.#view);
      this.#view.dispatch(this.#view.state.tr.setMeta(key, true));
    });
  };

  readonly #publish = (): void => {
    const bound = boundState(this.#view.state);
    if (!bound) return;
    if (!this.#view.hasFocus()) return this.#say(null);
    const { anchor, head } = this.#view.state.selection;
    const at = toJson(head, bound);
    this.#say({ anchor: anchor === head ? at : toJson(anchor, bound), head: at });
  };

  #say(cursor: { anchor: unknown; head: unknown } | null): void {
    const said = this.#presence.getLocalState()?.cursor ?? null;
    if (JSON.stringify(said) !== JSON.stringify(cursor)) this.#presence.setLocalStateField('cursor', cursor);
  }
}

function toJson(position: number, bound: BoundState): unknown {
  return relativeToJson(bound.toRelative(position));
}

/** Looks up the places of those who moved, or near whom the text changed; everybody else is pushed along by it. */
function readCarets(states: States, before: CaretsState, tr: Transaction, state: EditorState): CaretsState {
  const bound = boundState(state);
  if (!bound) return nothing;
  const carets = new Map<number, Caret>();
  const drawnAnew: [number, Caret][] = [];
  for (const [client, { cursor, user }] of states) {
    if (client === bound.doc.clientID || !isObject(cursor)) continue;
    const last = before.carets.get(client);
    const pushed = last && mapCaret(last, tr);
    if (pushed?.isFound && pushed.cursor === cursor && pushed.user === user) {
      carets.set(client, pushed);
      continue;
    }
    const anchor = resolve(cursor.anchor, bound, tr.doc);
    const head = resolve(cursor.head, bound, tr.doc);
    const person = isObject(user) ? { name: safeName(user.name), color: labelColor(user.color) } : null;
    const { name, color } = person ?? { name: safeName(null), color: labelColor(null) };
    let caret: Caret;
    if (anchor !== null && head !== null) {
      const moves = (last?.moves ?? 0) + (last?.cursor === cursor ? 0 : 1);
      caret = { name, color, anchor, head, moves, cursor, user, isFound: true };
    } else if (pushed) caret = { ...pushed, name, color, user, isFound: false };
    else continue;
    carets.set(client, caret);
    drawnAnew.push([client, caret]);
  }
  return { carets, decorations: drawAnew(before, carets, drawnAnew, tr) };
}

function drawAnew(
  before: CaretsState,
  carets: ReadonlyMap<number, Caret>,
  drawnAnew: readonly [number, Caret][],
  tr: Transaction,
): DecorationSet {
  const pushed = before.decorations.map(tr.mapping, tr.doc);
  const anew = new Set(drawnAnew.map(([client]) => client));
  const isStale = ({ client }: { client?: number }): boolean => !carets.has(client!) || anew.has(client!);
  const isAnyStale = anew.size > 0 || [...before.carets.keys()].some((client) => !carets.has(client));
  if (!isAnyStale) return pushed;
  return pushed.remove(pushed.find(undefined, undefined, isStale)).add(
    tr.doc,
    drawnAnew.flatMap(([client, caret]) => drawCaret(client, caret, directionAt(tr.doc, caret.head))),
  );
}

/** Pushed along by the text. Where that changed at the very place, only Yjs can say on which side of it the caret is. */
function mapCaret(caret: Caret, { mapping, docChanged }: Transaction): Caret {
  if (!docChanged) return caret;
  const isTouched = (position: number): boolean =>
    mapping.mapResult(position, -1).deleted ||
    mapping.mapResult(position, 1).deleted ||
    mapping.map(position, -1) !== mapping.map(position, 1);
  return {
    ...caret,
    anchor: mapping.map(caret.anchor, -1),
    head: mapping.map(caret.head, -1),
    isFound: caret.isFound && !isTouched(caret.anchor) && !isTouched(caret.head),
  };
}

/** The position in the document, or null when it cannot be told (yet). Comes from other clients: anything is possible. */
function resolve(json: unknown, bound: BoundState, doc: Node): number | null {
  if (!isObject(json) || !isId(json.type) || !isId(json.item)) return null;
  if (json.type == null && json.item == null && json.tname !== FRAGMENT_NAME) return null;
  // A root that is not ours would be created by looking for it.
  if (json.tname != null && json.tname !== FRAGMENT_NAME) return null;
  const relative = relativeFromJson({ ...json, assoc: Number(json.assoc) < 0 ? -1 : 0 });
  const position = bound.toAbsolute(relative);
  return position === null ? null : intoText(doc, Math.max(0, Math.min(position, doc.content.size)));
}

/** A caret between two blocks, or in a document that Yjs still knows as empty, would be drawn as a line of its own. */
function intoText(doc: Node, position: number): number {
  const $position = doc.resolve(position);
  if ($position.parent.inlineContent) return position;
  const text = Selection.findFrom($position, 1, true) ?? Selection.findFrom($position, -1, true);
  return text?.head ?? position;
}

function isId(id: unknown): boolean {
  return id == null || (isObject(id) && isClock(id.client) && isClock(id.clock));
}

const isClock = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Of the text in the block, which no style says (text.css). */
function directionAt(doc: Node, position: number): 'rtl' | 'ltr' {
  const { parent } = doc.resolve(position);
  const beginning = parent.textBetween(0, Math.min(parent.content.size, ENOUGH_LETTERS));
  return !parent.type.spec.code && isRightToLeft(beginning) ? 'rtl' : 'ltr';
}

function drawCaret(client: number, caret: Caret, direction: 'rtl' | 'ltr'): Decoration[] {
  const { anchor, head, name, color, moves } = caret;
  const flag = Decoration.widget(head, () => caretElement(client, name, color, direction), {
    key: `${client}/${moves}/${color}/${direction}/${name}`,
    side: 10,
    ignoreSelection: true,
    client,
  });
  if (anchor === head) return [flag];
  const style = `--person: ${color}`;
  const [from, to] = [Math.min(anchor, head), Math.max(anchor, head)];
  return [Decoration.inline(from, to, { class: 'weft-selection', style }, { client }), flag];
}

function caretElement(client: number, name: string, color: string, direction: 'rtl' | 'ltr'): HTMLElement {
  const caret = document.createElement('span');
  caret.className = 'weft-caret';
  caret.dataset.client = String(client);
  caret.setAttribute('aria-hidden', 'true');
  caret.style.setProperty('--person', color);
  // The name stands over the text that follows.
  caret.style.direction = direction;
  // Were one's own caret to get in here (End, on a line that ends with this), the browser would drop what is typed.
  caret.style.setProperty('user-select', 'none');
  caret.style.setProperty('-webkit-user-select', 'none');
  const label = document.createElement('span');
  label.className = 'weft-caret-name';
  label.textContent = name;
  // Word joiners keep a line from breaking at the caret.
  caret.append('\u2060', label, '\u2060');
  return caret;
}

// Those who edit one document in the fuzz: with our binding or with y-prosemirror as it comes, each with a Y.Doc of their own that
// sees a prefix of the log and what they wrote themselves.

import { schema } from '@weft/model';
import type { Node } from 'prosemirror-model';
import { AllSelection, NodeSelection, TextSelection } from 'prosemirror-state';
import { StepMap } from 'prosemirror-transform';
import type { DecorationSet } from 'prosemirror-view';
import * as Y from 'yjs';
import type { Chance } from '../../../../e2e/simulation/chance.js';
import { FRAGMENT_NAME } from '../../src/binding.js';
import { boundState, LOCAL } from '../../src/origin.js';
import { placesToWrite } from '../../src/places-to-write.js';
import { RECEIVED, type Received } from '../../src/received.js';
import { sameSelection } from '../../src/same-selection.js';
import { HeadlessView } from '../headless-view.js';
import { type Bookmark, type BookmarkAt, bookmarks, bookmarksKey } from './bookmarks.js';
import { contentOf, sameContent } from './content.js';
import { foreignFormatsIn, lostFormat } from './foreign-formats.js';
import { editAtRandom, placeCaret } from './random-edits.js';
import { Correspondent, type ServerLog } from './server-log.js';
import { StockView } from './stock-view.js';
import { isTracked, lettersTakenBy, placesIn, type UniqueText } from './unique-text.js';

const SERVER = 'server';

export abstract class Person {
  doc: Y.Doc;
  readonly outbox: Uint8Array[] = [];
  protected post = new Correspondent(0);
  protected readonly chance: Chance;
  protected readonly text: UniqueText;
  readonly name: string;

  constructor(name: string, chance: Chance, text: UniqueText, clientId: number) {
    this.name = name;
    this.chance = chance;
    this.text = text;
    this.doc = this.newDoc(clientId);
  }

  abstract readonly view: HeadlessView | StockView;

  protected newDoc(clientId: number): Y.Doc {
    const doc = new Y.Doc();
    doc.clientID = clientId;
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== SERVER) this.outbox.push(update);
    });
    return doc;
  }

  /** How much of the log it has. */
  get seen(): number {
    return this.post.seen;
  }

  send(log: ServerLog): void {
    this.post.send(log, this.outbox);
  }

  catchUp(log: readonly Uint8Array[], until = log.length): void {
    for (const received of this.post.hear(log, until, this.outbox)) this.receive(received);
  }

  /** As the provider applies an entry. */
  protected receive(received: Received): void {
    const apply = ({ meta }: Y.Transaction): void => {
      meta.set(RECEIVED, received);
      for (const update of received.updates) Y.applyUpdate(this.doc, update, SERVER);
    };
    Y.transact(this.doc, apply, SERVER, false);
  }

  /** @returns what was done, in a word */
  act(): string {
    const what = this.chance.weighted({ edit: 10, undo: 1.2, redo: 0.6 });
    const before = this.view.state.doc;
    // By chance, not by the clock, what was done last is undone with this.
    this.view.undoManager.captureTimeout = this.chance.happens(0.5) ? 0 : Number.POSITIVE_INFINITY;
    const done = what === 'edit' ? editAtRandom(this.view, this.chance, this.text) : what;
    if (what === 'undo') this.view.undo();
    if (what === 'redo') this.view.redo();
    this.text.noteStep(before, this.view.state.doc, `${this.name} ${done}`);
    return `${this.name} ${done}`;
  }

  leave(): void {
    this.view.destroy();
    this.doc.destroy();
  }
}

export class StockWriter extends Person {
  readonly view: StockView;

  constructor(name: string, chance: Chance, text: UniqueText, clientId: number) {
    super(name, chance, text, clientId);
    this.view = new StockView(this.doc, schema);
  }

  protected override receive(received: Received): void {
    const { state, dispatch } = this.view;
    // y-prosemirror throws when somebody else deletes the node that is selected.
    const isNode = state.selection instanceof NodeSelection;
    if (isNode) dispatch(state.tr.setSelection(new AllSelection(state.doc)));
    super.receive(received);
    if (isNode) placeCaret(this.view, this.chance);
  }
}

/** Where a character is to the selection. */
interface Side {
  readonly bookmark: Bookmark;
  readonly side: 'before' | 'in' | 'after';
}

interface BeforeCaret {
  readonly character: string;
  readonly id: Y.ID | null;
}

export class Writer extends Person {
  view: HeadlessView;
  #kept: Bookmark[] = [];
  #composed = '';
  #hasWritten = false;
  /** Letters of others that own undo took away. */
  #undone = '';

  constructor(name: string, chance: Chance, text: UniqueText, clientId: number) {
    super(name, chance, text, clientId);
    this.view = this.#show();
  }

  protected override newDoc(clientId: number): Y.Doc {
    const doc = super.newDoc(clientId);
    doc.on('afterTransaction', (transaction) => {
      if (transaction.origin === LOCAL) this.#hasWritten = true;
      if (transaction.origin instanceof Y.UndoManager) this.#undone += lettersTakenBy(transaction);
    });
    return doc;
  }

  #show(): HeadlessView {
    return new HeadlessView(this.doc, [placesToWrite(), bookmarks()]);
  }

  override act(): string {
    const isComposing = this.view.composing;
    const before = foreignFormatsIn(this.doc.getXmlFragment(FRAGMENT_NAME));
    const clock = Y.getState(this.doc.store, this.doc.clientID);
    const done = isComposing || this.chance.happens(0.04) ? this.#compose() : this.#edit();
    if (this.#undone !== '') throw new Error(`${done}: ${this.#undone} was not this person's to take back`);
    const isOwnEdit = !/do$/.test(done);
    const isSameBlocks = /(list|indent|quote|attribute|mark|comment)$/.test(done);
    const lost =
      isOwnEdit && lostFormat(before, foreignFormatsIn(this.doc.getXmlFragment(FRAGMENT_NAME)), isSameBlocks);
    if (lost) throw new Error(`${done}: ${lost}`);
    if (done === `${this.name} type`) this.#checkTyped(clock);
    // What a step of one's own replaces is replaced, whatever Yjs makes of it.
    if (isOwnEdit) this.#dropBookmarks();
    this.#addBookmarks();
    this.check(`after ${done}`);
    return done;
  }

  #edit(): string {
    return this.chance.happens(0.06) ? this.#takeBack() : super.act();
  }

  /** Something is done and undone at once: the text is as it was, and selected is what was when it was done. */
  #takeBack(): string {
    const { view } = this;
    const { doc } = view.state;
    view.undoManager.stopCapturing();
    view.undoManager.captureTimeout = Number.POSITIVE_INFINITY;
    let { selection } = view.state;
    view.applied.length = 0;
    const kind = editAtRandom(view, this.chance, this.text);
    for (const tr of view.applied) {
      if (tr.docChanged) break;
      selection = tr.selection;
    }
    this.text.noteStep(doc, view.state.doc, `${this.name} ${kind}`);
    this.#dropBookmarks();
    const edited = view.state.doc;
    if (edited.eq(doc)) return `${this.name} nothing`;
    view.undo();
    const { state } = view;
    this.text.noteStep(edited, state.doc, `${this.name} undo`);
    if (!sameContent(state.doc, doc)) throw new Error(`${this.name} undoes ${kind}:\n${doc}\nis\n${state.doc}`);
    const isBack = state.selection.eq(selection.map(state.doc, StepMap.empty)) || !(selection instanceof TextSelection);
    if (!isBack)
      throw new Error(
        `${this.name} undoes ${kind}: selected was ${selection.anchor} to ${selection.head}, and is ${state.selection.anchor} to ${state.selection.head} of\n${doc}`,
      );
    return `${this.name} take back ${kind}`;
  }

  /** What was typed last is what stands before the caret, in Yjs as well: of two equal letters it is the one that is new. */
  #checkTyped(clock: number): void {
    const { id } = this.#beforeCaret();
    if (Y.getState(this.doc.store, this.doc.clientID) === clock || !id) return;
    if (id.client !== this.doc.clientID || id.clock < clock)
      throw new Error(`${this.name}: what was typed is not before the caret in Yjs, in\n${this.view.text}`);
  }

  /** As an input method does: what is composed is replaced as a whole with each key, until it is taken or dropped. */
  #compose(): string {
    const { view } = this;
    if (!view.composing) placeCaret(view, this.chance);
    const { selection, doc } = view.state;
    if (!selection.$from.parent.isTextblock) return `${this.name} type`;
    view.composing = true;
    const { to } = selection;
    const from = to - this.#composed.length;
    const isThere = from >= selection.$to.start() && doc.textBetween(from, to) === this.#composed;
    const isDropped = this.chance.happens(0.1);
    this.#composed = isDropped ? '' : this.text.write(this.chance.int(1, 3));
    view.dispatch(view.state.tr.insertText(this.#composed, isThere ? from : to, to));
    this.text.noteStep(doc, view.state.doc, `${this.name} compose`);
    if (isDropped || this.chance.happens(0.3)) this.endComposition();
    return `${this.name} compose`;
  }

  endComposition(): void {
    this.view.composing = false;
    this.#composed = '';
    // The next key that is pressed does not wait for what the end of a composition waits for.
    for (const { props } of this.view.state.plugins) {
      const keydown = props.handleDOMEvents?.keydown as ((view: unknown, event: unknown) => unknown) | undefined;
      keydown?.(this.view.asView, { key: 'Unidentified' });
    }
  }

  protected override receive(received: Received): void {
    const sides = this.#sides();
    const beforeCaret = this.#beforeCaret();
    this.#hasWritten = false;
    super.receive(received);
    // Every client would answer in its own way, and all of that would be kept.
    if (this.#hasWritten) throw new Error(`${this.name} changes the text on hearing of others`);
    this.check('after something from elsewhere');
    this.#checkSides(sides);
    this.#checkCaret(beforeCaret);
  }

  /** The server took what was written, and from now on another Y.Doc is shown (S2). */
  swap(log: readonly Uint8Array[], clientId: number): void {
    this.endComposition();
    const old = this.doc;
    const sides = this.#sides();
    const before = this.view.state;
    this.doc = this.newDoc(clientId);
    for (const update of log) Y.applyUpdate(this.doc, update, SERVER);
    this.post = new Correspondent(log.length);
    this.view.destroy();
    this.view = this.#show();
    this.view.dispatch(this.view.state.tr.setSelection(sameSelection(before, this.view.state)));
    this.#kept = [];
    old.destroy();
    this.#checkSides(sides);
  }

  /** What is shown is what is in Yjs, is valid, and marks still mark what they did. */
  check(when: string): void {
    const { doc } = this.view.state;
    doc.check();
    // What others write where this person composes waits.
    if (this.view.composing) return;
    const inYjs = contentOf(this.doc);
    if (!sameContent(doc, inYjs)) throw new Error(`${this.name}, ${when}: shows\n${doc}\nand Yjs has\n${inYjs}`);
    this.#checkBookmarks(when);
  }

  /** On every character that has none yet. */
  #addBookmarks(): void {
    const { state } = this.view;
    const places = placesIn(this.doc);
    const marked = new Set(this.#kept.map(({ character }) => character));
    const added = trackedIn(state.doc).flatMap(({ character, at }): BookmarkAt[] => {
      const all = places.get(character);
      return marked.has(character) || all?.length !== 1 ? [] : [{ at, bookmark: { character, place: all[0]! } }];
    });
    this.#kept.push(...added.map(({ bookmark }) => bookmark));
    if (added.length > 0) this.view.dispatch(state.tr.setMeta(bookmarksKey, added));
  }

  #dropBookmarks(): void {
    const found = new Set(this.#bookmarks().map(({ spec }) => spec as Bookmark));
    const places = placesIn(this.doc);
    // Of two copies that are beside each other nobody can say which one was pasted, and Yjs may know it as the other.
    const isOnly = ({ character }: Bookmark): boolean => places.get(character)?.length === 1;
    this.#kept = this.#kept.filter((bookmark) => found.has(bookmark) && isOnly(bookmark));
  }

  #bookmarks() {
    return (bookmarksKey.getState(this.view.state) as DecorationSet).find();
  }

  #checkBookmarks(when: string): void {
    if (this.#kept.length === 0) return;
    const { doc } = this.view.state;
    const found = new Map(this.#bookmarks().map((decoration) => [decoration.spec as Bookmark, decoration]));
    const places = placesIn(this.doc);
    this.#kept = this.#kept.filter(({ character, place }) => places.get(character)?.includes(place));
    for (const bookmark of this.#kept) {
      const { character } = bookmark;
      const decoration = found.get(bookmark);
      if (!decoration) throw new Error(`${this.name}, ${when}: the mark of ${character} is gone`);
      const marked = doc.textBetween(decoration.from, decoration.to, '|', '*');
      if (!marked.includes(character))
        throw new Error(`${this.name}, ${when}: the mark of ${character} is on ${marked}`);
    }
  }

  /** Of all characters there is one of, in Yjs and in what is shown. */
  #sides(): Side[] {
    const { doc, selection } = this.view.state;
    const { from, to } = selection;
    const places = placesIn(this.doc);
    const shown = trackedIn(doc);
    const positions = new Map(shown.map(({ character, at }) => [character, at]));
    const copied = new Set(
      shown.filter(({ character, at }) => positions.get(character) !== at).map((copy) => copy.character),
    );
    return shown.flatMap(({ character, at }): Side[] => {
      const all = places.get(character);
      if (all?.length !== 1 || copied.has(character)) return [];
      const side = at < from ? 'before' : at < to ? 'in' : 'after';
      return [{ bookmark: { character, place: all[0]! }, side }];
    });
  }

  /** The character that the caret stands behind, and its Yjs item. */
  #beforeCaret(): BeforeCaret {
    const { selection } = this.view.state;
    const text = selection.empty ? selection.$head.nodeBefore?.text : undefined;
    if (!text) return { character: '', id: null };
    return { character: text.at(-1)!, id: boundState(this.view.state)!.toRelative(selection.head - 1).item };
  }

  /** It stands there still, though others wrote behind that character: or both their words would be torn. */
  #checkCaret({ character, id }: BeforeCaret): void {
    const item = id && Y.getItem(this.doc.store, id);
    if (!(item instanceof Y.Item) || item.deleted || this.#beforeCaret().character === character) return;
    const { from, to } = this.view.state.selection;
    throw new Error(`${this.name}: the caret was behind ${character} and is at ${from} to ${to} of\n${this.view.text}`);
  }

  /** A caret between two characters that both stay is between them still, and what is selected stays so. */
  #checkSides(before: readonly Side[]): void {
    const now = new Map(this.#sides().map(({ bookmark, side }) => [bookmark.character, { bookmark, side }]));
    for (const { bookmark, side } of before) {
      const after = now.get(bookmark.character);
      if (after?.bookmark.place !== bookmark.place || after.side === side) continue;
      const { from, to } = this.view.state.selection;
      throw new Error(
        `${this.name}: ${bookmark.character} was ${side} the selection and is ${after.side} it, which is from ${from} to ${to}`,
      );
    }
  }
}

/** The characters that were typed by somebody, with their positions. */
function trackedIn(doc: Node): { readonly character: string; readonly at: number }[] {
  const found: { character: string; at: number }[] = [];
  doc.descendants((node, position) => {
    if (!node.isText) return;
    node.text!.split('').forEach((character, i) => {
      if (isTracked(character)) found.push({ character, at: position + i });
    });
  });
  return found;
}

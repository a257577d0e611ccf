// A desk: one person at one open document, whatever client carries it. It edits, undoes, moves the caret, and watches
// what arrives: nothing may stay pending, and every caret of somebody else has to point into text that is here (S5, I7).

import * as Y from 'yjs';
import type { ChannelId } from '../../server/src/log/document-log.js';
import type { Chance } from './chance.js';
import { edit, paste, rootsOf, tokensOf } from './edits.js';
import { channelKey, contentOf, hasPending, quietDoc } from './ledger.js';

type State = Record<string, unknown>;

/** What y-protocols' Awareness and Weft's Presence have in common. */
interface PresenceLike {
  readonly clientID: number;
  getStates(): Map<number, State>;
  setLocalStateField(field: string, value: unknown): void;
  on(name: 'change', listener: (change: { added: number[]; updated: number[] }) => void): void;
}

export interface DeskOptions {
  readonly id: ChannelId;
  /** Names the desk in reports. */
  readonly name: string;
  readonly doc: Y.Doc;
  readonly presence: PresenceLike;
  readonly chance: Chance;
  readonly report: (violation: string) => void;
}

export class Desk {
  readonly id: ChannelId;
  readonly name: string;
  readonly presence: PresenceLike;
  readonly #options: DeskOptions;
  readonly #chance: Chance;
  /** Marks what is typed here. */
  readonly #origin = { desk: true };
  #doc: Y.Doc;
  #undo: Y.UndoManager;

  constructor(options: DeskOptions) {
    this.id = options.id;
    this.name = `${options.name} at ${channelKey(options.id)}`;
    this.presence = options.presence;
    this.#options = options;
    this.#chance = options.chance;
    this.#doc = options.doc;
    this.#undo = this.#watch();
    this.presence.on('change', ({ added, updated }) => this.#checkCarets([...added, ...updated]));
  }

  get doc(): Y.Doc {
    return this.#doc;
  }

  /** The document was replaced (S2). */
  useDoc(doc: Y.Doc): void {
    this.#undo.destroy();
    this.#doc = doc;
    this.#undo = this.#watch();
  }

  close(): void {
    this.#undo.destroy();
  }

  /** @param token is put down with the edit, where nobody deletes it: by it what was written is found again */
  edit(token?: string): string {
    const kind = this.#doc.transact(() => {
      if (token !== undefined) tokensOf(this.#doc).push([token]);
      return edit(this.#doc, this.#chance, this.#origin);
    }, this.#origin);
    // An editor tells of the caret in the turn of the edit, or in one soon after.
    if (this.#chance.happens(0.6)) this.moveCaret();
    return kind;
  }

  paste(length: number): void {
    paste(this.#doc, this.#chance, length, this.#origin);
  }

  undo(): void {
    this.#undo.undo();
  }

  redo(): void {
    this.#undo.redo();
  }

  /**
   * Whether others will see what is seen here. Undo can put text back between two neighbours that are not in that order
   * any more; every reader of the update then finds another place for it (yjs/yjs#794, open).
   */
  looksTheSameToOthers(): boolean {
    const other = quietDoc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(this.#doc));
    return contentOf(other) === contentOf(this.#doc);
  }

  /** Mostly to where one types: the newest text. */
  moveCaret(): void {
    if (this.#chance.happens(0.05)) return this.presence.setLocalStateField('cursor', null);
    const place = (): unknown => {
      const text = this.#chance.pick(textsOf(this.#doc));
      const position = Y.createRelativePositionFromTypeIndex(text, this.#chance.int(0, text.length));
      return JSON.parse(JSON.stringify(position));
    };
    this.presence.setLocalStateField('cursor', { anchor: place(), head: place() });
  }

  #watch(): Y.UndoManager {
    const doc = this.#doc;
    doc.on('afterAllTransactions', () => {
      if (hasPending(doc)) this.#report('I7: something stays pending');
    });
    const { fragment, text, meta, notes } = rootsOf(doc);
    return new Y.UndoManager([fragment, text, meta, notes], { trackedOrigins: new Set([this.#origin]) });
  }

  #checkCarets(ids: readonly number[]): void {
    for (const id of ids.filter((id) => id !== this.presence.clientID)) {
      const cursor = this.presence.getStates().get(id)?.cursor as Record<string, unknown> | null | undefined;
      for (const json of [cursor?.anchor, cursor?.head]) {
        if (json && !this.#isKnown(json)) this.#report(`S5: the caret of ${id} points to what is not here yet`);
      }
    }
  }

  #isKnown(json: unknown): boolean {
    const { item, type } = Y.createRelativePositionFromJSON(json);
    return [item, type].every(
      (id) => id === null || id === undefined || Y.getState(this.#doc.store, id.client) > id.clock,
    );
  }

  #report(violation: string): void {
    this.#options.report(`${this.name}: ${violation}`);
  }
}

function textsOf(doc: Y.Doc): Y.Text[] {
  const { fragment, text } = rootsOf(doc);
  return [
    text,
    ...[...fragment.createTreeWalker((node) => node instanceof Y.XmlText)].map((node) => node as Y.XmlText),
  ];
}

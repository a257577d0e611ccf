// Who is here and where their caret is. Has the shape of y-protocols' Awareness, so that y-prosemirror's cursor plugin
// works on it, but no timers: the server owns the clocks and says when somebody left.
// It outlives the Y.Doc: when that is replaced, `doc` and `clientID` follow and the caret is dropped.

import { MAX_PRESENCE_BYTES } from '@weft/protocol';
import { createDecoder, readVarString, readVarUint } from 'lib0/decoding';
import type { Doc } from 'yjs';
import { Events } from './events.js';

export type PresenceState = Record<string, unknown>;

export interface PresenceChange {
  added: number[];
  updated: number[];
  removed: number[];
}

interface PresenceEvents {
  /** States that are different now. */
  change: (change: PresenceChange, origin: unknown) => void;
  /** States that were set, different or not. */
  update: (change: PresenceChange, origin: unknown) => void;
}

export class Presence extends Events<PresenceEvents> {
  doc: Doc;
  clientID: number;
  /** Everybody's state by clientID, one's own included. */
  readonly states = new Map<number, PresenceState>();
  /** What is sent of the local state: its JSON without `user`, which the server fills in; '' when it is null. */
  localJson = '';
  readonly #remote = new Map<number, { readonly clock: number; readonly json: string }>();
  readonly #changedLocally: () => void;

  constructor(doc: Doc, state: PresenceState, changedLocally: () => void) {
    super();
    this.doc = doc;
    this.clientID = doc.clientID;
    this.#changedLocally = changedLocally;
    this.#keepLocal(state);
  }

  getStates(): Map<number, PresenceState> {
    return this.states;
  }

  getLocalState(): PresenceState | null {
    return this.states.get(this.clientID) ?? null;
  }

  /** @throws RangeError when the state, as JSON, is larger than a server takes */
  setLocalState(state: PresenceState | null): void {
    const before = this.getLocalState();
    const jsonBefore = JSON.stringify(before);
    this.#keepLocal(state);
    const id = [this.clientID];
    if (before === null && state === null) return;
    if (before === null) this.#tell(changeOf({ added: id }), 'local');
    else if (state === null) this.#tell(changeOf({ removed: id }), 'local');
    else if (JSON.stringify(state) !== jsonBefore) this.#tell(changeOf({ updated: id }), 'local');
    else this.emit('update', [changeOf({ updated: id }), 'local']);
    this.#changedLocally();
  }

  setLocalStateField(field: string, value: unknown): void {
    const state = this.getLocalState();
    if (state !== null) this.setLocalState({ ...state, [field]: value });
  }

  /** @param entries n, then n times clientID, clock, JSON of the state or `null`, as y-protocols writes them */
  applyRemote(entries: Uint8Array): void {
    const change = changeOf({});
    const same: number[] = [];
    const decoder = createDecoder(entries);
    for (let left = readVarUint(decoder); left > 0; left--) {
      const id = readVarUint(decoder);
      const clock = readVarUint(decoder);
      const json = readVarString(decoder);
      const known = this.#remote.get(id);
      if (id === this.clientID || (known && known.clock > clock)) continue;
      if (json === 'null') {
        if (known) change.removed.push(id);
        this.#forget(id);
        continue;
      }
      this.#remote.set(id, { clock, json });
      if (known?.json === json) {
        same.push(id);
        continue;
      }
      this.states.set(id, JSON.parse(json) as PresenceState);
      (known ? change.updated : change.added).push(id);
    }
    this.#tell(change, 'remote', same);
  }

  /** The connection is gone: nobody else can be seen. */
  removeRemote(): void {
    const removed = [...this.#remote.keys()];
    for (const id of removed) this.#forget(id);
    this.#tell(changeOf({ removed }), 'remote');
  }

  /** Follows the document to another Y.Doc. The caret pointed into the old one and stays behind. */
  moveTo(doc: Doc): void {
    const state = this.getLocalState();
    const removed = this.states.delete(this.clientID) ? [this.clientID] : [];
    this.doc = doc;
    this.clientID = doc.clientID;
    this.#forget(doc.clientID);
    if (state !== null) {
      const { cursor: _caret, ...rest } = state;
      this.#keepLocal(rest);
    }
    this.#tell(changeOf({ removed, added: state === null ? [] : [this.clientID] }), 'local');
    this.#changedLocally();
  }

  #keepLocal(state: PresenceState | null): void {
    const json = state === null ? '' : JSON.stringify({ ...state, user: undefined });
    const bytes = new TextEncoder().encode(json).length;
    if (bytes > MAX_PRESENCE_BYTES) {
      throw new RangeError(`a presence state has at most ${MAX_PRESENCE_BYTES} bytes, this one ${bytes}`);
    }
    this.localJson = json;
    if (state === null) this.states.delete(this.clientID);
    else this.states.set(this.clientID, state);
  }

  #forget(id: number): void {
    this.#remote.delete(id);
    this.states.delete(id);
  }

  #tell(change: PresenceChange, origin: unknown, same: readonly number[] = []): void {
    const { added, updated, removed } = change;
    if (added.length + updated.length + removed.length > 0) this.emit('change', [change, origin]);
    else if (same.length === 0) return;
    this.emit('update', [{ added, updated: [...updated, ...same], removed }, origin]);
  }
}

const changeOf = (parts: Partial<PresenceChange>): PresenceChange => ({
  added: [],
  updated: [],
  removed: [],
  ...parts,
});

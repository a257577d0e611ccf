// Who is here and where their caret is. Has the shape of y-protocols' Awareness, so that y-prosemirror's cursor plugin
// works on it, but no timers: the server owns the clocks and says when somebody left.
// It outlives the Y.Doc: when that is replaced, `doc` and `clientID` follow and the caret is dropped.
// A person is shown once, where they last did something, however many tabs they have; one's own other tabs are not shown.

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

/** Somebody else's state, shown or not. */
interface Remote {
  readonly clock: number;
  readonly json: string;
  readonly state: PresenceState;
  /** As the server says it; '' where it does not know. */
  readonly person: string;
  /** Rises with each change of any state. */
  readonly changedAt: number;
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
  readonly #remote = new Map<number, Remote>();
  #changes = 0;
  readonly #changedLocally: () => void;
  readonly #ownPerson: () => string;

  /** @param ownPerson whom the server takes this session for; '' is nobody in particular */
  constructor(doc: Doc, state: PresenceState, changedLocally: () => void, ownPerson: () => string = () => '') {
    super();
    this.#ownPerson = ownPerson;
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
    const heard = new Set<number>();
    const decoder = createDecoder(entries);
    for (let left = readVarUint(decoder); left > 0; left--) {
      const id = readVarUint(decoder);
      const clock = readVarUint(decoder);
      const json = readVarString(decoder);
      const known = this.#remote.get(id);
      if (id === this.clientID || (known && known.clock > clock)) continue;
      heard.add(id);
      if (json === 'null') this.#remote.delete(id);
      else if (known?.json === json) this.#remote.set(id, { ...known, clock });
      else {
        const state = JSON.parse(json) as PresenceState;
        this.#changes += 1;
        this.#remote.set(id, { clock, json, state, person: personOf(state), changedAt: this.#changes });
      }
    }
    this.#showRemote(heard);
  }

  /** The connection is gone: nobody else can be seen. */
  removeRemote(): void {
    this.#remote.clear();
    this.#showRemote(new Set());
  }

  /** Makes `states` what is to be shown of the others. @param heard of whom something was heard, new or not */
  #showRemote(heard: ReadonlySet<number>): void {
    const shown = this.#onePerPerson();
    const change = changeOf({});
    const same: number[] = [];
    for (const id of this.states.keys()) {
      if (id !== this.clientID && !shown.has(id)) change.removed.push(id);
    }
    for (const id of change.removed) this.states.delete(id);
    for (const [id, state] of shown) {
      const before = this.states.get(id);
      if (before === undefined) change.added.push(id);
      else if (before !== state) change.updated.push(id);
      else if (heard.has(id)) same.push(id);
      this.states.set(id, state);
    }
    this.#tell(change, 'remote', same);
  }

  /** Of each person one state; of those whom the server does not know, every one. */
  #onePerPerson(): Map<number, PresenceState> {
    const own = this.#ownPerson();
    const chosen = new Map<string, Remote>();
    for (const remote of this.#remote.values()) {
      const other = chosen.get(remote.person);
      if (!other || isCloser(remote, other)) chosen.set(remote.person, remote);
    }
    const shown = [...this.#remote].filter(
      ([, remote]) => remote.person === '' || (remote.person !== own && chosen.get(remote.person) === remote),
    );
    return new Map(shown.map(([id, { state }]) => [id, state]));
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

/** Where somebody has a caret they are; in several places, where they last did something. */
function isCloser(one: Remote, other: Remote): boolean {
  const [hasCaret, otherHasCaret] = [one, other].map(({ state }) => Boolean(state.cursor));
  return hasCaret === otherHasCaret ? one.changedAt > other.changedAt : hasCaret === true;
}

function personOf({ user }: PresenceState): string {
  const { person } = (user ?? {}) as { readonly person?: unknown };
  return typeof person === 'string' ? person : '';
}

const changeOf = (parts: Partial<PresenceChange>): PresenceChange => ({
  added: [],
  updated: [],
  removed: [],
  ...parts,
});

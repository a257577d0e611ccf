// What the server does not have is told to the other tabs of this browser: at once while nothing can be sent, else when it is
// still not saved after a second. Who hears it takes it as it would what a closed page left: into its own Y.Doc and its own
// outbox, under the ids it was written under. So each tab can send all of it, whatever becomes of the others; what
// arrives a second time the server knows by its content (J2).

import * as Y from 'yjs';
import type { Outbox } from './outbox.js';
import type { Replica } from './replica.js';
import type { TabLine, TabMessage } from './tab-line.js';

/** While text cannot be sent it is told this often at most. */
const PAUSE_MS = 50;
/** The server has this long to save it. */
const SAVED_WITHIN_MS = 1_000;
/** Else it is asked for again. */
const ANSWERED_WITHIN_MS = 1_000;

export interface TabTextOwner {
  /** What is shown and written into; null while there is none, or another is about to take its place. */
  replica(): Replica | null;
  /** Whether what is written goes to the server at once. */
  isSending(): boolean;
}

export class TabText {
  readonly #openLine: (heard: (message: TabMessage) => void) => TabLine;
  readonly #owner: TabTextOwner;
  #line: TabLine | null = null;
  #isPaused = false;
  /** The outbox of which everything up to `#toldSeq` was told. */
  #outbox: Outbox | null = null;
  #toldSeq = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #missedAtMs = Number.NEGATIVE_INFINITY;

  constructor(openLine: (heard: (message: TabMessage) => void) => TabLine, owner: TabTextOwner) {
    this.#openLine = openLine;
    this.#owner = owner;
  }

  /** There is something to go on from: what the other tabs have is added to it. */
  open(): void {
    if (this.#line) return;
    this.#line = this.#openLine((message) => this.#heard(message));
    this.#ask();
    this.touch();
  }

  /** Something was written or saved, or can be sent, or cannot any more. */
  touch(): void {
    const untold = this.#untold();
    if (!this.#line || !untold) return this.#stop();
    const dueMs = this.#owner.isSending() ? untold.sinceMs + SAVED_WITHIN_MS : Date.now() + PAUSE_MS;
    if (dueMs >= this.#dueMs) return;
    this.#stop();
    this.#dueMs = dueMs;
    this.#timer = setTimeout(
      () => {
        this.#stop();
        const stillUntold = this.#untold();
        // What was due may be saved, and what came since may be.
        if (stillUntold && this.#owner.isSending() && stillUntold.sinceMs + SAVED_WITHIN_MS > Date.now()) this.touch();
        else this.#tell();
      },
      Math.max(0, dueMs - Date.now()),
    );
  }

  /** Hears nothing more, where there is nobody to take it in: it would pile up. */
  pause(): void {
    const wasOpen = this.#line !== null;
    this.close();
    this.#isPaused = wasOpen;
  }

  resume(): void {
    if (this.#isPaused) this.open();
  }

  /** Says what was not said yet, and nothing any more until it is opened again. */
  close(): void {
    if (!this.#owner.isSending()) this.#tell();
    this.#stop();
    this.#line?.close();
    this.#line = null;
    this.#isPaused = false;
  }

  /** The oldest of what was not told. */
  #untold(): { readonly sinceMs: number } | null {
    const { outbox } = this.#owner.replica() ?? { outbox: null };
    if (outbox !== this.#outbox) this.#toldSeq = 0;
    this.#outbox = outbox;
    if (!outbox || outbox.lastUnsaved <= this.#toldSeq) return null;
    return outbox.entries.find(({ clientSeq }) => clientSeq > this.#toldSeq) ?? null;
  }

  #tell(): void {
    const replica = this.#replica();
    if (!this.#line || !replica || !this.#untold()) return;
    const { outbox, epoch, doc } = replica;
    const updates = outbox.entries.filter(({ clientSeq }) => clientSeq > this.#toldSeq);
    this.#toldSeq = outbox.lastUnsaved;
    this.#line.say({
      type: 'text',
      epoch,
      stateVector: Y.encodeStateVector(doc),
      updates: updates.map(({ update, changes }) => ({ update, changes })),
    });
  }

  #ask(): void {
    const replica = this.#replica();
    if (!replica) return;
    const { epoch, doc } = replica;
    this.#line?.say({ type: 'ask', epoch, stateVector: Y.encodeStateVector(doc) });
  }

  #heard(message: TabMessage): void {
    const replica = this.#replica();
    // Text of another epoch is for a draft, and who wrote it makes one.
    if (!replica || message.epoch !== replica.epoch) return;
    if (message.type === 'text') this.#take(replica, message);
    else this.#answer(replica, message.stateVector);
  }

  #take(replica: Replica, { updates, stateVector }: Extract<TabMessage, { type: 'text' }>): void {
    if (!fits(updates, stateVector, replica.doc)) return this.#askForMissing();
    this.#missedAtMs = Number.NEGATIVE_INFINITY;
    const isAllTold = this.#untold() === null;
    for (const { update, changes } of updates) replica.takeOver(update, changes);
    // Whoever wrote it has told everybody.
    if (isAllTold) this.#toldSeq = replica.outbox.lastUnsaved;
    this.touch();
  }

  /** Whoever types does not wait for what was asked: once is enough, for a while. */
  #askForMissing(): void {
    if (Date.now() - this.#missedAtMs < ANSWERED_WITHIN_MS) return;
    this.#missedAtMs = Date.now();
    this.#ask();
  }

  #answer({ outbox, doc, epoch }: Replica, theirs: Uint8Array): void {
    if (outbox.changes === 0) return;
    this.#toldSeq = outbox.lastUnsaved;
    this.#outbox = outbox;
    const update = Y.encodeStateAsUpdate(doc, theirs);
    const updates = [{ update, changes: outbox.changes }];
    this.#line?.say({ type: 'text', epoch, stateVector: Y.encodeStateVector(doc), updates });
  }

  /** One that may be written into, and lacks nothing that it builds on. */
  #replica(): Replica | null {
    const replica = this.#owner.replica();
    return replica?.isWritable && !replica.hasPending ? replica : null;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dueMs = Number.POSITIVE_INFINITY;
  }
}

/** Whether nothing is missing that the updates build on; what is in no update has to be in the Y.Doc already. */
export function fits(
  updates: readonly { readonly update: Uint8Array }[],
  stateVector: Uint8Array,
  doc: Y.Doc,
): boolean {
  const reached = new Map<number, number>();
  const heldOf = (client: number): number => reached.get(client) ?? Y.getState(doc.store, client);
  for (const { update } of updates) {
    for (const struct of Y.decodeUpdate(update).structs) {
      const { client, clock } = struct.id;
      const held = heldOf(client);
      if (clock > held || (struct instanceof Y.Skip && clock + struct.length > held)) return false;
      reached.set(client, Math.max(held, clock + struct.length));
    }
  }
  return [...Y.decodeStateVector(stateVector)].every(([client, clock]) => heldOf(client) >= clock);
}

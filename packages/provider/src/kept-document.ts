// What an earlier page left of a document, brought into order: what to go on from, and what can only be a draft, since it
// belongs to a document that is not the newest the store knows of.

import * as Y from 'yjs';
import type { DraftReason } from './drafts.js';
import type { RetiredCopy, StoredCopy, StoredDocument, StoredDraft, StoredEntry } from './local-store.js';

export interface KeptDocument {
  readonly copy: StoredCopy | null;
  /** To be sent, under the ids it was written under. */
  readonly unsent: readonly StoredEntry[];
  readonly drafts: readonly StoredDraft[];
  /** Those of the drafts that are not kept yet. */
  readonly newDrafts: readonly StoredDraft[];
  /** Copies that nothing needs any more. */
  readonly retired: readonly RetiredCopy[];
}

/** @param why  of drafts that are made here */
export function keptDocument(stored: StoredDocument, { code, reason }: DraftReason, nowMs: number): KeptDocument {
  const { copies, drafts } = stored;
  const epochOf = epochsOf(stored.unsent);
  const unsent = stored.unsent.map((entry) => ({ ...entry, epoch: epochOf.get(entry.outboxId)! }));
  const epochs = [...new Set([...copies, ...unsent].map((each) => each.epoch))];
  const epoch = Math.max(0, ...epochs);
  const copy = copies.find((each) => each.epoch === epoch) ?? null;
  const all = [...drafts];
  const retired: RetiredCopy[] = [];
  for (const old of epochs.filter((each) => each !== 0 && each !== epoch).sort((a, b) => a - b)) {
    const entries = unsent.filter((entry) => entry.epoch === old);
    const base = copies.find((each) => each.epoch === old)?.updates ?? [];
    const id = `epoch ${old}`;
    const before = all.filter((draft) => draft.id === id).map((draft) => draft.state);
    const state = merged([...before, ...base, ...entries.map(({ update }) => update)]);
    // What was saved under an old epoch may have gone with it: not without a word (L3).
    const known = merged([...(copy?.updates ?? []), ...all.map((draft) => draft.state)]);
    if (entries.length > 0 || holdsMore(state, known)) {
      all.splice(0, all.length, ...all.filter((draft) => draft.id !== id), { id, code, reason, atMs: nowMs, state });
    }
    // One that was needed now may be so again: for a tab that has not heard of the newer one.
    if (entries.length === 0) retired.push({ epoch: old, seq: Number.MAX_SAFE_INTEGER });
  }
  return {
    copy,
    unsent: unsent.filter((entry) => entry.epoch === 0 || entry.epoch === epoch).sort((a, b) => a.sinceMs - b.sinceMs),
    drafts: all,
    newDrafts: all.filter((draft) => !drafts.includes(draft)),
    retired,
  };
}

/**
 * The same for a page that had to begin without it, and holds a document of an epoch by now.
 * @returns null: the store knows of a newer one, of which the page has yet to hear
 */
export function keptBeside(
  stored: StoredDocument,
  here: { readonly epoch: number; readonly doc: Y.Doc },
  why: DraftReason,
  nowMs: number,
): KeptDocument | null {
  const { epoch, doc } = here;
  const isHere = (copy: StoredCopy): boolean => copy.epoch === epoch;
  const updates = [...stored.copies.filter(isHere).flatMap((copy) => copy.updates), Y.encodeStateAsUpdate(doc)];
  const copy = { epoch, seq: 0, proof: new Uint8Array(), access: null, updates };
  const copies = [...stored.copies.filter((each) => !isHere(each)), copy];
  const kept = keptDocument({ ...stored, copies }, why, nowMs);
  return kept.copy === copy ? kept : null;
}

/** What a page writes builds on what it wrote before it knew the epoch. */
function epochsOf(unsent: readonly StoredEntry[]): ReadonlyMap<string, number> {
  const epochs = new Map<string, number>();
  for (const { outboxId, epoch } of unsent) epochs.set(outboxId, Math.max(epoch, epochs.get(outboxId) ?? 0));
  return epochs;
}

function merged(updates: readonly Uint8Array[]): Uint8Array {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  const state = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return state;
}

/** Whether something is written in `state` that is not in `other`. */
function holdsMore(state: Uint8Array, other: Uint8Array): boolean {
  const [held, known] = [state, other].map((each) => Y.decodeStateVector(Y.encodeStateVectorFromUpdate(each)));
  return [...held!].some(([client, clock]) => clock > (known!.get(client) ?? 0));
}

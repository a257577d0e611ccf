// Mutated honest updates through the gate. What it takes is an edit like any other: it goes into a log, is applied, deleted
// under, and loaded again from a checkpoint, and nothing may throw, stay pending or load differently.

import { contentHash } from '@weft/protocol';
import { checkUpdate, KnownState } from '@weft/server/gate';
import * as prng from 'lib0/prng';
import * as Y from 'yjs';
import { writeAtRandom } from '../../random-peers.js';
import { type GateKind, MARK_EVERY, MAX_FAULTS } from './gate-kind.js';
import { mutate } from './mutate.js';

const STEPS = 30;
/** Of each honest update, at the moment it would have come. */
const MUTANTS_PER_UPDATE = 40;

export const mutants: GateKind = {
  summary: 'mutated updates through the gate: what it takes has to apply, and to load again as it was',
  count: 100_000,
  run({ count, seed, onMark }) {
    const faults: string[] = [];
    let made = 0;
    let taken = 0;
    let misplaced = 0;
    for (let world = seed; made < count && faults.length < MAX_FAULTS; world += 1) {
      const { log } = writeAtRandom({ seed: world, steps: STEPS });
      const random = prng.create(world);
      const known = new KnownState();
      const before: Uint8Array[] = [];
      const places = [{ client: 1, clock: 0 }];
      for (const [index, update] of log.entries()) {
        const verdict = checkUpdate(update, known);
        if (verdict.kind === 'new') {
          for (const { client, from, to } of verdict.change.structs) {
            places.push({ client, clock: prng.int32(random, from, to - 1) });
          }
        }
        for (let i = 0; i < MUTANTS_PER_UPDATE && made < count; i += 1) {
          const mutant = mutate(update, prng.oneOf(random, log as Uint8Array[]), random, places);
          made += 1;
          if (made % MARK_EVERY === 0) onMark('.');
          const judged = checkUpdate(mutant, known);
          if (judged.kind !== 'new') continue;
          taken += 1;
          const judgement = judge(before, judged.update);
          if (judgement === MISPLACED) misplaced += 1;
          else if (judgement !== null)
            faults.push(`seed ${world}, update ${index}, mutant ${i}: ${judgement}: ${hex(mutant)}`);
        }
        if (verdict.kind !== 'new') continue;
        known.add(verdict.change);
        before.push(verdict.update);
      }
    }
    return {
      figures: [
        `mutants ${made}`,
        `refused ${made - taken}`,
        `taken ${taken}`,
        `of them loaded in another order, for they name two places that were never side by side (G3) ${misplaced}`,
      ],
      faults,
    };
  },
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The mutant says to lie between two items, and nobody can have seen them side by side. */
const MISPLACED = 'misplaced';

/**
 * What is wrong with an update that was taken, in words; null when it is sound. MISPLACED: it loads in another order than it
 * was seen in, which clients find by the content hash.
 */
function judge(before: readonly Uint8Array[], update: Uint8Array): string | null {
  try {
    const live = readerDoc();
    for (const earlier of before) Y.applyUpdate(live, earlier);
    Y.applyUpdate(live, update);
    if (live.store.pendingStructs || live.store.pendingDs) return 'something is pending';
    const loaded = load(Y.encodeStateAsUpdate(live));
    if (loaded.store.pendingStructs || loaded.store.pendingDs) return 'something is pending once it is loaded';
    const merged = load(Y.mergeUpdates([...before, update]));
    const isSame = showSame(loaded, live) && showSame(merged, live);
    if (!isSame && !namesImpossiblePlace(live, update)) return 'it loads differently';
    deleteEverything(live);
    load(Y.encodeStateAsUpdate(live));
    return isSame ? null : MISPLACED;
  } catch (error) {
    return `it throws ${(error as Error).stack?.split('\n').slice(0, 3).join(' ')}`;
  }
}

/**
 * Whether an item of the update names two places that were never side by side: the right one does not come after the left
 * one, or between them stands what the right one was written behind, or what the left one was written before. `doc` has the
 * update.
 */
function namesImpossiblePlace(doc: Y.Doc, update: Uint8Array): boolean {
  return Y.decodeUpdate(update).structs.some((struct) => {
    if (!(struct instanceof Y.Item)) return false;
    const left = struct.origin && find(doc, struct.origin);
    const right = struct.rightOrigin && find(doc, struct.rightOrigin);
    const list = (left ?? right)?.parent;
    // It is in what is collected.
    if ((struct.origin && !left) || (struct.rightOrigin && !right) || !(list instanceof Y.AbstractType)) return false;
    if (left !== null && left === right) return struct.rightOrigin!.clock <= struct.origin!.clock;
    // What stands before the right one was there when that was written: it is one item with it.
    if (right !== null && right.id.clock < struct.rightOrigin!.clock) return true;
    const seen = [right?.origin && find(doc, right.origin), left?.rightOrigin && find(doc, left.rightOrigin)];
    for (let item = left ? left.right : list._start; item !== right; item = item.right) {
      if (item === null || seen.includes(item)) return true;
    }
    return false;
  });
}

function find(doc: Y.Doc, { client, clock }: Y.ID): Y.Item | null {
  const structs = doc.store.clients.get(client);
  if (!structs || clock >= Y.getState(doc.store, client)) return null;
  const struct = structs[Y.findIndexSS(structs, clock)]!;
  return struct instanceof Y.Item ? struct : null;
}

/** As clients find out (G3). */
const showSame = (one: Y.Doc, other: Y.Doc): boolean => Buffer.compare(contentHash(one), contentHash(other)) === 0;

/** Yjs takes formatting away that does nothing, by writing. Who only reads here leaves it, as the provider does. */
function readerDoc(): Y.Doc {
  const doc = new Y.Doc();
  doc.on('afterTransaction', (transaction) => {
    transaction._needFormattingCleanup = false;
  });
  return doc;
}

function load(update: Uint8Array): Y.Doc {
  const doc = readerDoc();
  Y.applyUpdate(doc, update);
  return doc;
}

/** As somebody may at any time who sees it. */
function deleteEverything(doc: Y.Doc): void {
  doc.transact((transaction) => {
    for (const type of doc.share.values()) {
      for (let item = type._start; item !== null; item = item.right) if (!item.deleted) item.delete(transaction);
      for (const item of type._map.values()) if (!item.deleted) item.delete(transaction);
    }
  });
}

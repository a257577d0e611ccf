// The first gate: says of an update what it adds to what is known, or why it cannot be taken. Pure, linear in the bytes,
// without a Y.Doc. What it calls new never stays pending in a Y.Doc that has the known state (I7), and does not make it
// throw, as far as that can be seen without knowing which parent each known struct has (G2).

import * as encoding from 'lib0/encoding';
import { MalformedError } from './byte-reader.js';
import type { Change, ClockRange, KnownState } from './known-state.js';
import { canBeOrdered } from './order.js';
import { writeSlice } from './slice-struct.js';
import { defaultLimits, findSection, type GateLimits, type Section, UpdateReader } from './update-reader.js';

export type Verdict =
  /**
   * To be taken. `update` is the very array that was checked when nothing in it was known, else what is left of it (J2):
   * applied to any Y.Doc that has the known state it gives the same. `change` is not added to the known state yet (J3).
   */
  | { readonly kind: 'new'; readonly update: Uint8Array; readonly change: Change }
  /** Nothing in it is new. */
  | { readonly kind: 'known' }
  /** It builds on structs that are neither known nor in it, or needs them in an order that cannot be (G1). */
  | { readonly kind: 'gap' }
  /** It is no Yjs v1 update, or one that this server does not take. The reason is for people. */
  | { readonly kind: 'malformed'; readonly reason: string };

const knownVerdict: Verdict = { kind: 'known' };
const gapVerdict: Verdict = { kind: 'gap' };

/** Never throws, whatever the bytes are. */
export function checkUpdate(update: Uint8Array, known: KnownState, limits: GateLimits = defaultLimits): Verdict {
  try {
    return check(update, known, limits);
  } catch (error) {
    if (error instanceof MalformedError) return { kind: 'malformed', reason: error.message };
    throw error;
  }
}

function check(update: Uint8Array, known: KnownState, limits: GateLimits): Verdict {
  const reader = new UpdateReader(update, known, limits);
  const sections = reader.readSections();
  const inOrder = sortSections(sections);
  const repeatsDeletes = reader.readDeleteSet((client) => {
    const section = findSection(sections, client);
    return section ? Math.max(section.to, section.newFrom) : known.clockOf(client);
  });
  if (reader.gap || !canBeOrdered(sections)) return gapVerdict;

  const structs: ClockRange[] = [];
  let repeatsStructs = false;
  for (const { client, newFrom, to, keptCount, repeats } of sections) {
    if (keptCount > 0) structs.push({ client, from: newFrom, to });
    repeatsStructs ||= repeats;
  }
  const { deletes, deletedStructs } = reader;
  if (structs.length === 0 && deletes.length === 0) return knownVerdict;
  const isWhole = inOrder && !repeatsStructs && !repeatsDeletes;
  return {
    kind: 'new',
    update: isWhole ? update : writeRemainder(update, sections, deletes.slice(deletedStructs)),
    change: { structs, deletes },
  };
}

/**
 * Brings sections in the order Yjs writes them, highest client first. It reads any order, but its mergeUpdates loses
 * structs when it meets another one, so no other is ever stored.
 *
 * @returns whether they were in order
 */
function sortSections(sections: Section[]): boolean {
  let inOrder = true;
  for (let i = 1; i < sections.length; i++) if (sections[i]!.client >= sections[i - 1]!.client) inOrder = false;
  if (inOrder) return true;
  sections.sort((a, b) => b.client - a.client);
  for (let i = 1; i < sections.length; i++) {
    if (sections[i]!.client === sections[i - 1]!.client) throw new MalformedError('a client appears twice');
  }
  return false;
}

function writeRemainder(update: Uint8Array, sections: readonly Section[], deletes: readonly ClockRange[]): Uint8Array {
  return encoding.encode((encoder) => {
    const kept = sections.filter(({ keptCount }) => keptCount > 0);
    encoding.writeVarUint(encoder, kept.length);
    for (const { client, newFrom, keptCount, keptFrom, keptStart, end } of kept) {
      encoding.writeVarUint(encoder, keptCount);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, newFrom);
      let start = keptStart;
      if (keptFrom < newFrom) {
        start = writeSlice(encoder, update, keptStart, { client, clock: keptFrom, offset: newFrom - keptFrom });
      }
      encoding.writeUint8Array(encoder, update.subarray(start, end));
    }
    const byClient = new Map<number, ClockRange[]>();
    for (const range of deletes) {
      const ranges = byClient.get(range.client);
      if (ranges) ranges.push(range);
      else byClient.set(range.client, [range]);
    }
    encoding.writeVarUint(encoder, byClient.size);
    for (const [client, ranges] of byClient) {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, ranges.length);
      for (const { from, to } of ranges) {
        encoding.writeVarUint(encoder, from);
        encoding.writeVarUint(encoder, to - from);
      }
    }
  });
}

// The entries between two moments of a document, as far as a version says something of them: when the last of them came, who
// wrote, and what is counted.

import type { ChannelView, Entry, Seq } from '../log/document-log.js';
import type { CountJob } from './count-changes.js';
import { portionsOf } from './read-entries.js';

/** What is to be said of the entries between two moments. */
export interface Stretch {
  readonly sinceSeq: Seq;
  /** Of the last of them. */
  readonly seq: Seq;
  readonly timeMs: number;
  readonly people: ReadonlySet<string>;
  /** null: they are too many to be counted. */
  readonly updates: readonly Uint8Array[] | null;
}

/** Of entries that are read at once; what has more has a version there, or is not counted. */
export const MAX_STRETCH_BYTES = 32 * 1024 * 1024;

export const peopleOf = (entries: readonly Entry[]): Set<string> =>
  new Set(entries.map(({ author }) => author).filter((author) => author !== ''));

export function stretchesOf(entries: readonly Entry[], since: Seq, ends: readonly Seq[]): Stretch[] {
  let sinceSeq = since;
  return ends.map((seq) => {
    const own = entries.slice(sinceSeq - since, seq - since);
    const updates = own.map(({ update }) => update);
    const stretch = { sinceSeq, seq, timeMs: own.at(-1)!.timeMs, people: peopleOf(own), updates };
    sinceSeq = seq;
    return stretch;
  });
}

/** What is counted of stretches; null where one is too large. @param before the updates that they build on */
export function countJobOf(
  before: readonly Uint8Array[],
  stretches: readonly Stretch[],
): Omit<CountJob, 'checkpointState'> | null {
  const all = [...before];
  const cuts = [all.length];
  for (const { updates } of stretches) {
    if (updates === null) return null;
    for (const update of updates) all.push(update);
    cuts.push(all.length);
  }
  return { updates: all, cuts };
}

/** A stretch, however much was written: of what is too much to be counted nothing but who wrote it is kept. */
export async function readStretch(view: ChannelView, sinceSeq: Seq, seq: Seq): Promise<Stretch> {
  const people = new Set<string>();
  let updates: Uint8Array[] | null = [];
  let bytes = 0;
  let timeMs = 0;
  for await (const portion of portionsOf(view, sinceSeq, seq)) {
    for (const person of peopleOf(portion)) people.add(person);
    timeMs = portion.at(-1)!.timeMs;
    for (const { update } of portion) {
      bytes += update.length;
      updates?.push(update);
    }
    if (bytes > MAX_STRETCH_BYTES) updates = null;
  }
  return { sinceSeq, seq, timeMs, people, updates };
}

// Which known deletions stay in an update: those of the types that hold what it newly says is deleted. Yjs deletes without a
// word what is written into something deleted, and whoever has heard of both says so when they come back, as if they had erased
// it. That they say the same of what holds it tells the one from the other (0027).

import { firstAtLeast } from '../first-at-least.js';
import { ClockRanges } from './clock-ranges.js';
import type { ClockRange, KnownState } from './known-state.js';
import { NOWHERE, type Places } from './places.js';

/** Goes through all that an update says to be deleted, known or not; it may say the same more than once. */
export type Told = (visit: (client: number, from: number, to: number) => void) => void;

/**
 * Costs what is told to be read, and in what is known no more than a search for each list that something newly deleted is in.
 *
 * @param news      what is new of what an update says to be deleted
 * @param arriving  the places of what a client's structs in the update bring
 * @returns what others are to be told
 */
export function withHolders(
  news: readonly ClockRange[],
  told: Told,
  known: KnownState,
  arriving: (client: number) => Places,
): readonly ClockRange[] {
  const lists = listsOf(news, known, arriving);
  if (lists.has(NOWHERE)) {
    // What held something that has been collected is not known.
    const all: ClockRange[] = [];
    told((client, from, to) => void all.push({ client, from, to }));
    return all;
  }
  const holders = new Map<number, { readonly clocks: readonly number[]; readonly told: number[] }>();
  told((client, from, to) => {
    let own = holders.get(client);
    if (!own) {
      own = { clocks: knownHolders(lists, known, client), told: [] };
      holders.set(client, own);
    }
    const first = firstAtLeast(own.clocks, from);
    const last = firstAtLeast(own.clocks, to);
    if (first < last) own.told.push(first, last);
  });
  const kept = [...news];
  for (const [client, { clocks, told }] of holders) {
    ClockRanges.of(told).forEach((first, last) => {
      for (const clock of clocks.slice(first, last)) kept.push({ client, from: clock, to: clock + 1 });
    });
  }
  return kept;
}

/** The lists that something of this is in. */
function listsOf(news: readonly ClockRange[], known: KnownState, arriving: (client: number) => Places): Set<number> {
  const lists = new Set<number>();
  for (const [client, ranges] of rangesOf(news)) {
    const state = known.client(client);
    const clock = known.clockOf(client);
    ranges.forEach((from, to) => {
      if (from < clock) state?.places.noteLists(from, Math.min(to, clock), lists);
      if (to > clock) arriving(client).noteLists(Math.max(from, clock), to, lists);
    });
  }
  return lists;
}

/** The clocks, rising, of a client's types that have these lists and are known to be deleted: else they are among the news. */
function knownHolders(lists: ReadonlySet<number>, known: KnownState, client: number): number[] {
  const clocks = known.client(client)?.places.clocksOfTypes(lists) ?? [];
  return clocks.filter((clock) => {
    const { from, to } = known.undeleted(client, clock, clock + 1);
    return from >= to;
  });
}

/** Apart from each other, however often an update says the same. */
function rangesOf(deletes: readonly ClockRange[]): Map<number, ClockRanges> {
  const bounds = new Map<number, number[]>();
  for (const { client, from, to } of deletes) {
    const own = bounds.get(client);
    if (own) own.push(from, to);
    else bounds.set(client, [from, to]);
  }
  return new Map([...bounds].map(([client, added]) => [client, ClockRanges.of(added)]));
}

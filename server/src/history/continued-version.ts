// When a version goes on with the one before it: the same people wrote on without a pause, and one version says what both would.

import type { Entry } from '../log/document-log.js';
import { MAX_STRETCH_BYTES, peopleOf } from './stretch.js';
import { MAX_PEOPLE, type Version } from './version-record.js';

/** Entries that are read at once: of a document without versions there may be a million, and others are not to wait for that. */
export const MAX_ENTRIES = 10_000;

/** Whether the same people only went on: somebody whose page went to sleep for a moment makes no version each time. */
export function isContinued(last: Version, entries: readonly Entry[], pauseMs: number): boolean {
  // A character takes a byte at least.
  const hasAllBytes = (last.changes?.inserted ?? 0) >= MAX_STRETCH_BYTES;
  const isFull = hasAllBytes || last.morePeople > 0 || last.seq - last.sinceSeq >= MAX_ENTRIES;
  if (last.reason !== 'automatic' || isFull || entries[0]!.timeMs - last.timeMs >= pauseMs) return false;
  const people = peopleOf(entries);
  return people.size === last.people.length && last.people.every((person) => people.has(person));
}

/** `later`, with what was said of the version before it, which goes. A character may have come in one and gone in the other. */
export function joined(earlier: Version, later: Version): Version {
  const people = [...new Set([...earlier.people, ...later.people])];
  const beyond = Math.max(0, people.length - MAX_PEOPLE);
  const changes = earlier.changes &&
    later.changes && {
      inserted: earlier.changes.inserted + later.changes.inserted,
      deleted: earlier.changes.deleted + later.changes.deleted,
    };
  return {
    ...later,
    sinceSeq: earlier.sinceSeq,
    people: people.slice(0, MAX_PEOPLE),
    morePeople: Math.max(earlier.morePeople, later.morePeople) + beyond,
    changes,
  };
}

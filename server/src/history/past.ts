// The past of documents, put together for those who ask for it: versions, moments, comparisons, restores.

import type { DocumentLog } from '../log/document-log.js';
import type { RoomRegistry } from '../room/room-registry.js';
import { Turns } from '../turns.js';
import type { VersionPolicy } from '../version-settings.js';
import { Comparisons } from './compare-moments.js';
import { Copies } from './copies.js';
import { EntryPages } from './entry-pages.js';
import type { HistoryWorkers } from './history-workers.js';
import { Moments } from './moments.js';
import { Restores } from './restores.js';
import { type ThinnedBy, Versions } from './versions.js';

export interface PastOptions {
  readonly log: Pick<DocumentLog, 'view' | 'records'>;
  readonly history: Pick<
    HistoryWorkers,
    | 'buildCheckpoint'
    | 'compare'
    | 'computePart'
    | 'computeRestore'
    | 'computeUndo'
    | 'countChanges'
    | 'countWritten'
    | 'inflateState'
    | 'rebuildState'
    | 'renderFile'
    | 'renderJson'
  >;
  readonly registry: Pick<RoomRegistry, 'enter'>;
  readonly policy: VersionPolicy;
  /** As of VersionsOptions. */
  readonly versionsThinnedBy: ThinnedBy;
  readonly complain: (sentence: string) => void;
}

export interface Past {
  readonly versions: Versions;
  readonly moments: Moments;
  readonly comparisons: Comparisons;
  readonly entryPages: EntryPages;
  readonly restores: Restores;
  readonly copies: Copies;
}

/**
 * What people ask of the past: two at a time that read and two that change it, of each person one, so that what the server itself has to do is never behind many of
 * them, and nobody waits for all that somebody else asked for. No more wait than somebody would wait for.
 */
export const pastTurns = { atOnce: 2, atOnceForOne: 1, maxWaiting: 200, maxWaitingForOne: 10 } as const;

export function openPast({ log, history, registry, policy, versionsThinnedBy, complain }: PastOptions): Past {
  const turns = new Turns(pastTurns);
  // Of those who change something some wait for the disk, which may be full, or for each other: nobody who reads waits for them.
  const changing = new Turns(pastTurns);
  const versions = new Versions({
    log,
    counter: history,
    policy,
    thinnedBy: versionsThinnedBy,
    turns: changing,
    complain,
  });
  const moments = new Moments({ log, versions, history, turns });
  const comparisons = new Comparisons({ log, comparer: history, moments, turns });
  const entryPages = new EntryPages({ log, history, turns });
  const restores = new Restores({ log, computer: history, moments, versions, registry, turns: changing });
  const copies = new Copies({ log, history, moments, registry, turns });
  return { versions, moments, comparisons, entryPages, restores, copies };
}

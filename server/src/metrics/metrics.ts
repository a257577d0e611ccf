// What the server counts of itself: plain numbers and fixed buckets that the parts add to where a thing happens, and that
// somebody reads when they are asked for. Nothing here knows names of documents or people, and nothing here allocates on the way
// of an edit. What each of them means is said in prometheus.ts.

import type { CloseCode, RefusalCode } from '@weft/protocol';
import { latencies, sizes } from './histogram.js';

/** How often each of a few words was counted. For what is rare. */
export class Tally<Word extends string> {
  readonly #counts = new Map<Word, number>();

  add(word: Word): void {
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
  }

  get counts(): ReadonlyMap<Word, number> {
    return this.#counts;
  }
}

/** Why an update is to be sent again later: the session sends too many, too much waits for the disk, or it takes nothing. */
export const POSTPONED = ['too-many', 'busy', 'no-storage'] as const;
export type Postponed = (typeof POSTPONED)[number];

/** What carries sessions: sockets, bytes, those who do not read. */
export class SocketMetrics {
  receivedFrames = 0;
  receivedBytes = 0;
  sentFrames = 0;
  sentBytes = 0;
  /** Calls that hand bytes to a socket. */
  writes = 0;
  /** How often there was no more room for a connection. */
  fellBehind = 0;
  /** Connections that were closed because nothing was read on them. */
  stalled = 0;
  /** By HTTP status: those who were not let in. */
  readonly turnedAway = new Tally<`${number}`>();
  /** By close code: those that we closed. */
  readonly closed = new Tally<`${number}`>();
}

/** What carries a session. */
export const TRANSPORTS = ['websocket', 'events', 'poll'] as const;
export type Transport = (typeof TRANSPORTS)[number];

const perTransport = (): Record<Transport, number> => ({ websocket: 0, events: 0, poll: 0 });

/** What the sessions of one dialect do. */
export class DialectMetrics {
  readonly sessionsOpened = perTransport();
  readonly sessionsClosed = perTransport();
  /** Updates that became an entry, whole. */
  edits = 0;
  /** Updates with nothing new in them. */
  known = 0;
  /** Updates with something that builds on what is not here. */
  resyncs = 0;
  /** Open messages that were granted and held something already. */
  reconnects = 0;
  /** By reason: updates that are to be sent again later. */
  readonly postponed = new Tally<Postponed>();
  /** By code: updates that are not taken, ever. */
  readonly refused = new Tally<RefusalCode>();
  /** By close code: documents that were not opened. */
  readonly joinsRefused = new Tally<`${CloseCode}`>();
}

/** What happens in rooms, from a join to a checkpoint. */
export class RoomMetrics {
  /** Joins that found their room open, or being opened. */
  warmJoins = 0;
  coldJoins = 0;
  /** Of rooms that were opened, in milliseconds. */
  readonly opening = latencies();
  /** From the receipt of the oldest update that a Saved speaks of until that leaves, in milliseconds. */
  readonly saved = latencies();
  /** From the moment a group is on disk until it was handed to everybody in its room, in milliseconds. */
  readonly fanOut = latencies();
  /** From the start of a checkpoint until it is in use, in milliseconds. */
  readonly checkpoints = latencies();
  /** Checkpoints and descriptions that a worker failed on. */
  failures = 0;
}

/** What reaches the disk, and what does not. */
export class LogMetrics {
  /** Of groups of entries. */
  readonly groupEntries = sizes(1, 8);
  readonly groupBytes = sizes(64, 9);
  /** Of one synced write of a group, in milliseconds. */
  readonly writes = latencies();
  failedWrites = 0;
  /** Of the records in the journal; null where nobody counts them. */
  journalBytes: number | null = 0;
}

/** What is asked over HTTP. */
export class HttpMetrics {
  /** By route and class of status, as `/api/v1/documents 2xx`. */
  readonly requests = new Tally<`${string} ${number}xx`>();
  /** From the request to the end of the answer, in milliseconds. */
  readonly latency = latencies();
}

export const DIALECTS = ['weft', 'yjs'] as const;

export class Metrics {
  readonly sockets = new SocketMetrics();
  readonly dialects: Readonly<Record<(typeof DIALECTS)[number], DialectMetrics>> = {
    weft: new DialectMetrics(),
    yjs: new DialectMetrics(),
  };
  readonly rooms = new RoomMetrics();
  readonly log = new LogMetrics();
  readonly http = new HttpMetrics();
}

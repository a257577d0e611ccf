// Every metric there is: its name, what it says, and where its values come from. docs/operations.md lists them, and a test
// compares the two. Labels have few values, and never the name of a document or a person.

import { CloseCode, refusalSentences } from '@weft/protocol';
import type { Histogram } from './histogram.js';
import { DIALECTS, type DialectMetrics, type Metrics, POSTPONED, type Tally, TRANSPORTS } from './metrics.js';
import type { ProcessNumbers } from './process-numbers.js';

/** What is looked at when somebody asks for the metrics. */
export interface Observed {
  readonly metrics: Metrics;
  readonly process: Pick<ProcessNumbers, 'takeDelaysMs' | 'busyMs' | 'cpu' | 'memory' | 'startedAtMs' | 'openFiles'>;
  readonly version: string;
  readonly rooms: { readonly openRooms: number; readonly quarantined: number };
  readonly workers: () => Readonly<Record<string, { waiting: number; running: number; busyMs: number }>>;
  /** Bytes that wait. */
  readonly queues: () => { readonly journal: number; readonly sockets: number };
  readonly storageState: () => (typeof STORAGE_STATES)[number];
  readonly alarms: () => number;
  /** Both null where the disk does not say. */
  readonly disk: () => Promise<{ readonly freeBytes: number | null; readonly storeBytes: number | null }>;
}

/** Says one value. @param labels in the order in which the family names them */
type Say = (value: number, ...labels: string[]) => void;

interface Described {
  readonly name: string;
  readonly help: string;
}

export type Family = Described &
  (
    | {
        readonly type: 'counter' | 'gauge';
        readonly labels: readonly string[];
        readonly read: (from: Observed, say: Say) => void | Promise<void>;
      }
    | { readonly type: 'histogram'; readonly labels: readonly []; readonly read: (from: Observed) => Histogram }
  );

const STORAGE_STATES = ['ok', 'full', 'failing', 'silent'] as const;
const MS_PER_SECOND = 1000;
const US_PER_SECOND = 1e6;

type Read<From> = (from: From) => number;

const oneNumber =
  (type: 'counter' | 'gauge') =>
  (name: string, help: string, read: Read<Observed>): Family => ({
    name,
    help,
    type,
    labels: [],
    read: (from, say) => say(read(from)),
  });

const counter = oneNumber('counter');
const gauge = oneNumber('gauge');

const histogram = (name: string, help: string, read: (metrics: Metrics) => Histogram): Family => ({
  name,
  help,
  type: 'histogram',
  labels: [],
  read: ({ metrics }) => read(metrics),
});

const perDialect = (name: string, help: string, read: Read<DialectMetrics>): Family => ({
  name,
  help,
  type: 'counter',
  labels: ['dialect'],
  read: ({ metrics }, say) => {
    for (const dialect of DIALECTS) say(read(metrics.dialects[dialect]), dialect);
  },
});

/** A word of a dialect's tally each. @param words those that are said also when they were never counted */
const perDialectAnd = <Word extends string>(
  [label, words]: readonly [label: string, words: readonly Word[]],
  name: string,
  help: string,
  read: (from: DialectMetrics) => Tally<Word>,
): Family => ({
  name,
  help,
  type: 'counter',
  labels: ['dialect', label],
  read: ({ metrics }, say) => {
    for (const dialect of DIALECTS) {
      const { counts } = read(metrics.dialects[dialect]);
      for (const word of words) say(counts.get(word) ?? 0, dialect, word);
    }
  },
});

const closeCodes = Object.values(CloseCode).map((code) => `${code}` as const);
const refusalCodes = Object.keys(refusalSentences) as (keyof typeof refusalSentences)[];

/** Stock clients speak over WebSockets alone. */
const carried = [...TRANSPORTS.map((transport) => [transport, 'weft'] as const), ['websocket', 'yjs'] as const];

const sessions: readonly Family[] = [
  {
    name: 'weft_sessions',
    help: 'Sessions that are open.',
    type: 'gauge',
    labels: ['transport', 'dialect'],
    read: ({ metrics }, say) => {
      for (const [transport, dialect] of carried) {
        const { sessionsOpened, sessionsClosed } = metrics.dialects[dialect];
        say(sessionsOpened[transport] - sessionsClosed[transport], transport, dialect);
      }
    },
  },
  {
    name: 'weft_sessions_opened_total',
    help: 'Sessions that were opened.',
    type: 'counter',
    labels: ['transport', 'dialect'],
    read: ({ metrics }, say) => {
      for (const [transport, dialect] of carried) {
        say(metrics.dialects[dialect].sessionsOpened[transport], transport, dialect);
      }
    },
  },
  {
    name: 'weft_connections_turned_away_total',
    help: 'Connections that were not let in, by the HTTP status they were told.',
    type: 'counter',
    labels: ['status'],
    read: ({ metrics }, say) => {
      for (const [status, count] of metrics.sockets.turnedAway.counts) say(count, status);
    },
  },
  {
    name: 'weft_connections_closed_total',
    help: 'Connections that the server closed, by close code (PROTOCOL.md).',
    type: 'counter',
    labels: ['code'],
    read: ({ metrics }, say) => {
      for (const code of closeCodes) say(metrics.sockets.closed.counts.get(code) ?? 0, code);
    },
  },
  counter('weft_received_frames_total', 'Messages from clients.', ({ metrics }) => metrics.sockets.receivedFrames),
  counter('weft_received_bytes_total', 'Bytes of them.', ({ metrics }) => metrics.sockets.receivedBytes),
  counter('weft_sent_frames_total', 'Messages to clients.', ({ metrics }) => metrics.sockets.sentFrames),
  counter('weft_sent_bytes_total', 'Bytes of them, with their framing.', ({ metrics }) => metrics.sockets.sentBytes),
  counter('weft_socket_writes_total', 'Writes that carried them.', ({ metrics }) => metrics.sockets.writes),
  {
    name: 'weft_slow_readers_total',
    help: 'Connections that took less than was sent: fell-behind are caught up later, closed read nothing for too long.',
    type: 'counter',
    labels: ['outcome'],
    read: ({ metrics: { sockets } }, say) => {
      say(sockets.fellBehind, 'fell-behind');
      say(sockets.stalled, 'closed');
    },
  },
];

const rooms: readonly Family[] = [
  gauge('weft_rooms', 'Documents that are open in memory, text and discussion each.', ({ rooms }) => rooms.openRooms),
  {
    name: 'weft_joins_total',
    help: 'Documents that a session came into: warm ones were in memory already, or on the way there.',
    type: 'counter',
    labels: ['room'],
    read: ({ metrics: { rooms } }, say) => {
      say(rooms.coldJoins, 'cold');
      say(rooms.warmJoins, 'warm');
    },
  },
  {
    name: 'weft_joins_refused_total',
    help: 'Documents that were not opened, by close code. A stock client is closed instead, and counted there.',
    type: 'counter',
    labels: ['code'],
    read: ({ metrics }, say) => {
      const { counts } = metrics.dialects.weft.joinsRefused;
      for (const code of closeCodes) say(counts.get(code) ?? 0, code);
    },
  },
  counter(
    'weft_reconnects_total',
    'Documents that a client came back to with what it had. Stock clients do not say.',
    ({ metrics }) => metrics.dialects.weft.reconnects,
  ),
  histogram('weft_room_open_seconds', 'Time to bring a document into memory.', ({ rooms }) => rooms.opening),
];

const edits: readonly Family[] = [
  perDialect('weft_edits_total', 'Updates that became an entry of the log.', (dialect) => dialect.edits),
  perDialect('weft_edits_known_total', 'Updates with nothing new in them.', (dialect) => dialect.known),
  perDialect(
    'weft_resyncs_total',
    'Updates that build on text the server does not have, which it then asks for.',
    (dialect) => dialect.resyncs,
  ),
  perDialectAnd(
    ['reason', POSTPONED],
    'weft_edits_postponed_total',
    'Updates that are to be sent again later: one sends too many, the disk is behind, or takes nothing.',
    (dialect) => dialect.postponed,
  ),
  perDialectAnd(
    ['code', refusalCodes],
    'weft_refusals_total',
    'Updates that were refused for good; the text stays with its author.',
    (dialect) => dialect.refused,
  ),
  histogram(
    'weft_saved_seconds',
    'Time to Saved: from the receipt of an update to the message that tells a weft client that it is on disk. Of each such message, the update that waited longest.',
    ({ rooms }) => rooms.saved,
  ),
  histogram(
    'weft_fan_out_seconds',
    'From the moment a group is on disk until everybody in its room was sent it.',
    ({ rooms }) => rooms.fanOut,
  ),
];

const storage: readonly Family[] = [
  histogram('weft_group_entries', 'Entries that one synced write holds.', ({ log }) => log.groupEntries),
  histogram('weft_group_bytes', 'Bytes of its record.', ({ log }) => log.groupBytes),
  histogram('weft_group_write_seconds', 'Time of that write.', ({ log }) => log.writes),
  counter(
    'weft_store_errors_total',
    'Writes that failed, each try of them.',
    ({ metrics }) => metrics.log.failedWrites,
  ),
  {
    name: 'weft_storage_state',
    help: '1 for the state that the storage is in, 0 for the others. Only in ok edits are taken.',
    type: 'gauge',
    labels: ['state'],
    read: ({ storageState }, say) => {
      for (const state of STORAGE_STATES) say(state === storageState() ? 1 : 0, state);
    },
  },
  {
    name: 'weft_queue_bytes',
    help: 'Bytes in memory that wait: for the disk (journal), or for readers (sockets).',
    type: 'gauge',
    labels: ['queue'],
    read: ({ queues }, say) => {
      for (const [queue, bytes] of Object.entries(queues())) say(bytes, queue);
    },
  },
  {
    name: 'weft_journal_bytes',
    help: 'Bytes written that are not put away in segments yet; of a data folder every start reads them. Absent with several nodes.',
    type: 'gauge',
    labels: [],
    read: ({ metrics }, say) => sayKnown(metrics.log.journalBytes, say),
  },
  {
    name: 'weft_store_bytes',
    help: 'Bytes of the files of the store. Looked at once a minute at most.',
    type: 'gauge',
    labels: [],
    read: async ({ disk }, say) => sayKnown((await disk()).storeBytes, say),
  },
  {
    name: 'weft_disk_free_bytes',
    help: 'Bytes that may still be written to its disk.',
    type: 'gauge',
    labels: [],
    read: async ({ disk }, say) => sayKnown((await disk()).freeBytes, say),
  },
  gauge('weft_alarms', 'Losses that were noticed, and that nobody has looked into.', ({ alarms }) => alarms()),
];

const upkeep: readonly Family[] = [
  histogram(
    'weft_checkpoint_seconds',
    'Time to make a checkpoint and put it to use.',
    ({ rooms }) => rooms.checkpoints,
  ),
  counter(
    'weft_checkpoint_failures_total',
    'Checkpoints and descriptions of documents that failed.',
    ({ metrics }) => metrics.rooms.failures,
  ),
  gauge(
    'weft_quarantined_channels',
    'Texts and discussions that go on without new checkpoints, because a worker failed on them.',
    ({ rooms }) => rooms.quarantined,
  ),
  {
    name: 'weft_worker_jobs',
    help: 'Jobs of the workers: upkeep makes checkpoints, joins makes what newcomers are sent.',
    type: 'gauge',
    labels: ['pool', 'state'],
    read: ({ workers }, say) => {
      for (const [pool, { waiting, running }] of Object.entries(workers())) {
        say(waiting, pool, 'waiting');
        say(running, pool, 'running');
      }
    },
  },
  {
    name: 'weft_worker_seconds_total',
    help: 'Time that jobs took in the workers.',
    type: 'counter',
    labels: ['pool'],
    read: ({ workers }, say) => {
      for (const [pool, { busyMs }] of Object.entries(workers())) say(busyMs / MS_PER_SECOND, pool);
    },
  },
];

const http: readonly Family[] = [
  {
    name: 'weft_http_requests_total',
    help: 'Requests, by route and class of the answer. Routes that are none are "none".',
    type: 'counter',
    labels: ['route', 'status'],
    read: ({ metrics }, say) => {
      for (const [words, count] of metrics.http.requests.counts) {
        const [route = '', status = ''] = words.split(' ');
        say(count, route, status);
      }
    },
  },
  histogram('weft_http_request_seconds', 'Time of an answer.', ({ http }) => http.latency),
];

const ofTheProcess: readonly Family[] = [
  {
    name: 'weft_build_info',
    help: 'Always 1: what runs is in the labels.',
    type: 'gauge',
    labels: ['version', 'node'],
    read: ({ version }, say) => say(1, version, process.version),
  },
  {
    name: 'weft_event_loop_delay_seconds',
    help: 'How late the process came to what was due since the metrics were last read, sampled five times a second; 1 is the latest.',
    type: 'gauge',
    labels: ['quantile'],
    read: ({ process }, say) => {
      for (const [share, delayMs] of process.takeDelaysMs()) say(delayMs / MS_PER_SECOND, `${share}`);
    },
  },
  counter(
    'weft_event_loop_busy_seconds_total',
    'Time that the main thread was not waiting: its rate is the utilisation.',
    ({ process }) => process.busyMs / MS_PER_SECOND,
  ),
  counter(
    'process_cpu_user_seconds_total',
    'CPU time of all threads, outside of the kernel.',
    ({ process }) => process.cpu.userUs / US_PER_SECOND,
  ),
  counter(
    'process_cpu_system_seconds_total',
    'CPU time of all threads, in the kernel.',
    ({ process }) => process.cpu.systemUs / US_PER_SECOND,
  ),
  counter('process_cpu_seconds_total', 'Both.', ({ process: { cpu } }) => (cpu.userUs + cpu.systemUs) / US_PER_SECOND),
  gauge('process_resident_memory_bytes', 'Memory that is in use.', ({ process }) => process.memory.rss),
  gauge('nodejs_heap_size_used_bytes', 'Of it, objects of the main thread.', ({ process }) => process.memory.heapUsed),
  gauge('nodejs_external_memory_bytes', 'Of it, buffers of the main thread.', ({ process }) => process.memory.external),
  {
    name: 'process_open_fds',
    help: 'Files and sockets that are open. Not on every system.',
    type: 'gauge',
    labels: [],
    read: async ({ process }, say) => sayKnown(await process.openFiles(), say),
  },
  gauge(
    'process_start_time_seconds',
    'When it started, in seconds since 1970.',
    ({ process }) => process.startedAtMs / MS_PER_SECOND,
  ),
];

function sayKnown(value: number | null, say: Say): void {
  if (value !== null) say(value);
}

export const families: readonly Family[] = [
  ...sessions,
  ...rooms,
  ...edits,
  ...storage,
  ...upkeep,
  ...http,
  ...ofTheProcess,
];

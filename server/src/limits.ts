// What anybody may take of the server, as one table: every limit has a name in the section `limits` of the configuration, a
// value when nobody says, bounds, and a sentence. docs/configuration.md lists this table, and a test compares the two.

import { MAX_OPEN_CHANNELS, MAX_PRESENCE_BYTES, MAX_UPDATE_BYTES } from '@weft/protocol';
import { SyncError } from './sync-error.js';

interface LimitSetting {
  readonly fallback: number;
  readonly least: number;
  readonly most: number;
  /** What it limits and what happens there, for docs/configuration.md. */
  readonly summary: string;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const limitSettings = {
  updateBytes: {
    fallback: MAX_UPDATE_BYTES,
    least: 64 * KIB,
    most: MAX_UPDATE_BYTES,
    summary: 'Bytes of one update. A larger one is refused and stays in the page as a draft.',
  },
  documentBytes: {
    fallback: 64 * MIB,
    least: MIB,
    most: 1024 * MIB,
    summary:
      'Bytes of one document. Beyond it nothing more can be written to it, and pages say so; it can be read and exported.',
  },
  updatesPerSecond: {
    fallback: 200,
    least: 1,
    most: 100_000,
    summary: 'Updates of one session, in the long run. Beyond it the session is told to wait, and sends them later.',
  },
  updatesAtOnce: {
    fallback: 20_000,
    least: 10,
    most: 1_000_000,
    summary: 'Updates that a session may send before that rate counts: somebody may come back after days offline.',
  },
  updateBytesPerSecond: {
    fallback: MIB,
    least: 10 * KIB,
    most: 1024 * MIB,
    summary: 'Bytes of updates of one session, in the long run. Beyond it the session is told to wait.',
  },
  updateBytesAtOnce: {
    fallback: 128 * MIB,
    least: 8 * MIB,
    most: 1024 * MIB,
    summary: 'Bytes of updates that a session may send before that rate counts: somebody may paste a book.',
  },
  joinsPerSecond: {
    fallback: 2,
    least: 0.01,
    most: 10_000,
    summary: 'Documents that one connection opens, in the long run. Beyond it an opening is turned down until later.',
  },
  joinsAtOnce: {
    fallback: MAX_OPEN_CHANNELS,
    least: 1,
    most: 100_000,
    summary: 'Documents that one connection may open before that rate counts.',
  },
  secondsBetweenAnswers: {
    fallback: 10,
    least: 0,
    most: 3600,
    summary:
      'Seconds between two answers to a stock client that asks for the state of its document again. It is answered after them.',
  },
  presencesPerSecond: {
    fallback: 40,
    least: 1,
    most: 1000,
    summary: 'Moves of a caret that one session is heard with. Those in between are left out, the last one is shown.',
  },
  presenceBytes: {
    fallback: MAX_PRESENCE_BYTES,
    least: 256,
    most: MAX_PRESENCE_BYTES,
    summary: 'Bytes of what one session shows of itself. More is not shown.',
  },
  openDocuments: {
    fallback: MAX_OPEN_CHANNELS,
    least: 1,
    most: MAX_OPEN_CHANNELS,
    summary: 'Documents that are open on one connection at once. One more is turned down.',
  },
  waitingBytes: {
    fallback: 4 * MIB,
    least: 64 * KIB,
    most: 256 * MIB,
    summary:
      'Bytes that wait for a slow reader. At the limit nothing more is queued for it; once it has read them it is caught up.',
  },
  slowReaderSeconds: {
    fallback: 60,
    least: 1,
    most: 3600,
    summary: 'Seconds a slow reader at that limit may read nothing at all. Then it is closed, and may come back.',
  },
  identifySeconds: {
    fallback: 10,
    least: 1,
    most: 300,
    summary: 'Seconds in which a new connection has to say who it is. Then it is closed, and may come back.',
  },
  unidentifiedBytes: {
    fallback: MIB,
    least: 16 * KIB,
    most: 16 * MIB,
    summary: 'Bytes that a connection may send before it is known who it is. More closes it.',
  },
  sessionsPerPerson: {
    fallback: 100,
    least: 1,
    most: 100_000,
    summary: 'Connections of one person at once, where it is known who that is. One more is turned away until later.',
  },
  sessionsPerDocument: {
    fallback: 1000,
    least: 1,
    most: 100_000,
    summary: 'Connections that have one document open at once. One more is turned away from it until later.',
  },
  sessionsPerDocumentAndAddress: {
    fallback: 500,
    least: 1,
    most: 100_000,
    summary:
      'Of those, connections from one address: the other places are for others. One more is turned away until later.',
  },
  connections: {
    fallback: 20_000,
    least: 1,
    most: 1_000_000,
    summary: 'Connections to the server at once. One more is turned away until later.',
  },
  connectionsPerAddress: {
    fallback: 2000,
    least: 1,
    most: 1_000_000,
    summary: 'Connections from one address at once: a school or a company may share one. One more is turned away.',
  },
  connectionsPerSecond: {
    fallback: 50,
    least: 0.1,
    most: 100_000,
    summary: 'New connections from one address, in the long run. Beyond it they are turned away until later.',
  },
  bodyBytes: {
    fallback: 64 * KIB,
    least: KIB,
    most: MIB,
    summary: 'Bytes of the body of one request to the API. A larger one is refused.',
  },
  fileBytes: {
    fallback: 20 * MIB,
    least: KIB,
    most: 1024 * MIB,
    summary: 'Bytes of one picture or other file in a document. A larger one is refused.',
  },
  filesPerDocument: {
    fallback: 2000,
    least: 1,
    most: 10_000,
    summary:
      'Files of one document. They stay as long as the document does, for its history shows them. One more is refused.',
  },
  fileBytesPerDocument: {
    fallback: 512 * MIB,
    least: MIB,
    most: 1024 * 1024 * MIB,
    summary: 'Bytes of all files of one document. What goes beyond is refused.',
  },
  fileBytesPerSecond: {
    fallback: 256 * KIB,
    least: KIB,
    most: 1024 * MIB,
    summary:
      'Bytes of files that one person, or all guests of one address, send in the long run. Beyond it files are refused until later.',
  },
  fileBytesAtOnce: {
    fallback: 256 * MIB,
    least: MIB,
    most: 1024 * 1024 * MIB,
    summary: 'Bytes of files that one person, or all guests of one address, may send before that rate counts.',
  },
  requestsPerSecond: {
    fallback: 10,
    least: 0.1,
    most: 100_000,
    summary:
      'Requests to the API from one address that change something or ask to be let in, in the long run. More are refused until later.',
  },
  requestsAtOnce: {
    fallback: 300,
    least: 1,
    most: 100_000,
    summary: 'Requests of that kind that one address may make before that rate counts.',
  },
} as const satisfies Record<string, LimitSetting>;

export type LimitName = keyof typeof limitSettings;
export type Limits = Readonly<Record<LimitName, number>>;

const names = Object.keys(limitSettings) as LimitName[];

export const defaultLimits: Limits = Object.fromEntries(
  names.map((name) => [name, limitSettings[name].fallback]),
) as Limits;

/**
 * @param given the section `limits` of the configuration
 * @throws SyncError `BAD_USAGE` for what is no limit, or none within its bounds
 */
export function readLimits(given: Readonly<Record<string, unknown>>): Limits {
  const limits: Record<LimitName, number> = { ...defaultLimits };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(limitSettings, name)) {
      throw new SyncError('BAD_USAGE', `There is no limit "limits.${name}". There are ${names.join(', ')}.`);
    }
    const { least, most } = limitSettings[name as LimitName];
    if (typeof value !== 'number' || !(value >= least && value <= most)) {
      const range = `a number from ${least} to ${most}`;
      throw new SyncError('BAD_USAGE', `"limits.${name}" has to be ${range}, not ${JSON.stringify(value)}.`);
    }
    limits[name as LimitName] = value;
  }
  return limits;
}

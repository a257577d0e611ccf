// What one node on its folder, and one, two and three on a Postgres and a Redis carry, all on this machine: how long a letter takes to
// be saved and to be seen, what it costs in nodes, database and Redis, how many letters a second are saved when everybody writes as
// fast as that, and how the time to Saved grows with rooms that are written in.

import { join } from 'node:path';
import { Crowd, type Door } from '../peers/load/crowd.js';
import type { Histogram } from '../peers/load/histogram.js';
import { compose, play } from '../peers/load/pacer.js';
import { SavedTimes } from '../peers/load/saved-times.js';
import { FIRST_CLIENT_ID } from '../peers/load/typing.js';
import type { Figure } from './kind.js';
import { Site, type Spent } from './site.js';

const SITES = [
  { name: 'Level', nodes: 0 },
  { name: 'Postgres, 1 node', nodes: 1 },
  { name: 'Postgres, 2 nodes', nodes: 2 },
  { name: 'Postgres, 3 nodes', nodes: 3 },
] as const;

/** Who writes is numbered from here on, and who reads far behind. */
const isWriter = (clientId: number): boolean => clientId < FIRST_CLIENT_ID + 1_000_000;

interface Case {
  readonly name: string;
  readonly documents: number;
  /** In each document. */
  readonly writers: number;
  readonly readers: number;
  readonly nodeOf: (document: number, clientId: number) => number;
  /** One node is enough, or it takes several to tell something. */
  readonly leastNodes: number;
}

/** The same letters in each: of a hundred people, or nearly. */
const CASES: readonly Case[] = [
  {
    name: 'read at the same node',
    documents: 100,
    writers: 1,
    readers: 1,
    nodeOf: (document) => document,
    leastNodes: 0,
  },
  {
    name: 'read at another node',
    documents: 100,
    writers: 1,
    readers: 1,
    nodeOf: (document, clientId) => (isWriter(clientId) ? document : document + 1),
    leastNodes: 2,
  },
  {
    name: 'three write each, at one node',
    documents: 33,
    writers: 3,
    readers: 0,
    nodeOf: (document) => document,
    leastNodes: 0,
  },
  {
    name: 'three write each, at all nodes',
    documents: 33,
    writers: 3,
    readers: 0,
    nodeOf: (_, clientId) => clientId,
    leastNodes: 2,
  },
];
const PER_SECOND = 5;

const ROOMS = [1, 10, 100, 1000] as const;
const ROOM_SITES: readonly number[] = [0, 1, 3];
const PER_ROOM_AND_SECOND = 2;

/** Documents with a writer each, who has as many letters on their way as this. */
const FAST_WRITERS = 100;
const ON_THEIR_WAY = 4;
/** More is taken from nobody in the long run. */
const MOST_PER_SECOND = 200;

interface Stretch {
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

const FULL: Stretch = { warmUpMs: 2000, measuredMs: 5000 };
const SMALL: Stretch = { warmUpMs: 200, measuredMs: 500 };

export async function measureNodes(folder: string, isSmall: boolean): Promise<Figure[]> {
  const stretch = isSmall ? SMALL : FULL;
  const figures: Figure[] = [];
  for (const { name, nodes } of isSmall ? SITES.filter(({ nodes }) => nodes === 2) : SITES) {
    const site = await Site.start({ folder: join(folder, `${nodes}`), nodes });
    try {
      for (const one of CASES.filter(({ leastNodes }) => nodes >= leastNodes)) {
        const size = isSmall ? { ...one, documents: 3 } : one;
        figures.push({ what: `${name}: ${one.name}`, value: await measureCase(site, size, stretch) });
      }
      const writers = isSmall ? 3 : FAST_WRITERS;
      figures.push({ what: `${name}: as fast as it saves`, value: await measureFastest(site, writers, stretch) });
      if (!ROOM_SITES.includes(nodes)) continue;
      for (const rooms of ROOMS) {
        figures.push({ what: `${name}: ${rooms} rooms written`, value: await measureRooms(site, rooms, stretch) });
      }
    } finally {
      await site.close();
    }
  }
  return figures;
}

async function measureCase(site: Site, { name, documents, writers, readers, nodeOf }: Case, stretch: Stretch) {
  const letters = lettersFor(PER_SECOND, stretch);
  const crowd = await Crowd.join(site.door(name.replaceAll(/\W+/g, '-'), nodeOf), {
    ...{ documents, writers, readers, letters },
    isSmall: true,
  });
  try {
    const saved = new SavedTimes(crowd);
    const type = async (ms: number): Promise<void> => {
      await play(compose(crowd.writers, PER_SECOND, ms), (writer) => saved.type(writer));
      await saved.whenAllSaved();
      await crowd.whenDelivered();
    };
    await type(stretch.warmUpMs);
    saved.latency.clear();
    crowd.deliveries.latency.clear();
    const before = await site.spent();
    const own = process.cpuUsage();
    const startMs = performance.now();
    await type(stretch.measuredMs);
    const wallMs = performance.now() - startMs;
    const { user, system } = process.cpuUsage(own);
    const spent = difference(await site.spent(), before);
    crowd.checkTexts();
    const seen = crowd.deliveries.latency;
    return [
      `saved ${times(saved.latency)}`,
      `seen ${times(seen)}`,
      `CPU of each seen: ${cost(spent, seen.count)}`,
      ...perLetter(spent, saved.latency.count),
      `load ${((user + system) / 1000 / wallMs / 0.01).toFixed(0)} %`,
    ].join('; ');
  } finally {
    crowd.end();
  }
}

/** Each writes the next letter when one is saved. */
async function measureFastest(site: Site, documents: number, { warmUpMs, measuredMs }: Stretch): Promise<string> {
  const letters = Math.ceil((MOST_PER_SECOND * (warmUpMs + measuredMs)) / 1000) + ON_THEIR_WAY;
  const crowd = await joinAlone(
    site.door('fastest-', (document) => document),
    documents,
    letters,
  );
  try {
    const saved = new SavedTimes(crowd);
    let isOver = false;
    saved.onSaved = (writer, lettersSaved, typed) => {
      const until = Math.min(letters, lettersSaved + ON_THEIR_WAY);
      for (let letter = typed; letter < until && !isOver; letter++) saved.type(writer);
    };
    for (let writer = 0; writer < crowd.writers; writer++) {
      for (let more = 0; more < ON_THEIR_WAY; more++) saved.type(writer);
    }
    await new Promise((resolve) => setTimeout(resolve, warmUpMs));
    saved.latency.clear();
    const before = await site.spent();
    const startMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, measuredMs));
    const { count } = saved.latency;
    const perSecond = count / ((performance.now() - startMs) / 1000);
    const told = times(saved.latency);
    const spent = difference(await site.spent(), before);
    isOver = true;
    await saved.whenAllSaved();
    return [
      `${Math.round(perSecond).toLocaleString('en')} letters a second`,
      `saved ${told}`,
      `CPU of each: ${cost(spent, count)}`,
      ...perLetter(spent, count),
    ].join('; ');
  } finally {
    crowd.end();
  }
}

async function measureRooms(site: Site, rooms: number, { warmUpMs, measuredMs }: Stretch): Promise<string> {
  const letters = lettersFor(PER_ROOM_AND_SECOND, { warmUpMs, measuredMs });
  const crowd = await joinAlone(
    site.door(`of-${rooms}-`, (document) => document),
    rooms,
    letters,
  );
  try {
    const saved = new SavedTimes(crowd);
    const type = async (ms: number): Promise<void> => {
      await play(compose(crowd.writers, PER_ROOM_AND_SECOND, ms), (writer) => saved.type(writer));
      await saved.whenAllSaved();
    };
    await type(warmUpMs);
    saved.latency.clear();
    const before = await site.spent();
    await type(measuredMs);
    const spent = difference(await site.spent(), before);
    const { count } = saved.latency;
    return [`saved ${times(saved.latency)}`, `CPU of each: ${cost(spent, count)}`, ...perLetter(spent, count)].join(
      '; ',
    );
  } finally {
    crowd.end();
  }
}

const joinAlone = (door: Door, documents: number, letters: number): Promise<Crowd> =>
  Crowd.join(door, { documents, writers: 1, readers: 0, letters, isSmall: false });

const lettersFor = (perSecond: number, { warmUpMs, measuredMs }: Stretch): number =>
  Math.ceil(((warmUpMs + measuredMs) / 1000) * perSecond) + 2;

function difference(after: Spent, before: Spent): Spent {
  return Object.fromEntries(
    Object.entries(after).map(([what, value]) => [what, value - before[what as keyof Spent]]),
  ) as unknown as Spent;
}

const times = (latency: Histogram): string =>
  `p50 ${latency.percentileMs(50).toFixed(1)}, p99 ${latency.percentileMs(99).toFixed(1)} ms`;

function cost({ nodesCpuMs, postgresCpuMs, redisCpuMs }: Spent, count: number): string {
  const each = (cpuMs: number): string => `${Math.round((cpuMs * 1000) / count)} µs`;
  const beside = postgresCpuMs === 0 ? '' : ` + ${each(postgresCpuMs)} Postgres + ${each(redisCpuMs)} Redis`;
  return `${each(nodesCpuMs)}${beside}`;
}

function perLetter({ postgresCpuMs, redisBytes, transactions }: Spent, letters: number): string[] {
  if (postgresCpuMs === 0) return [];
  return [
    `of each letter ${(transactions / letters).toFixed(2)} transactions and ${Math.round(redisBytes / letters)} bytes through Redis`,
  ];
}

// How long people wait for the past of a long life, from a server that has just started: the list of its versions, the text in
// the middle, what two moments a day apart differ in, and that text brought back, and taken back, while somebody has the document
// open. And how long the server was busy with one thing meanwhile, for that is what everybody else waits.

import { setTimeout as sleep } from 'node:timers/promises';
import { StallProbe } from '../peers/load/stall-probe.js';
import { milliseconds } from '../percentile.js';
import { LiveText } from '../replay/live-text.js';
import { startServer } from '../server-process.js';
import type { Figure } from './kind.js';
import { lifeOf, livedChannel, storeLife } from './stored-life.js';

const AIM_MS = 2000;
const STALL_AIM_MS = 50;
const DAY_MS = 24 * 60 * 60_000;
/** Moments that are given names, all over the life. */
const NAMED = 10;
const LOOK_EVERY_MS = 50;

interface Asked {
  readonly answer: Response;
  readonly body: Uint8Array;
  readonly tookMs: number;
  readonly stallMs: number;
}

interface ListedVersion {
  readonly id: string;
  readonly seq: number;
}

const { document } = livedChannel;

/** @param file without one it is a paper that is made from a seed */
export async function measurePast(dataFolder: string, file: string, isSmall: boolean): Promise<Figure[]> {
  const head = await storeLife(dataFolder, lifeOf(file, isSmall));
  const middle = Math.floor(head / 2);
  await withServer(dataFolder, (url) => makeVersions(url, head));
  const cold = (path: string): Promise<Asked> => withServer(dataFolder, (url) => ask(url, path));

  const list = await cold(`/api/v1/versions/${document}`);
  const versions = (json(list) as { versions: ListedVersion[] }).versions;
  const atEntry = await cold(`/api/v1/moments/${document}?seq=${middle}&format=json`);
  const time = atEntry.answer.headers.get('weft-time')!;
  const dayBefore = new Date(Date.parse(time) - DAY_MS).toISOString();
  const atTime = await cold(`/api/v1/moments/${document}?time=${time}&format=json`);
  const byTime = await cold(`/api/v1/comparisons/${document}?from=${dayBefore}&to=${time}`);
  const [later, earlier] = versions.filter(({ seq }) => seq <= middle);
  const byVersion = await cold(`/api/v1/comparisons/${document}?from=${earlier!.id}&to=${later!.id}`);
  const withNow = await cold(`/api/v1/comparisons/${document}?from=${versions.at(0)!.id}`);
  const played = await cold(`/api/v1/entries/${document}?after=0`);
  const restored = await withServer(dataFolder, (url) => restore(url, { seq: middle, request: 'measure-1' }));
  const { seq: undo } = json(restored) as { seq: number };
  const undone = await withServer(dataFolder, (url) => restore(url, { undo, request: 'measure-2' }));
  return [
    { what: 'entries', value: `${head}, of which the one in the middle is asked for` },
    ...figuresOf(`list of ${versions.length} versions`, list),
    ...figuresOf('text at an entry', atEntry),
    ...figuresOf('text at a time', atTime),
    ...figuresOf('compared with a day before', byTime),
    ...figuresOf('version compared with the one before', byVersion),
    ...figuresOf('newest version compared with now', withNow),
    ...figuresOf('first entries to be played', played),
    ...figuresOf('restored', restored),
    ...figuresOf('restore undone', undone),
  ];
}

function figuresOf(what: string, { tookMs, stallMs }: Asked): Figure[] {
  return [
    { what, value: milliseconds(tookMs), aim: { text: 'under 2 s', isMet: tookMs < AIM_MS } },
    {
      what: `${what}, longest stall`,
      value: milliseconds(stallMs),
      aim: { text: 'under 50 ms', isMet: stallMs < STALL_AIM_MS },
    },
  ];
}

/** Those that come by themselves, once somebody has opened the document and left, and some with names. */
async function makeVersions(url: string, head: number): Promise<void> {
  const reader = new LiveText(url, document);
  await reader.document.whenSynced();
  reader.close();
  for (;;) {
    const { versions } = json(await ask(url, `/api/v1/versions/${document}`)) as { versions: ListedVersion[] };
    if (versions[0]?.seq === head) break;
    await sleep(LOOK_EVERY_MS);
  }
  for (let n = 1; n <= NAMED; n++) {
    const seq = Math.max(1, Math.floor((n * head) / (NAMED + 1)));
    await ask(url, `/api/v1/versions/${document}`, { name: `Moment ${n}`, seq });
  }
}

/** While somebody has the document open. */
async function restore(url: string, wish: object): Promise<Asked> {
  const reader = new LiveText(url, document);
  await reader.document.whenSynced();
  const done = await ask(url, `/api/v1/restores/${document}`, wish);
  reader.close();
  return done;
}

async function withServer<T>(dataFolder: string, action: (url: string) => Promise<T>): Promise<T> {
  const { server, url } = await startServer(dataFolder);
  try {
    return await action(url);
  } finally {
    await server.stop();
  }
}

async function ask(url: string, path: string, body?: object): Promise<Asked> {
  const probe = new StallProbe(Number(new URL(url).port));
  const startedMs = performance.now();
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(
    url + path,
    body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers },
  );
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const tookMs = performance.now() - startedMs;
  const stallMs = await probe.longestMs();
  if (!answer.ok) throw new Error(`${path} is answered with ${answer.status}: ${new TextDecoder().decode(bytes)}`);
  return { answer, body: bytes, tookMs, stallMs };
}

const json = ({ body }: Asked): unknown => JSON.parse(new TextDecoder().decode(body));

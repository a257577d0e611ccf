// How long people wait for the past of a recording, from a server that has just started: the list of its versions, the text in
// the middle, and that text brought back while somebody has the document open. And how long the server was busy with one
// thing meanwhile, for that is what everybody else waits.

import { StallProbe } from '../peers/load/stall-probe.js';
import { makePaper } from '../peers/paper.js';
import { milliseconds } from '../percentile.js';
import { LiveText } from '../replay/live-text.js';
import { startServer } from '../server-process.js';
import type { Figure } from './kind.js';
import { storePaper, typedChannel, typeIntoStore } from './typed-store.js';

const AIM_MS = 2000;
const STALL_AIM_MS = 50;
/** Moments that are given names, all over the recording. */
const NAMED = 10;
const SMALL_PAPER = 2000;

interface Asked {
  readonly answer: Response;
  readonly body: Uint8Array;
  readonly tookMs: number;
  readonly stallMs: number;
}

/** @param file without one it is a paper that is made from a seed */
export async function measurePast(dataFolder: string, file: string, isSmall: boolean): Promise<Figure[]> {
  if (file !== '') await typeIntoStore(dataFolder, file);
  else await storePaper(dataFolder, makePaper(isSmall ? SMALL_PAPER : undefined));
  const { document } = typedChannel;
  const head = await withServer(dataFolder, async (url) => {
    const { answer } = await ask(url, `/api/v1/moments/${document}?format=update`);
    return Number(answer.headers.get('weft-seq'));
  });
  const middle = Math.floor(head / 2);
  await withServer(dataFolder, async (url) => {
    for (let n = 1; n <= NAMED; n++) {
      const seq = Math.max(1, Math.floor((n * head) / NAMED));
      await ask(url, `/api/v1/versions/${document}`, JSON.stringify({ name: `Moment ${n}`, seq }));
    }
  });
  const list = await withServer(dataFolder, (url) => ask(url, `/api/v1/versions/${document}`));
  const shown = await withServer(dataFolder, (url) =>
    ask(url, `/api/v1/moments/${document}?seq=${middle}&format=json`),
  );
  const time = encodeURIComponent(shown.answer.headers.get('weft-time') ?? '');
  const found = await withServer(dataFolder, (url) => ask(url, `/api/v1/moments/${document}?time=${time}&format=json`));
  const restored = await withServer(dataFolder, async (url) => {
    const reader = new LiveText(url, document);
    await reader.document.whenSynced();
    const body = JSON.stringify({ seq: middle, request: 'measure-1' });
    const done = await ask(url, `/api/v1/restores/${document}`, body);
    reader.close();
    return done;
  });
  const { versions } = JSON.parse(new TextDecoder().decode(list.body)) as { versions: object[] };
  return [
    { what: 'entries', value: `${head}, of which the one in the middle is asked for` },
    ...figuresOf(`list of ${versions.length} versions`, list),
    ...figuresOf('text at an entry', shown),
    ...figuresOf('text at a time', found),
    ...figuresOf('restored', restored),
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

async function withServer<T>(dataFolder: string, action: (url: string) => Promise<T>): Promise<T> {
  const { server, url } = await startServer(dataFolder);
  try {
    return await action(url);
  } finally {
    await server.stop();
  }
}

async function ask(url: string, path: string, body?: string): Promise<Asked> {
  const probe = new StallProbe(Number(new URL(url).port));
  const startedMs = performance.now();
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url + path, body === undefined ? {} : { method: 'POST', body, headers });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const tookMs = performance.now() - startedMs;
  const stallMs = await probe.longestMs();
  if (!answer.ok) throw new Error(`${path} is answered with ${answer.status}: ${new TextDecoder().decode(bytes)}`);
  return { answer, body: bytes, tookMs, stallMs };
}

// The paper on a server: brought there as its author's page would, left alone until the server has put it away, and looked at
// by people who come.

import { setTimeout as sleep } from 'node:timers/promises';
import { applyUpdate, Doc, encodeStateAsUpdate, encodeStateVector } from 'yjs';
import type { Paper } from '../paper.js';
import type { BenchClient, Held, RunningServer } from '../scenario.js';
import { readSpans } from './clock-spans.js';
import { textOf } from './typing.js';

/** What servers put off they have begun by then: states are stored 2 s after a change, checkpoints built when the last one leaves. */
const PUT_OFF_MS = 3000;
/** A server that takes less of its core than this has nothing left to put away. */
const CALM_SHARE = 0.1;
const CALM_FOR_MS = 1000;
const PUT_AWAY_WITHIN_MS = 120_000;
const STORED_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 200;

/** Resolves once a fresh client is given the text. @throws Error when that takes longer than 30 s */
export async function store(
  server: RunningServer,
  document: string,
  updates: readonly Uint8Array[],
  text: string,
): Promise<void> {
  const author = await server.client(document);
  for (const update of updates) author.update(update);
  await author.whenDrained();
  const lateMs = performance.now() + STORED_WITHIN_MS;
  while ((await look(server, document)) !== text) {
    if (performance.now() > lateMs) throw new Error(`"${document}" was not stored within ${STORED_WITHIN_MS} ms.`);
    await sleep(LOOK_EVERY_MS);
  }
  author.end();
}

/**
 * Resolves when nobody is there any more and everything is where it stays, which with a hundred documents takes a while.
 * @throws Error when the server still works after two minutes
 */
export async function untilPutAway(server: RunningServer): Promise<void> {
  await sleep(PUT_OFF_MS);
  const lateMs = performance.now() + PUT_AWAY_WITHIN_MS;
  for (let before = server.cpuMs(); ; ) {
    await sleep(CALM_FOR_MS);
    const now = server.cpuMs();
    if (now - before < CALM_SHARE * CALM_FOR_MS) return;
    if (performance.now() > lateMs) throw new Error(`${server.name} had not put everything away within two minutes.`);
    before = now;
  }
}

/** @returns the text a fresh client is given */
async function look(server: RunningServer, document: string): Promise<string> {
  const client = await server.client(document);
  client.end();
  return textOf(client.joined);
}

export interface Reading {
  /** What it was told: updates. */
  readonly told: readonly Uint8Array[];
  /** When the last of it had come, by `performance.now()`. */
  readonly comeAtMs: number;
  /** When a Y.Doc held it. */
  readonly shownAtMs: number;
}

/**
 * Resolves once a client that has joined was told all of the paper. Some servers let it join before they have loaded anything,
 * and tell it of the text later.
 *
 * @param own what it has already
 * @throws Error when it has not come within 30 s
 */
export async function readWhole(
  client: BenchClient,
  { text, letters }: Pick<Paper, 'text' | 'letters'>,
  own: readonly Uint8Array[] = [],
): Promise<Reading> {
  const told = [...own, ...client.joined];
  let there = told.reduce((sum, update) => sum + lettersIn(update), 0);
  let onMore: () => void = () => {};
  client.onUpdate = (bytes, from, to) => {
    const update = bytes.slice(from, to);
    told.push(update);
    there += lettersIn(update);
    onMore();
  };
  client.onState = client.onUpdate;
  const late = AbortSignal.timeout(STORED_WITHIN_MS);
  for (;;) {
    const comeAtMs = performance.now();
    // Deletions may come after the last letter.
    if (there >= letters && textOf(told) === text) return { told, comeAtMs, shownAtMs: performance.now() };
    await new Promise<void>((resolve, reject) => {
      onMore = resolve;
      late.addEventListener('abort', () => reject(new Error(`${there} of ${letters} letters had come after 30 s.`)));
    });
  }
}

/** Deleted ones count. */
function lettersIn(update: Uint8Array): number {
  let letters = 0;
  readSpans(update, 0, update.length, {
    span: (_client, _clock, length) => {
      letters += length;
    },
  });
  return letters;
}

/** What somebody has who has read it all: what to come back with. */
export async function readAndLeave(server: RunningServer, document: string, paper: Paper): Promise<Held> {
  const client = await server.client(document);
  const { told } = await readWhole(client, paper);
  client.end();
  const doc = new Doc();
  for (const update of told) applyUpdate(doc, update);
  const stateVector = encodeStateVector(doc);
  const deletes = encodeStateAsUpdate(doc, stateVector);
  return { stateVector, deletes, state: encodeStateAsUpdate(doc), place: client.place };
}

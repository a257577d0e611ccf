// The paper on a server: brought there as its author's page would, left alone until the server has put it away, and looked at
// by people who come.

import { setTimeout as sleep } from 'node:timers/promises';
import { applyUpdate, Doc, encodeStateAsUpdate, encodeStateVector } from 'yjs';
import type { Held, RunningServer } from '../scenario.js';
import { textOf } from './typing.js';

/** What servers put off they have done by then: states are stored 2 s after a change, checkpoints built when the last one leaves. */
const PUT_AWAY_WITHIN_MS = 4000;
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

/** Resolves when nobody is there any more and everything is where it stays. */
export const untilPutAway = (): Promise<void> => sleep(PUT_AWAY_WITHIN_MS);

/** @returns the text a fresh client is given */
async function look(server: RunningServer, document: string): Promise<string> {
  const client = await server.client(document);
  client.end();
  return textOf(client.joined);
}

/** What somebody has who has read it all: what to come back with, and the state itself. */
export async function readAll(server: RunningServer, document: string): Promise<{ held: Held; state: Uint8Array }> {
  const client = await server.client(document);
  client.end();
  const doc = new Doc();
  for (const update of client.joined) applyUpdate(doc, update);
  const stateVector = encodeStateVector(doc);
  const deletes = encodeStateAsUpdate(doc, stateVector);
  return { held: { stateVector, deletes, place: client.place }, state: encodeStateAsUpdate(doc) };
}

// One client with one document before a scripted server, made anew for each test, and the words to tell their story.
// Whoever calls `onStage` gets fake timers; a test that leaves one alive after `close` fails.

import type { ClientMessage, Message, ServerMessage } from '@weft/protocol';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import * as Y from 'yjs';
import type { Connection } from '../src/connection.js';
import type { SharedDocument } from '../src/shared-document.js';
import { FakeServer, opened, welcome } from './fake-server.js';

export let server: FakeServer;
export let connection: Connection;
export let document: SharedDocument;

export const START_MS = 1_000_000;

/** For every test of the file that calls it. */
export function onStage(): void {
  beforeEach(() => {
    vi.useFakeTimers({ now: START_MS });
    server = new FakeServer();
    connection = server.connect();
    let clientId = 100;
    document = connection.open('a', { clientId: () => ++clientId });
  });

  afterEach(() => {
    connection.close();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
}

export const text = (doc: Y.Doc = document.doc): string => doc.getText('t').toString();
export const type = (words: string, doc: Y.Doc = document.doc): void =>
  doc.getText('t').insert(text(doc).length, words);

/** What the client sent, without carets: those have tests of their own. */
export async function heard(): Promise<ClientMessage[]> {
  return (await server.heard()).filter((message) => message.type !== 'Presence');
}

/** The Open that the client sent. */
export async function heardOpen(): Promise<Message<ClientMessage, 'Open'>> {
  const message = (await heard()).find((each) => each.type === 'Open');
  if (!message) throw new Error('no Open');
  return message;
}

/** The update among some messages; there is one. */
export function updateOf(messages: readonly ClientMessage[]): Message<ClientMessage, 'Update'> {
  const updates = messages.filter((message) => message.type === 'Update');
  expect(updates).toHaveLength(1);
  return updates[0]!;
}

export function refused(clientSeq: number, code = 'cannot-merge', channel = 1): ServerMessage {
  return { type: 'Refused', channel, clientSeq, code, reason: 'No.' };
}

/** Connects and opens the document as an empty one. */
export async function join(fields: Partial<Message<ServerMessage, 'Opened'>> = {}): Promise<void> {
  await server.accept();
  server.say(opened(fields));
  await server.heard();
}

/** Breaks the connection and lets the client come back; returns its new Open. */
export async function comeBack(): Promise<Message<ClientMessage, 'Open'>> {
  server.socket.breakOff();
  connection.retryNow();
  server.socket.open();
  server.say(welcome());
  return heardOpen();
}

/** The text that some updates make. */
export function textOf(...updates: Uint8Array[]): string {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return text(doc);
}

// Each close code has its rule, for a connection and for one document of it. Written by hand, so that a new code needs a line here.

import { CloseCode } from '@weft/protocol';
import { expect, test } from 'vitest';
import { connection, document, heard, join, onStage, server, type } from '../test/stage.js';

onStage();

type Rule = readonly [connection: 'stops' | 'comes back', document: 'ends' | 'opens again'];

const RULES: Readonly<Record<keyof typeof CloseCode, Rule>> = {
  BadFrame: ['stops', 'ends'],
  // With a token that never changes; a function is asked for another one (connection.identity.test.ts).
  Unauthorized: ['stops', 'ends'],
  NoAccess: ['stops', 'ends'],
  VersionUnsupported: ['stops', 'ends'],
  BadName: ['stops', 'ends'],
  TooMuch: ['stops', 'ends'],
  InternalError: ['comes back', 'opens again'],
  GoingAway: ['comes back', 'opens again'],
  Timeout: ['comes back', 'opens again'],
  SlowReader: ['comes back', 'opens again'],
  Replaced: ['comes back', 'opens again'],
  TooMany: ['comes back', 'opens again'],
  ClientIdTaken: ['comes back', 'opens again'],
  ServerOutdated: ['comes back', 'opens again'],
};

const cases = Object.entries(RULES).map(([name, [ofConnection, ofDocument]]) => ({
  name,
  code: CloseCode[name as keyof typeof CloseCode],
  ofConnection,
  ofDocument,
}));

test.each(cases)('a connection closed with $code ($name) $ofConnection', async ({ code, ofConnection }) => {
  await join();
  type('unsaved');
  server.socket.breakOff(code, 'Because.');
  const { status } = connection;
  expect(status.kind).toBe(ofConnection === 'stops' ? 'stopped' : 'waiting');
  if (status.kind === 'stopped') expect(status).toEqual({ kind: 'stopped', code, reason: 'Because.' });
  expect(document.saveState).toEqual({ kind: 'offline', changes: 1 });
  connection.retryNow();
  expect(server.sockets).toHaveLength(2);
});

test.each([1000, 1001, 1006, 1009, 1011, 1012, 1013])('one closed with %i, of WebSocket, comes back', async (code) => {
  await join();
  server.socket.breakOff(code);
  expect(connection.status).toMatchObject({ kind: 'waiting', lacks: 'connection' });
});

test.each(cases)('a document closed with $code ($name) $ofDocument', async ({ code, ofDocument }) => {
  await join();
  type('unsaved');
  await heard();
  server.say({ type: 'Closed', ref: 0, channel: 1, code, reason: 'Because.' });
  const isOver = ofDocument === 'ends';
  expect(connection.status.kind).toBe('connected');
  expect((await heard()).some((message) => message.type === 'Open')).toBe(!isOver);
  expect(document.saveState.kind === 'read-only').toBe(isOver);
  expect(document.drafts).toHaveLength(isOver ? 1 : 0);
});

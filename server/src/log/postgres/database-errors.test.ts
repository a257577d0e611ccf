import pg from 'pg';
import { expect, test } from 'vitest';
import { isAbsence, isNoRoom, refusal } from './database-errors.js';

test.each([
  ['08006', 'the connection failed'],
  ['08P01', 'what came was no message'],
  ['53100', 'the disk is full'],
  ['53200', 'no memory'],
  ['53300', 'too many connections'],
  ['40001', 'serialization failure'],
  ['40P01', 'deadlock'],
  ['55P03', 'a lock took too long'],
  ['57014', 'a statement took too long'],
  ['57P01', 'the server stops'],
  ['57P02', 'the server crashed'],
  ['57P03', 'the server starts'],
  ['57P05', 'a connection was idle for too long'],
  ['25P03', 'a transaction was idle for too long'],
  ['25006', 'a standby that has not taken over yet'],
  ['ECONNREFUSED', 'nobody listens'],
  ['ECONNRESET', 'the connection broke'],
  ['EPIPE', 'the connection broke while something was sent'],
  ['ETIMEDOUT', 'no packet comes back'],
  ['EHOSTUNREACH', 'no road'],
  ['ENOTFOUND', 'no such name, or nobody who knows names'],
  ['EAI_AGAIN', 'who knows names does not answer'],
])('%s is waited for: %s', (code, message) => {
  expect(isAbsence(refusal(code, message))).toBe(true);
});

test.each([
  ['57P04', 'the database was dropped'],
  ['58030', 'its disk fails'],
  ['3D000', 'no such database'],
  ['28P01', 'a wrong password'],
  ['42501', 'a right is missing'],
  ['42P01', 'a table is missing'],
  ['23514', 'a constraint'],
  ['XX001', 'a damaged page'],
  ['WF001', 'the store is not where it was'],
  ['EMFILE', 'this process has too many files open'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'a certificate that nobody vouches for'],
  ['ERR_INVALID_ARG_TYPE', 'a fault of ours'],
])('%s is a fault: %s', (code, message) => {
  expect(isAbsence(refusal(code, message))).toBe(false);
});

test.each([
  [new Error('Connection terminated unexpectedly'), true],
  [new Error('Connection terminated due to connection timeout'), true],
  [new Error('Query read timeout'), true],
  [new Error('timeout expired'), true],
  [new Error('timeout exceeded when trying to connect'), true],
  [new Error('Client was closed and is not queryable'), true],
  [new Error('Client has encountered a connection error and is not queryable'), true],
  [new Error('The server does not support SSL connections'), false],
  [new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), false],
  [new TypeError('Cannot read properties of undefined'), false],
  ['no error at all', false],
])('without a code, what it says counts: %s', (error, isAway) => {
  expect(isAbsence(error)).toBe(isAway);
});

test('a refused connection has a code, whichever of its addresses was tried', async () => {
  const client = new pg.Client('postgres://localhost:1/nothing');
  const error: unknown = await client.connect().catch((cause: unknown) => cause);
  expect(isAbsence(error)).toBe(true);
});

test('a full disk is waited for, and told apart', () => {
  expect(isNoRoom(refusal('53100', 'No space left on device'))).toBe(true);
  expect(isNoRoom(refusal('53200', 'out of memory'))).toBe(false);
});

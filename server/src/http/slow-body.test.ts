import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { BodyBrokenOff, piecesOf } from './slow-body.js';

afterEach(() => void vi.useRealTimers());

/** A body that has what it was given. */
const bodyOf = (): Readable => new Readable({ read: () => undefined });
const pieces = (body: Readable, signal = new AbortController().signal) =>
  piecesOf(body as IncomingMessage, signal, 1000);

test('pieces come as they were sent, to the end', async () => {
  const body = bodyOf();
  body.push(Buffer.from('warp'));
  const all = pieces(body);
  expect((await all.next()).value?.toString()).toBe('warp');
  const next = all.next();
  body.push(Buffer.from('weft'));
  expect((await next).value?.toString()).toBe('weft');
  body.push(null);
  expect((await all.next()).done).toBe(true);
  expect(body.listenerCount('readable')).toBe(0);
});

test('it may be left before its end: the line stays', async () => {
  const body = bodyOf();
  body.push(Buffer.from('warp'));
  for await (const _ of pieces(body)) break;
  expect(body.destroyed).toBe(false);
});

test('who sends nothing for too long is not waited for, however little came before', async () => {
  vi.useFakeTimers();
  const body = bodyOf();
  const all = pieces(body);
  for (let i = 0; i < 3; i++) {
    const next = all.next();
    await vi.advanceTimersByTimeAsync(900);
    body.push(Buffer.from('x'));
    await vi.advanceTimersByTimeAsync(0);
    expect((await next).value).toHaveLength(1);
  }
  const last = expect(all.next()).rejects.toMatchObject({ why: 'too-slow' });
  await vi.advanceTimersByTimeAsync(1000);
  await last;
  expect(vi.getTimerCount()).toBe(0);
});

test('who has gone, and whoever is told to stop, ends it', async () => {
  const body = bodyOf();
  const gone = pieces(body).next();
  body.destroy();
  await expect(gone).rejects.toBeInstanceOf(BodyBrokenOff);
  const stop = new AbortController();
  const stopped = pieces(bodyOf(), stop.signal).next();
  stop.abort(new Error('the disk is full'));
  await expect(stopped).rejects.toThrow('the disk is full');
});

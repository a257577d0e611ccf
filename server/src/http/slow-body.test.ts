import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { BodyBrokenOff, piecesOf } from './slow-body.js';

afterEach(() => void vi.useRealTimers());

/** A body that has what it was given. */
const bodyOf = (): Readable => new Readable({ read: () => undefined });
const pieces = (body: Readable, signal = new AbortController().signal) =>
  piecesOf(body as IncomingMessage, signal, { idleMs: 1000, leastBytesPerSecond: 10 });

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

/** Pushes so many bytes after so long. */
async function after(ms: number, bytes: number, body: Readable, all: AsyncGenerator<Uint8Array>): Promise<void> {
  const next = all.next();
  await vi.advanceTimersByTimeAsync(ms);
  body.push(Buffer.alloc(bytes));
  await vi.advanceTimersByTimeAsync(0);
  expect((await next).value).toHaveLength(bytes);
}

test('who sends nothing for too long is not waited for, however little came before', async () => {
  vi.useFakeTimers();
  const body = bodyOf();
  const all = pieces(body);
  for (let i = 0; i < 3; i++) await after(900, 9, body, all);
  const last = expect(all.next()).rejects.toMatchObject({ why: 'too-slow' });
  await vi.advanceTimersByTimeAsync(1000);
  await last;
  expect(vi.getTimerCount()).toBe(0);
});

test('who sends less than so much in the long run is not waited for either', async () => {
  vi.useFakeTimers();
  const body = bodyOf();
  const all = pieces(body);
  // A second for the beginning, and a tenth of one for each byte: it runs out 1.1 s after the beginning.
  await after(900, 1, body, all);
  const last = expect(all.next()).rejects.toMatchObject({ why: 'too-slow' });
  await vi.advanceTimersByTimeAsync(199);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  await last;
  expect(vi.getTimerCount()).toBe(0);
});

test('time that is spent on what has come does not count', async () => {
  vi.useFakeTimers();
  const body = bodyOf();
  const all = pieces(body);
  await after(900, 1, body, all);
  await vi.advanceTimersByTimeAsync(60_000);
  await after(190, 1, body, all);
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

import { UploadError, type UploadedAsset } from '@weft/provider';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Send, type UploadState, Uploads } from './uploads.js';

const asset: UploadedAsset = { id: 'a', url: '/a', name: 'a.png', bytes: 1, type: 'image/png', width: 1, height: 1 };
const unreachable = () => new UploadError('UNREACHABLE', 'The server cannot be reached.', true);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Each request waits for the story to answer it. */
function stage() {
  const requests: {
    readonly name: string;
    answer: (with_: UploadedAsset | Error) => Promise<void>;
    signal: AbortSignal;
  }[] = [];
  const send: Send = (file, { signal }) =>
    new Promise((resolve, reject) => {
      const answer = async (with_: UploadedAsset | Error): Promise<void> => {
        if (with_ instanceof Error) reject(with_);
        else resolve(with_);
        await settled();
      };
      signal.addEventListener('abort', () => reject(signal.reason));
      requests.push({ name: file.name, answer, signal });
    });
  const uploads = new Uploads(send);
  const states: Record<string, UploadState> = {};
  const arrived: string[] = [];
  const add = async (name: string, file: () => Promise<File> = async () => new File(['x'], name)): Promise<void> => {
    uploads.add(name, {
      file,
      tell: (state) => {
        states[name] = state;
      },
      read: () => {},
      arrived: () => void arrived.push(name),
    });
    await settled();
  };
  return { uploads, requests, states, arrived, add };
}

/** What follows from promises that are settled, and from looking at a file. */
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1);

test('three go at once, the others when there is room, each to its end', async () => {
  const { uploads, requests, states, arrived, add } = stage();
  for (const name of ['a', 'b', 'c', 'd']) await add(name);
  expect(requests.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(states.d).toBeUndefined();
  await requests[1]!.answer(asset);
  expect(arrived).toEqual(['b']);
  expect(requests.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  expect(uploads.count).toBe(3);
  for (const { answer } of requests) await answer(asset);
  expect(arrived).toEqual(['b', 'a', 'c', 'd']);
  expect(uploads.count).toBe(0);
});

test('without a way it waits and goes by itself: when there is one again, or after growing pauses', async () => {
  const { uploads, requests, states, arrived, add } = stage();
  await add('a');
  await requests[0]!.answer(unreachable());
  expect(states.a).toMatchObject({ kind: 'waiting', sentence: expect.stringContaining('sent by itself') });
  uploads.wake();
  await settled();
  expect(requests).toHaveLength(2);
  await requests[1]!.answer(unreachable());
  await vi.advanceTimersByTimeAsync(3_900);
  expect(requests).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(200);
  expect(requests).toHaveLength(3);
  await requests[2]!.answer(asset);
  expect(arrived).toEqual(['a']);
  expect(vi.getTimerCount()).toBe(0);
});

test('a server that has too much to do is waited for as long as it says, and not woken', async () => {
  const { uploads, requests, states, add } = stage();
  await add('a');
  await requests[0]!.answer(new UploadError('TOO_MANY', 'Send this one again in 9 seconds.', true, 9_000));
  expect(states.a).toEqual({ kind: 'waiting', sentence: 'Send this one again in 9 seconds.' });
  uploads.wake();
  await vi.advanceTimersByTimeAsync(8_900);
  expect(requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(requests).toHaveLength(2);
});

test('what was refused stays, and goes again only when a person wants it', async () => {
  const { uploads, requests, states, add } = stage();
  await add('a');
  await requests[0]!.answer(new UploadError('DOCUMENT_FULL', 'It is full.', false));
  expect(states.a).toEqual({ kind: 'failed', sentence: 'It is full.', mayRetry: false });
  uploads.wake();
  await vi.advanceTimersByTimeAsync(100_000);
  expect(requests).toHaveLength(1);
  // Leaving would lose it.
  expect(uploads.count).toBe(1);
  uploads.retry('a');
  await settled();
  expect(requests).toHaveLength(2);
});

test('what is taken away is sent no further, and makes room', async () => {
  const { uploads, requests, states, arrived, add } = stage();
  for (const name of ['a', 'b', 'c', 'd']) await add(name);
  const before = states.a;
  uploads.cancel('a');
  await settled();
  expect(requests[0]!.signal.aborted).toBe(true);
  expect(states.a).toBe(before);
  expect(requests.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  uploads.cancelAll();
  await settled();
  expect(uploads.count).toBe(0);
  expect(requests).toHaveLength(4);
  expect(arrived).toEqual([]);
});

test('a file that is gone is not waited for, and one that could not be had says why', async () => {
  const { requests, states, add } = stage();
  const gone = new File(['x'], 'a');
  await add('a', async () => gone);
  Object.assign(gone, { slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }) });
  await requests[0]!.answer(unreachable());
  expect(states.a).toMatchObject({
    kind: 'failed',
    mayRetry: false,
    sentence: expect.stringContaining('moved, changed or deleted'),
  });
  await add('b', () => Promise.reject(new Error('It is not there.')));
  expect(states.b).toEqual({ kind: 'failed', sentence: 'It is not there.', mayRetry: true });
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UploadError, type UploadOptions, uploadAsset } from './upload-asset.js';

/** A browser's request, answered when the test says so. */
class FakeXhr {
  static last: FakeXhr;
  readonly upload: { onprogress?: (event: { loaded: number }) => void } = {};
  readonly headers: Record<string, string> = {};
  readonly setRequestHeader = (name: string, value: string) => Object.assign(this.headers, { [name]: value });
  readonly send = vi.fn();
  readonly getResponseHeader = (name: string) => (name === 'retry-after' ? this.retryAfter : null);
  retryAfter: string | null = null;
  status = 0;
  responseText = '';
  url = '';
  isAborted = false;
  onload = (): void => {};
  onerror = (): void => {};
  onabort = (): void => {};

  constructor() {
    FakeXhr.last = this;
  }

  open(method: string, url: string): void {
    expect(method).toBe('POST');
    this.url = url;
  }

  abort(): void {
    this.isAborted = true;
    this.onabort();
  }

  answer(status: number, body: unknown): void {
    this.status = status;
    this.responseText = typeof body === 'string' ? body : JSON.stringify(body);
    this.onload();
  }
}

const XMLHttpRequest = FakeXhr as unknown as typeof globalThis.XMLHttpRequest;
const file = new File([new Uint8Array(100)], 'Lämp.png', { type: 'image/png' });
const asset = {
  id: 'ab',
  url: '/api/v1/documents/a/b/assets/ab',
  name: 'Lämp.png',
  bytes: 100,
  type: 'image/png',
  width: 6,
  height: 4,
};
const begin = async (options: Partial<UploadOptions> = {}, what: Blob = file) => {
  const uploaded = uploadAsset(what, { url: 'ws://host:1/weft', document: 'a/b c', XMLHttpRequest, ...options });
  uploaded.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  return { uploaded, xhr: FakeXhr.last };
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('a file goes to its document with what shows who sends it, and progress is told on the way', async () => {
  const told: unknown[] = [];
  const proofs = { token: async () => 'T', guest: 'G', link: 'L' };
  const { uploaded, xhr } = await begin({ ...proofs, onProgress: ({ sentBytes }) => told.push(sentBytes) });
  expect(xhr.url).toBe('http://host:1/api/v1/documents/a/b%20c/assets?name=L%C3%A4mp.png');
  expect(xhr.headers).toEqual({
    'Content-Type': 'image/png',
    Authorization: 'Bearer T',
    'Weft-Guest': 'G',
    'Weft-Link': 'L',
  });
  expect(xhr.send).toHaveBeenCalledExactlyOnceWith(file);
  // What is sent besides the file is no progress of it.
  for (const loaded of [40, 100, 130]) xhr.upload.onprogress!({ loaded });
  xhr.answer(201, asset);
  expect(await uploaded).toEqual(asset);
  expect(told).toEqual([0, 40, 100, 100]);
});

test('what is no picture is sent as bytes, and without proofs none are shown', async () => {
  const { uploaded, xhr } = await begin({ name: '\ud800' }, new Blob(['x'], { type: 'text/html' }));
  expect(xhr.headers).toEqual({ 'Content-Type': 'application/octet-stream' });
  expect(xhr.url).toContain('?name=%EF%BF%BD');
  xhr.answer(200, { ...asset, width: null, height: null });
  expect(await uploaded).toMatchObject({ width: null });
});

test.each<[number, unknown, Partial<UploadError>]>([
  [
    413,
    { error: { code: 'FILE_TOO_LARGE', message: 'A file may have 20 MB at most.' } },
    { code: 'FILE_TOO_LARGE', mayRetry: false, message: 'A file may have 20 MB at most.' },
  ],
  [413, '<html>nginx', { code: '413', mayRetry: false, message: 'The file is too large.' }],
  [415, { error: { code: 'NO_PICTURE', message: 'No.' } }, { code: 'NO_PICTURE', mayRetry: false }],
  [403, { error: { code: 'EDITORS_ONLY', message: 'No.' } }, { code: 'EDITORS_ONLY', mayRetry: false }],
  [507, { error: { code: 'DOCUMENT_FULL', message: 'No.' } }, { code: 'DOCUMENT_FULL', mayRetry: false }],
  [503, { error: { code: 'NOT_SAVED', message: 'Full.' } }, { code: 'NOT_SAVED', mayRetry: true }],
  [401, { error: { code: 'UNAUTHORIZED', message: 'Sign in.' } }, { code: 'UNAUTHORIZED', mayRetry: true }],
  [
    504,
    'Gateway timeout',
    {
      code: '504',
      mayRetry: true,
      message:
        'The server answered with 504. It is not known whether the file was added; adding it again does no harm.',
    },
  ],
  [404, '<html>nginx', { code: '404', message: 'The file was not added: the server answered with 404.' }],
  [201, '<html>', { code: 'BAD_ANSWER', mayRetry: true }],
])('an answer of %i is told in a sentence, and whether it may be tried again', async (status, body, error) => {
  const { uploaded, xhr } = await begin();
  xhr.answer(status, body);
  const thrown = await uploaded.catch((reason: unknown) => reason);
  expect(thrown).toBeInstanceOf(UploadError);
  expect(thrown).toMatchObject({ ...error, retryAfterMs: null });
});

test('how long the server asks to wait is passed on', async () => {
  const { uploaded, xhr } = await begin();
  xhr.retryAfter = '7';
  xhr.answer(429, { error: { code: 'TOO_MANY', message: 'Later.' } });
  await expect(uploaded).rejects.toMatchObject({ mayRetry: true, retryAfterMs: 7000 });
});

test('no answer, or nothing that leaves for a minute, is a server that cannot be reached', async () => {
  const message =
    'The server cannot be reached. It is not known whether the file was added; adding it again does no harm.';
  const unreachable = { code: 'UNREACHABLE', mayRetry: true, message };
  const first = await begin();
  first.xhr.onerror();
  await expect(first.uploaded).rejects.toMatchObject(unreachable);
  const { uploaded, xhr } = await begin();
  await vi.advanceTimersByTimeAsync(59_000);
  xhr.upload.onprogress!({ loaded: 10 });
  await vi.advanceTimersByTimeAsync(59_000);
  expect(xhr.isAborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1000);
  await expect(uploaded).rejects.toMatchObject(unreachable);
  expect(xhr.isAborted).toBe(true);
});

test('it ends with its signal, before it began as well', async () => {
  const abort = new AbortController();
  const { uploaded, xhr } = await begin({ signal: abort.signal });
  abort.abort(new Error('not that one'));
  await expect(uploaded).rejects.toThrow('not that one');
  expect(xhr.isAborted).toBe(true);
  const again = await begin({ signal: abort.signal });
  await expect(again.uploaded).rejects.toThrow('not that one');
});

test('a name that is none is not asked about', async () => {
  const { uploaded } = await begin({ document: 'a//b' });
  await expect(uploaded).rejects.toMatchObject({ code: 'BAD_NAME', mayRetry: false });
});

test('where there is no XMLHttpRequest, fetch carries it', async () => {
  const fetch = vi.fn(async () => new Response(JSON.stringify(asset), { status: 201 }));
  const told: unknown[] = [];
  const onProgress: UploadOptions['onProgress'] = ({ sentBytes }) => told.push(sentBytes);
  const { uploaded } = await begin({ XMLHttpRequest: undefined, fetch, onProgress, url: 'https://host' });
  expect(await uploaded).toEqual(asset);
  expect(told).toEqual([0, 100]);
  expect(fetch).toHaveBeenCalledWith(
    'https://host/api/v1/documents/a/b%20c/assets?name=L%C3%A4mp.png',
    expect.objectContaining({ method: 'POST', body: file }),
  );
});

test('fetch, which tells of nothing on the way, has as long as a server takes a request for', async () => {
  const fetch = vi.fn(
    (_: unknown, { signal }: RequestInit = {}) =>
      new Promise<Response>((_resolve, reject) => signal!.addEventListener('abort', () => reject(signal!.reason))),
  );
  const { uploaded } = await begin({ XMLHttpRequest: undefined, fetch, url: 'https://host' });
  const ended = vi.fn();
  uploaded.catch(ended);
  await vi.advanceTimersByTimeAsync(10 * 60_000 - 1);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await expect(uploaded).rejects.toMatchObject({ code: 'UNREACHABLE', mayRetry: true });
});

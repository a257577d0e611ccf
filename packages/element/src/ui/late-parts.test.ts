import { afterEach, expect, test, vi } from 'vitest';
import { LateParts } from './late-parts.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const host = { isConnected: true, addController: () => undefined, requestUpdate: () => undefined };
const fails = () => Promise.reject(new Error('It did not come.'));

async function said(fetch: (address: string, init: RequestInit) => Promise<Pick<Response, 'status'>>) {
  vi.stubGlobal('fetch', fetch);
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const late = new LateParts(host as never);
  expect(await late.use('Sharing', fails, () => undefined)).toBe(false);
  return late.missing && `${late.missing.title}. ${late.missing.text}`;
}

// One of an application that the scripts are built into has no such file.
test.each([200, 404])('where the server answers, the page is to be loaded anew (%i)', async (status) => {
  expect(await said(async () => ({ status }))).toBe(
    'Sharing could not be loaded. No document is affected. Reload the page.',
  );
});

test('a server that does not answer in time is one that cannot be reached', async () => {
  const late = new AbortController();
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal);
  const told = said(
    (_address, { signal }) =>
      new Promise((_resolve, reject) => {
        signal!.addEventListener('abort', () => reject(signal!.reason));
        late.abort();
      }),
  );
  expect(await told).toBe('Sharing could not be loaded. The server cannot be reached now. No document is affected.');
  expect(timeout).toHaveBeenCalledExactlyOnceWith(5_000);
});

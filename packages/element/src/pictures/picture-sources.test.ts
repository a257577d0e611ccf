import { afterEach, expect, test, vi } from 'vitest';
import { PictureSources } from './picture-sources.js';

const SERVER = 'https://weft.example';
const SRC = `/api/v1/documents/notes/assets/${'a'.repeat(64)}`;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** What is asked for, and which blobs there are. */
function stage() {
  const asked: string[] = [];
  const blobs = new Set<string>();
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    return new Response('points');
  });
  vi.spyOn(URL, 'createObjectURL').mockImplementation(() => {
    const url = `blob:${blobs.size + 1}`;
    blobs.add(url);
    return url;
  });
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void blobs.delete(url));
  return { asked, blobs };
}

test('a picture that is drawn anew is the one that was shown, and goes with the last that shows it', async () => {
  const { asked, blobs } = stage();
  const sources = new PictureSources(SERVER, () => ({ 'Weft-Guest': 'g' }));
  const shown = await sources.take(SRC);
  // The new one is there before the old one goes, in one turn.
  const drawnAnew = sources.take(SRC);
  sources.release(SRC);
  expect(await drawnAnew).toEqual(shown);
  expect(asked).toEqual([SERVER + SRC]);
  expect([...blobs]).toEqual(['blob:1']);
  sources.release(SRC);
  await vi.waitFor(() => expect(blobs).toEqual(new Set()));
});

test('one that goes before it has come leaves nothing behind', async () => {
  const { blobs } = stage();
  const sources = new PictureSources(SERVER, async () => ({ 'Weft-Guest': 'g' }));
  const taken = sources.take(SRC);
  sources.release(SRC);
  await taken;
  await vi.waitFor(() => expect(blobs).toEqual(new Set()));
});

test('what was sent from here is shown until the last that shows it goes, also without proofs', async () => {
  const { asked } = stage();
  vi.stubGlobal('location', new URL(SERVER));
  const sources = new PictureSources(SERVER, () => ({}));
  sources.keep(SRC, new Blob(['points']));
  expect(await sources.take(SRC)).toEqual({ url: 'blob:1' });
  const drawnAnew = sources.take(SRC);
  sources.release(SRC);
  expect(await drawnAnew).toEqual({ url: 'blob:1' });
  sources.release(SRC);
  expect(await sources.take(SRC)).toEqual({ url: SRC });
  expect(asked).toEqual([]);
});

test('a page of another origin fetches a picture also where everybody may see it', async () => {
  const { asked } = stage();
  vi.stubGlobal('location', new URL('https://app.example'));
  const sources = new PictureSources(SERVER, () => ({}));
  expect(await sources.take(SRC)).toEqual({ url: 'blob:1' });
  expect(asked).toEqual([SERVER + SRC]);
});

import { mkdtemp, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Ballast } from './ballast.js';
import { DiskWatch, isNoSpace, type Look, measureDisk, tryDisk } from './disk-space.js';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-disk-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test.each([
  [true, new Error('IO error: /data/000005.log: No space left on device')],
  [true, new Error('IO error: /data/000005.log: Disk quota exceeded')],
  [true, new Error('IO error: /data/000005.log: File too large')],
  [true, Object.assign(new Error('write'), { code: 'ENOSPC' })],
  [true, new Error('It cannot be opened.', { cause: new Error('IO error: MANIFEST: No space left on device') })],
  [false, new Error('IO error: /data/000005.log: Input/output error')],
  [false, 'no error at all'],
])('whether it is for want of room: %s, %s', (expected, error) => {
  expect(isNoSpace(error)).toBe(expected);
});

test('a try leaves nothing behind, and fails as the disk does', async () => {
  const folder = await newFolder();
  await tryDisk(folder, 3 * MIB + 1);
  expect(await readdir(folder)).toEqual([]);
  await expect(tryDisk(join(folder, 'missing'), 1)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a disk is measured in bytes', async () => {
  const { totalBytes, freeBytes } = await measureDisk(tmpdir());
  const { bsize, blocks } = await statfs(tmpdir());
  expect(totalBytes).toBe(bsize * blocks);
  expect(freeBytes).toBeLessThanOrEqual(totalBytes);
});

describe('the watch', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** The looks at a disk that has so much free, one second after the other. */
  async function looks(totalBytes: number, free: (number | null)[], reserveBytes: number | null = null) {
    const seen: Look[] = [];
    const watch = new DiskWatch({
      reserveBytes,
      measure: async () => {
        const freeBytes = free.shift();
        if (freeBytes === null) throw new Error('not now');
        return { totalBytes, freeBytes: freeBytes! };
      },
      onLook: (look) => seen.push(look),
    });
    await watch.start();
    while (free.length > 0) await vi.advanceTimersByTimeAsync(1000);
    watch.close();
    expect(vi.getTimerCount()).toBe(0);
    return seen;
  }

  test('finds a disk full below the reserve, and not full again only somewhat above it', async () => {
    const seen = await looks(GIB, [101 * MIB, 99 * MIB, 105 * MIB, 111 * MIB, 101 * MIB], 100 * MIB);
    expect(seen.map(({ state }) => state)).toEqual(['ok', 'full', 'full', 'ok', 'ok']);
  });

  test('keeps 5 % of a disk free, and a gibibyte of a large one', async () => {
    expect((await looks(10 * GIB, [GIB]))[0]).toMatchObject({ reserveBytes: 0.5 * GIB, state: 'ok' });
    expect((await looks(1000 * GIB, [GIB - 1]))[0]).toMatchObject({ reserveBytes: GIB, state: 'full' });
  });

  test('goes on when a look fails', async () => {
    const seen = await looks(GIB, [99 * MIB, null, null, 200 * MIB], 100 * MIB);
    expect(seen.map(({ state }) => state)).toEqual(['full', 'ok']);
  });
});

describe('the ballast', () => {
  const roomy = { totalBytes: 100 * MIB, freeBytes: 50 * MIB, reserveBytes: 5 * MIB };

  test('takes 2 % of the disk, with blocks of its own, and gives them back', async () => {
    const folder = await newFolder();
    const ballast = new Ballast(folder);
    await ballast.keep(roomy);
    const { size, blocks } = await stat(join(folder, 'ballast'));
    expect(size).toBe(2 * MIB);
    expect(blocks * 512).toBeGreaterThanOrEqual(size);
    expect(await ballast.release()).toBe(true);
    expect(await readdir(folder)).toEqual([]);
    expect(await ballast.release()).toBe(false);
  });

  test('is 64 MiB on a large disk', async () => {
    const folder = await newFolder();
    await new Ballast(folder).keep({ totalBytes: 1000 * GIB, freeBytes: 900 * GIB, reserveBytes: GIB });
    expect((await stat(join(folder, 'ballast'))).size).toBe(64 * MIB);
  });

  test('is not made where it would eat into the reserve, and made when there is room again', async () => {
    const folder = await newFolder();
    const ballast = new Ballast(folder);
    await ballast.keep({ ...roomy, freeBytes: 8 * MIB });
    expect(await readdir(folder)).toEqual([]);
    await ballast.keep(roomy);
    expect(await readdir(folder)).toEqual(['ballast']);
  });

  test('is made anew from what a process left unfinished', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'ballast'), 'too short');
    await new Ballast(folder).keep(roomy);
    expect((await stat(join(folder, 'ballast'))).size).toBe(2 * MIB);
  });

  test('goes when a store cannot be opened for want of room, and for nothing else', async () => {
    const folder = await newFolder();
    const ballast = new Ballast(folder);
    await ballast.keep(roomy);
    const opening = (message: string) => async () => {
      if ((await readdir(folder)).includes('ballast')) throw new Error(message);
      return 'open';
    };
    await expect(ballast.lendTo(opening('Input/output error'))).rejects.toThrow('Input/output error');
    expect(await ballast.lendTo(opening('IO error: MANIFEST-000004: No space left on device'))).toBe('open');
  });
});

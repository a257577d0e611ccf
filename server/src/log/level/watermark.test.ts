import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openMemoryLog } from '../memory-log.js';
import { MemoryStore } from '../memory-store.js';
import { copyOfStore } from '../test/copy-of-store.js';
import { content, Ear, newEntry, SlowDisk } from '../test/log-harness.js';
import { type Mark, parseMark, printMark, type WatermarkFile, WatermarkKeeper, watermarkFile } from './watermark.js';

const hashOf = (byte: number): Uint8Array => new Uint8Array(16).fill(byte);

class FileInMemory implements WatermarkFile {
  text: string | null = null;
  fails = false;
  writes = 0;

  async read(): Promise<string | null> {
    return this.text;
  }

  async write(text: string): Promise<void> {
    this.writes += 1;
    if (this.fails) throw new Error('no space left');
    this.text = text;
  }

  get number(): number | undefined {
    return this.text === null ? undefined : parseMark(this.text)?.number;
  }
}

describe('the text', () => {
  test('says what was said, and is one line', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 15 - 1 }), fc.uint8Array({ minLength: 16, maxLength: 16 }), (number, hash) => {
        const text = printMark({ number, hash });
        expect(text.split('\n')).toEqual([expect.any(String), '']);
        expect(parseMark(text)).toEqual({ number, hash });
      }),
    );
  });

  test('is not believed when a bit of it was changed, or a part of it is missing', () => {
    const text = printMark({ number: 1234, hash: hashOf(7) });
    for (let at = 0; at < text.length; at++) {
      const changed = Buffer.from(text);
      changed[at]! ^= 1;
      expect(parseMark(changed.toString('latin1'))).toBeNull();
      expect(parseMark(text.slice(0, at))).toBeNull();
    }
  });
});

describe('the keeper', () => {
  let file: FileInMemory;
  let newest: Mark;
  let keeper: WatermarkKeeper;
  const complaints: string[] = [];
  beforeEach(() => {
    vi.useFakeTimers();
    complaints.length = 0;
    file = new FileInMemory();
    newest = { number: 1, hash: hashOf(1) };
    keeper = new WatermarkKeeper(
      file,
      () => newest,
      (sentence) => complaints.push(sentence),
    );
  });
  afterEach(async () => {
    await keeper.close();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
  const moveTo = (number: number): void => {
    newest = { number, hash: hashOf(number) };
    keeper.moved();
  };

  test('writes each second while the journal moves, and rests when it does', async () => {
    for (let ms = 0; ms < 5000; ms += 100) {
      moveTo(2 + ms / 100);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect([file.writes, file.number]).toEqual([5, 51]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([file.writes, file.number]).toEqual([5, 51]);
  });

  test('writes what is missing at the end', async () => {
    moveTo(9);
    await keeper.close();
    expect(file.number).toBe(9);
    await keeper.close();
    expect(file.writes).toBe(1);
  });

  test('says once that it cannot write, and goes on trying', async () => {
    file.fails = true;
    moveTo(5);
    await vi.advanceTimersByTimeAsync(3000);
    expect([file.writes, file.text]).toEqual([3, null]);
    expect(complaints).toEqual([expect.stringContaining('no space left. No text is in danger')]);
    file.fails = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect(file.number).toBe(5);
  });
});

describe('L3: a start', () => {
  const NOTES = content('notes');

  /** Opens a log on `store`, writes as many records, closes it. @returns the alarms of the start */
  async function use(store: MemoryStore, file: WatermarkFile, records: number, text = 'x'): Promise<string[]> {
    const alarms: string[] = [];
    const log = await openMemoryLog(store, {
      journalMaxBytes: 800,
      watermark: { file, alarm: (sentence) => void alarms.push(sentence) },
    });
    const ear = new Ear();
    const channel = await log.open(NOTES, ear);
    for (let left = records; left > 0; left--) await ear.hears(channel.append(newEntry(text)));
    await log.close();
    return alarms;
  }

  test('after an end in order, or a kill a moment later, finds nothing missing', async () => {
    const file = new FileInMemory();
    const store = new MemoryStore();
    expect(await use(store, file, 3)).toEqual([]);
    const earlier = file.text;
    const again = store.reopen();
    expect([file.number, await use(again, file, 3)]).toEqual([3, []]);
    file.text = earlier;
    expect(await use(again.reopen(), file, 0)).toEqual([]);
  });

  test('of a store whose newest records are gone names what is missing, once, and serves what is there', async () => {
    const file = new FileInMemory();
    const store = new MemoryStore();
    await use(store, file, 3);
    const whole = store.reopen();
    const backup = await copyOfStore(whole);
    await use(whole, file, 4);
    expect(await use(backup, file, 0)).toEqual([
      expect.stringMatching(/up to journal record 7 were on disk .* now ends at record 3\. .*backup/),
    ]);
    expect(await use(backup.reopen(), file, 2)).toEqual([]);
  });

  test('of a store that was set back and written to since tells it by the record that is another one', async () => {
    const file = new FileInMemory();
    const store = new MemoryStore();
    await use(store, file, 1);
    const whole = store.reopen();
    const backup = await copyOfStore(whole);
    await use(whole, file, 2);
    await use(backup, new FileInMemory(), 4, 'other');
    expect(await use(backup.reopen(), file, 0)).toEqual([expect.stringContaining('journal record 3 is not the one')]);
  });

  test('of an empty store, where there was one, is an alarm', async () => {
    const file = new FileInMemory();
    await use(new MemoryStore(), file, 3);
    expect(await use(new MemoryStore(), file, 0)).toEqual([expect.stringContaining('now ends at record 0')]);
  });

  test('compares with the anchor when the record has left the journal, and with nothing when more have', async () => {
    const file = new FileInMemory();
    const store = new MemoryStore();
    await use(store, file, 40);
    const marks = [];
    for (let number = 1; number <= 40; number++) marks.push(printMark({ number, hash: hashOf(9) }));
    const noticed: number[] = [];
    for (const [index, text] of marks.entries()) {
      const other = new FileInMemory();
      other.text = text;
      if ((await use(await copyOfStore(store.reopen()), other, 0)).length > 0) noticed.push(index + 1);
    }
    // A wrong hash is seen from the anchor on; before it there is nothing left to compare with.
    expect(noticed.at(-1)).toBe(40);
    expect(noticed.length).toBeGreaterThan(1);
    expect(noticed.length).toBeLessThan(40);
    expect(noticed).toEqual(Array.from({ length: noticed.length }, (_, at) => 41 - noticed.length + at));
  });

  test.each([
    ['missing', null],
    ['damaged', 'weft watermark 1 3 00'],
  ])('with a watermark that is %s says so, once', async (word, text) => {
    const file = new FileInMemory();
    const store = new MemoryStore();
    await use(store, file, 3);
    file.text = text;
    const again = store.reopen();
    expect(await use(again, file, 0)).toEqual([expect.stringContaining(`is ${word}`)]);
    expect(await use(again.reopen(), file, 0)).toEqual([]);
  });

  test('with nothing at all is the first one, and says where it began at once: it may be killed any moment', async () => {
    const file = new FileInMemory();
    await openMemoryLog(new MemoryStore(), { watermark: { file, alarm: () => {} } });
    expect(file.number).toBe(0);
  });

  test('that cannot write the watermark says so, and goes on', async () => {
    const file = new FileInMemory();
    file.fails = true;
    const complaints: string[] = [];
    await openMemoryLog(new MemoryStore(), {
      watermark: { file, alarm: () => {} },
      complain: (sentence) => complaints.push(sentence),
    });
    expect(complaints).toEqual([expect.stringContaining('no space left')]);
  });

  test('replaces the watermark only once the alarm is kept', async () => {
    const file = new FileInMemory();
    file.text = printMark({ number: 7, hash: hashOf(7) });
    const before: (number | undefined)[] = [];
    const alarm = async (): Promise<void> => {
      await new Promise(setImmediate);
      before.push(file.number);
    };
    await openMemoryLog(new MemoryStore(), { watermark: { file, alarm } });
    expect([before, file.number]).toEqual([[7], 0]);
  });

  test('of a store whose first process was killed within its first second finds a watermark', async () => {
    const file = new FileInMemory();
    const store = new MemoryStore();
    const log = await openMemoryLog(store, { watermark: { file, alarm: () => {} } });
    const atStart = file.text;
    expect(file.number).toBe(0);
    const ear = new Ear();
    const channel = await log.open(NOTES, ear);
    await ear.hears(channel.append(newEntry('a')));
    await log.close();
    file.text = atStart;
    expect(await use(store.reopen(), file, 0)).toEqual([]);
  });

  test('goes on where the first watermark cannot be written', async () => {
    const file = new FileInMemory();
    file.fails = true;
    expect(await use(new MemoryStore(), file, 0)).toEqual([]);
  });

  test('the watermark is never ahead of the disk', async () => {
    const file = new FileInMemory();
    const disk = new SlowDisk();
    const store = new MemoryStore({ beforeBatch: disk.beforeWrite });
    const opening = openMemoryLog(store, { watermark: { file, alarm: () => {} } });
    await disk.writeOne();
    const log = await opening;
    const ear = new Ear();
    const channel = await log.open(NOTES, ear);
    channel.append(newEntry('a'));
    await disk.writeOne();
    await ear.hears(1);
    channel.append(newEntry('b'));
    await disk.writeWaits();
    const closed = log.close();
    expect(file.number ?? 0).toBeLessThan(2);
    await disk.writeOne();
    await closed;
    expect(file.number).toBe(2);
  });
});

describe('the file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-watermark-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is written whole in the place of the one before', async () => {
    const file = watermarkFile(folder);
    expect(await file.read()).toBeNull();
    for (const text of ['one\n', 'two\n']) {
      await file.write(text);
      expect(await file.read()).toBe(text);
    }
    expect(await readdir(folder)).toEqual(['watermark']);
  });

  test('is as before when writing ended in the middle', async () => {
    const file = watermarkFile(folder);
    await file.write('whole\n');
    await writeFile(join(folder, 'watermark.unfinished'), 'ha');
    expect(await file.read()).toBe('whole\n');
    await file.write('next\n');
    expect(await readFile(join(folder, 'watermark'), 'utf8')).toBe('next\n');
  });
});

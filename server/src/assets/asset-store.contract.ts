// What holds of files of documents wherever they are kept: called by the tests of each place.

import { createHash, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { DocumentLog, RecordChange, RecordStore } from '../log/document-log.js';
import type { FileStore } from '../log/file-store.js';
import { documentName } from '../log/test/log-harness.js';
import { faultOfFile } from './asset-check.js';
import { type AssetId, parseAssetId } from './asset-record.js';
import { AssetStore, type KeepOptions, type Received } from './asset-store.js';
import { png } from './test/pictures.js';

export const notes = documentName('notes');
export const plans = documentName('team/plans');
export const keepOptions: KeepOptions = {
  document: notes,
  name: 'lamp.png',
  person: 'u-ann',
  addedAtMs: 5,
  mostBytes: 1e9,
  mostFiles: 100,
  exists: async () => true,
};

export async function* inPieces(bytes: Uint8Array, pieceBytes = 10): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

export async function received(store: AssetStore, bytes: Uint8Array, pieceBytes = 10): Promise<Received> {
  const result = await store.receive(inPieces(bytes, pieceBytes), 1e8);
  if (!result.ok) throw new Error(result.why);
  return result.received;
}

export const keep = async (store: AssetStore, bytes: Uint8Array, options: Partial<KeepOptions> = {}) =>
  store.keep(await received(store, bytes, 100_000), { ...keepOptions, ...options });

export const idOf = (bytes: Uint8Array): AssetId => parseAssetId(createHash('sha256').update(bytes).digest('hex'))!;

async function bytesIn(files: FileStore, id: string, range?: { first: number; last: number }): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await files.open(id)).stream(range)) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces);
}

/** Records whose next write fails, before or after it was done. */
export const failing = (log: DocumentLog, isWritten: boolean): Pick<RecordStore, 'get' | 'list' | 'write'> => ({
  get: (table, key) => log.records.get(table, key),
  list: (table, options) => log.records.list(table, options),
  write: async (changes: readonly RecordChange[]) => {
    if (isWritten) await log.records.write(changes);
    throw new Error('the power went');
  },
});

export interface AssetPlace {
  readonly log: DocumentLog;
  readonly files: FileStore;
  /** How many files are coming, or left by those who ended meanwhile. */
  readonly coming: () => Promise<number>;
  /** Puts other bytes in the place of a file. */
  readonly damage: (id: string) => Promise<void>;
}

/** @param newPlace of which each has a log and files of its own */
export function testAssetStore(where: string, newPlace: () => Promise<AssetPlace>): void {
  describe(`files of documents ${where}`, () => {
    let place: AssetPlace;
    let store: AssetStore;
    const open = (records: Pick<RecordStore, 'get' | 'list' | 'write'> = place.log.records): Promise<AssetStore> =>
      AssetStore.open({ files: place.files, records, complain: () => undefined });
    beforeEach(async () => {
      place = await newPlace();
      for (const name of [notes, plans]) await place.log.createDocument(name, 1);
      store = await open();
    });

    async function there(): Promise<string[]> {
      const ids: string[] = [];
      for await (const id of place.files.list()) ids.push(id);
      return ids.toSorted();
    }

    test('a file is there under its hash, belongs to its document, and does so for who opens it again', async () => {
      const bytes = png(6, 4);
      const about = { name: 'lamp.png', person: 'u-ann', addedAtMs: 5 };
      const asset = { id: idOf(bytes), bytes: bytes.length, type: 'image/png', width: 6, height: 4, ...about };
      expect(await keep(store, bytes)).toEqual({ ok: true, asset, isNew: true });
      for (const opened of [store, await open()]) {
        expect(await opened.find(notes, idOf(bytes))).toEqual(asset);
        expect(await opened.find(plans, idOf(bytes))).toBeNull();
      }
      expect(await there()).toEqual([idOf(bytes)]);
      expect(await bytesIn(place.files, idOf(bytes))).toEqual(bytes);
      expect(await place.coming()).toBe(0);
    });

    test('any part of a large one can be read, a piece at a time', async () => {
      const bytes = randomBytes(700_001);
      await keep(store, bytes);
      const file = await place.files.open(idOf(bytes));
      expect(file.bytes).toBe(bytes.length);
      await file.close();
      for (const [first, last] of [
        [0, bytes.length - 1],
        [0, 0],
        [262_143, 262_144],
        [262_144, 524_287],
        [100, 600_000],
        [700_000, 700_000],
      ] as const) {
        expect((await bytesIn(place.files, idOf(bytes), { first, last })).equals(bytes.subarray(first, last + 1))).toBe(
          true,
        );
      }
      let most = 0;
      for await (const piece of (await place.files.open(idOf(bytes))).stream()) most = Math.max(most, piece.length);
      expect(most).toBeLessThanOrEqual(262_144);
    });

    test('the header of a picture is found wherever it lies', async () => {
      const bytes = png(300, 300, randomBytes(300_000));
      expect(await keep(store, bytes)).toMatchObject({ asset: { width: 300, height: 300, bytes: bytes.length } });
      const jpeg = jpegWith(600_000);
      expect(await keep(store, jpeg)).toMatchObject({ asset: { type: 'image/jpeg', width: 20, height: 10 } });
    });

    test('the same bytes are one file, however often and by whom they come, and heal one that was damaged', async () => {
      const bytes = png(6, 4);
      await keep(store, bytes);
      await place.damage(idOf(bytes));
      expect(await keep(store, bytes, { name: 'other.png' })).toMatchObject({
        isNew: false,
        asset: { name: 'lamp.png' },
      });
      expect(await bytesIn(place.files, idOf(bytes))).toEqual(bytes);
      const other = await open();
      await Promise.all([keep(store, bytes, { document: plans }), keep(other, bytes, { document: plans })]);
      expect(await there()).toEqual([idOf(bytes)]);
      expect(await place.coming()).toBe(0);
      expect(await store.usage(notes)).toEqual({ files: 1, bytes: bytes.length });
    });

    test('a check finds what is damaged or missing', async () => {
      const bytes = png(6, 4);
      const kept = await keep(store, bytes);
      if (!kept.ok) throw new Error(kept.why);
      const fault = () => faultOfFile(place.files, kept.asset, async () => undefined);
      expect(await fault()).toBeNull();
      await place.damage(idOf(bytes));
      expect(await fault()).toMatch(/damaged/);
      await expect(place.files.open('0'.repeat(64))).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
    });

    test('what is too large, unwanted or broken off leaves nothing', async () => {
      async function* endless() {
        for (;;) yield new Uint8Array(100_000);
      }
      async function* broken() {
        yield new Uint8Array(300_000);
        throw new Error('the line went dead');
      }
      expect(await store.receive(endless(), 1e6)).toMatchObject({ ok: false, why: 'too-large' });
      expect(await store.receive(endless(), 1e6, () => false)).toMatchObject({ ok: false, why: 'unwanted-type' });
      await expect(store.receive(broken(), 1e6)).rejects.toThrow('the line went dead');
      await store.discard(await received(store, png(6, 4)));
      expect(await place.coming()).toBe(0);
      expect(await there()).toEqual([]);
    });

    test('a document takes so many bytes and files, and one that is gone by then none', async () => {
      const pictures = [1, 2, 3, 4].map((height) => png(50, height));
      const mostBytes = pictures[0]!.length * 2 + 30;
      const results = await Promise.all(pictures.map((bytes) => keep(store, bytes, { mostBytes })));
      expect(results.filter(({ ok }) => ok)).toHaveLength(2);
      expect(results.find(({ ok }) => !ok)).toEqual({ ok: false, why: 'full' });
      expect(await keep(store, png(9, 9), { mostFiles: 2 })).toEqual({ ok: false, why: 'full' });
      expect(await keep(store, png(9, 9), { exists: async () => false })).toEqual({ ok: false, why: 'no-document' });
      expect(await there()).toHaveLength(2);
      expect(await place.coming()).toBe(0);
    });

    test('erasing a document removes the files that no other has, and one that comes too late is not kept', async () => {
      const [own, shared] = [png(6, 4), png(7, 4)];
      await keep(store, own);
      await keep(store, shared);
      await keep(store, shared, { document: plans });
      const late = await received(store, png(8, 4));
      const erased = store.whileErasing(notes, () => place.log.eraseDocument(notes));
      const exists = async (): Promise<boolean> => (await place.log.document(notes)) !== null;
      const kept = store.keep(late, { ...keepOptions, exists });
      await erased;
      expect(await kept).toEqual({ ok: false, why: 'no-document' });
      expect(await there()).toEqual([idOf(shared)]);
      expect(await store.list(notes)).toEqual([]);
      expect(await store.list(plans)).toHaveLength(1);
      await store.whileErasing(plans, () => place.log.eraseDocument(plans));
      expect(await there()).toEqual([]);
      expect(await place.coming()).toBe(0);
    });

    test.each([false, true])(
      'a file whose record may not have been written is there exactly if it was (%s)',
      async (isWritten) => {
        const bytes = png(6, 4);
        await expect(keep(await open(failing(place.log, isWritten)), bytes)).rejects.toThrow('the power went');
        const again = await open();
        expect(await again.list(notes)).toHaveLength(isWritten ? 1 : 0);
        expect(await there()).toEqual(isWritten ? [idOf(bytes)] : []);
      },
    );
  });
}

/** A JPEG whose size comes after so many bytes of other parts. */
function jpegWith(bytesBefore: number): Buffer {
  const parts = [Buffer.from([0xff, 0xd8])];
  for (let bytes = 0; bytes < bytesBefore; bytes += 65_537) {
    const part = Buffer.alloc(65_537);
    part.writeUInt16BE(0xffe1, 0);
    part.writeUInt16BE(65_535, 2);
    parts.push(part);
  }
  return Buffer.concat([...parts, Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 10, 0, 20, 1, 1, 0x11, 0]), Buffer.alloc(50)]);
}

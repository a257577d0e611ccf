import { expect, test } from 'vitest';
import type { DocumentUsage } from '../document-log.js';
import { openMemoryLog } from '../memory-log.js';
import { MemoryStore } from '../memory-store.js';
import { checkpointAt, content, discussion, documentName, Ear, newEntry } from '../test/log-harness.js';

test('what a document takes is counted in segments, in the journal and in both channels', async () => {
  const store = new MemoryStore();
  const log = await openMemoryLog(store, { journalMaxBytes: 2000 });
  await log.createDocument(documentName('empty'), 1);
  for (const [id, count] of [
    [content('a'), 30],
    [discussion('a'), 5],
    [content('b'), 3],
  ] as const) {
    const ear = new Ear();
    const channel = await log.open(id, ear);
    for (let seq = 1; seq <= count; seq++) {
      channel.append(newEntry('x'.repeat(100)));
      await ear.hears(seq);
    }
    if (count === 3) await channel.putCheckpoint(checkpointAt(2, 'y'.repeat(5000)));
    await channel.close();
  }
  const check = async ({ usage }: { usage(): Promise<ReadonlyMap<string, DocumentUsage>> }): Promise<void> => {
    const found = await usage();
    expect([...found].map(([name, { entries }]) => [name, entries]).sort()).toEqual([
      ['a', 35],
      ['b', 3],
      ['empty', 0],
    ]);
    expect(found.get('b')!.bytes).toBeGreaterThan(5300);
    expect(found.get('empty')!.bytes).toBeLessThan(100);
  };
  await check({ usage: () => log.usage() });
  await log.close();
  const again = await openMemoryLog(store.reopen());
  await check({ usage: () => again.usage() });
  await again.close();
});

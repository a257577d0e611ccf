import { expect, test } from 'vitest';
import type { DocumentLog, Entry } from '../document-log.js';
import { openMemoryLog } from '../memory-log.js';
import { MemoryStore } from '../memory-store.js';
import { checkpointAt, content, discussion, documentName, Ear, newEntry, textOf } from '../test/log-harness.js';

const options = { journalMaxBytes: 3000 };
const entriesOf = (...texts: string[]): Entry[] =>
  texts.map((text, index) => ({ seq: index + 1, ...newEntry(text, { timeMs: index }) }));

async function write(log: DocumentLog, id: ReturnType<typeof content>, count: number): Promise<void> {
  const ear = new Ear();
  const channel = await log.open(id, ear);
  for (let number = 1; number <= count; number++) {
    channel.append(newEntry(`${id.document} ${id.kind} ${number}`));
    if (number % 3 === 0) await ear.hears(number);
  }
  await ear.hears(count);
  await channel.putCheckpoint(checkpointAt(count));
  await channel.close();
}

/** What a log holds: by channel its epoch, its entries and its checkpoint, checked against each other. */
async function read(log: DocumentLog) {
  const names = (await log.documents()).map(({ name }) => name);
  const all = await Promise.all(
    ['kept', 'replaced', 'erased'].flatMap((name) => [content(name), discussion(name)]).map((id) => log.view(id)),
  );
  const channels = [];
  for (const view of all) {
    const trimmed = (await view.base())?.checkpoint.seq ?? 0;
    const texts = (await view.entriesAfter(trimmed)).map(textOf);
    expect(texts).toHaveLength(view.head - trimmed);
    expect(await view.linkAt(view.head)).toEqual(view.link);
    channels.push({ isNew: view.epoch > 1, trimmed, texts, checkpoint: view.checkpoint?.seq ?? 0 });
  }
  return { names, channels };
}

const jobs: Readonly<Record<string, (log: DocumentLog) => Promise<unknown>>> = {
  compact: (log) => log.compact(() => undefined),
  replace: (log) =>
    log.replaceChannel(content('replaced'), { entries: entriesOf('x', 'y'), checkpoint: checkpointAt(1) }),
  trim: async (log) => {
    const ids = [content('kept'), discussion('kept')];
    await log.trim(
      ids.map((id, index) => ({ id, epoch: 1, checkpoint: checkpointAt([25, 5][index]!) })),
      [],
    );
  },
  'erase what was deleted': async (log) => {
    const ids = [content('kept'), discussion('kept')];
    const trims = ids.map(async (id, index) => {
      const { epoch } = await log.view(id);
      return { id, epoch, checkpoint: checkpointAt([40, 5][index]!), beginsEpoch: true };
    });
    await log.trim(await Promise.all(trims), []);
  },
  erase: (log) => log.eraseDocument(documentName('erased')),
  epoch: (log) => log.beginEpoch(content('kept')),
};

test.each(Object.keys(jobs))('a crash at any write of a job leaves all of it or nothing: %s', async (name) => {
  const job = jobs[name]!;
  const prepared = new MemoryStore();
  const log = await openMemoryLog(prepared, options);
  for (const document of ['kept', 'replaced', 'erased']) {
    await write(log, content(document), 40);
    await write(log, discussion(document), 5);
  }
  await log.close();
  const before = await read(await openMemoryLog(prepared.reopen(), options));
  const whole = await openMemoryLog(prepared.reopen(), options);
  await job(whole);
  const after = await read(whole);
  expect(after.channels.map(({ texts }) => texts.length).reduce((sum, count) => sum + count)).toBeGreaterThan(45);

  const outcomes = { before: 0, after: 0 };
  for (let crashingWrite = 1, isOver = false; !isOver; crashingWrite++) {
    for (const keepInFlight of [false, true]) {
      let writes = 0;
      let crash = (): void => undefined;
      const crashed = new Promise<boolean>((resolve) => {
        crash = () => resolve(false);
      });
      const store = prepared.reopen({
        beforeBatch: () => {
          writes++;
          if (writes < crashingWrite) return;
          crash();
          return new Promise(() => undefined);
        },
      });
      const running = await openMemoryLog(store, options);
      const ended = job(running).then(() => true);
      ended.catch(() => undefined);
      isOver = await Promise.race([ended, crashed]);
      const recovered = await openMemoryLog(store.crash({ keepInFlight }), options);
      const found = await read(recovered);
      const wasDone = JSON.stringify(found) === JSON.stringify(after);
      expect(found).toEqual(wasDone ? after : before);
      outcomes[wasDone ? 'after' : 'before'] += 1;
      // It can be done again, and whatever is left of the first try is no hindrance.
      await job(recovered);
      expect(await read(recovered)).toEqual(after);
      await recovered.close();
    }
  }
  expect(outcomes.after).toBeGreaterThan(0);
  expect(outcomes.before + outcomes.after).toBeGreaterThan(3);
});

import fc from 'fast-check';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { CuttingProxy } from '../../../../bench/src/services/cutting-proxy.js';
import type { SyncError } from '../../sync-error.js';
import type { DocumentLog } from '../document-log.js';
import { Holder } from '../test/holder.js';
import { checkpointAt, content, documentName, newEntry, textOf, turn } from '../test/log-harness.js';
import { PostgresServer } from '../test/postgres-server.js';
import { openPostgresLog, type PostgresLogOptions } from './postgres-log.js';

const NOTES = content('notes');
/** Nobody compares unless a test asks for it. */
const NEVER = { compareEveryMs: 2 ** 30 };

const postgres = await PostgresServer.start();
if (postgres.missing !== null)
  process.stdout.write(`Not tested: several servers on a Postgres. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

describe.skipIf(postgres.missing !== null)('a log that several servers share', () => {
  const { server } = postgres as { readonly server: PostgresServer };

  async function newPlace(): Promise<string> {
    const url = await server.newPlace();
    onTestFinished(() => server.removePlace(url));
    return url;
  }

  async function openLog(url: string, options: Partial<PostgresLogOptions> = {}) {
    const failures: SyncError[] = [];
    const log = await openPostgresLog(url, { onFailure: (error) => failures.push(error), shared: NEVER, ...options });
    onTestFinished(() => log.close());
    return { log, failures };
  }

  async function openTwo() {
    const url = await newPlace();
    const [a, b] = [(await openLog(url)).log, (await openLog(url)).log];
    return { url, a, b };
  }

  async function textsIn(log: DocumentLog, id = NOTES): Promise<string[]> {
    return (await (await log.view(id)).entriesAfter(0)).map(textOf);
  }

  test('N1: what another server wrote first comes first, and what was refused for it comes behind', async () => {
    const { url, a, b } = await openTwo();
    const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
    ann.append('a1');
    await ann.until(() => !ann.isWaiting);
    expect(bob.append('b1')).toBe(1);
    expect(bob.append('b2')).toBe(2);
    await bob.until(() => !bob.isWaiting);
    expect(bob.told).toEqual(['a1', 'b1', 'b2']);
    ann.append('a2');
    await ann.until(() => !ann.isWaiting);
    expect(ann.told).toEqual(['a1', 'b1', 'b2', 'a2']);
    expect(await textsIn(b)).toEqual(ann.told);
    // The chain runs through what both wrote, and a proof of one server holds at the other.
    const proof = ann.channel.proof.slice();
    await bob.channel.catchUp();
    expect(bob.told).toEqual(ann.told);
    expect(bob.channel.link).toEqual(ann.channel.link);
    expect(await bob.channel.judge({ epoch: 1, seq: 4, proof })).toBe('held');
    await Promise.all([a.close(), b.close()]);
    // One alone reads and packs what they left.
    const log = await openPostgresLog(url, { onFailure: () => undefined });
    onTestFinished(() => log.close());
    await log.compact(() => undefined);
    expect(await textsIn(log)).toEqual(ann.told);
  });

  /** Two servers, of which the first writes before each try of the second, and is done with that or refused. */
  async function openQuickAndSlow(lastTry: (number: number) => Promise<void> | void) {
    const url = await newPlace();
    let sent = 0;
    const { log: a } = await openLog(url, { beforeWrite: () => void sent++ });
    const ann = await Holder.open(a, NOTES);
    let tries = 0;
    const beforeWrite = async (): Promise<void> => {
      if (bob?.isWaiting !== true) return;
      tries += 1;
      const sentBefore = sent;
      if (tries <= 10) ann.append(`a${tries}`);
      await expect.poll(() => !ann.isWaiting || sent - sentBefore > 1, { interval: 1 }).toBe(true);
      await lastTry(tries);
    };
    const bob: Holder | undefined = await Holder.open((await openLog(url, { beforeWrite })).log, NOTES);
    return { ann, bob, tries: () => tries };
  }

  test('N1: who was refused twice has the next turn, however quick others are', async () => {
    const { ann, bob, tries } = await openQuickAndSlow(() => undefined);
    bob.append('b1');
    await bob.until(() => !bob.isWaiting);
    // Mostly the third; a turn may end on a busy machine before it is taken. Without turns it is the one in which nobody else writes.
    expect(tries()).toBeLessThanOrEqual(10);
    await ann.until(() => !ann.isWaiting);
    expect(ann.told.indexOf('b1')).toBe(tries() - 1);
  });

  test('N1: a turn that is not taken ends by itself, as where its server is stopped', async () => {
    let goOn = (): void => undefined;
    const { ann, bob } = await openQuickAndSlow((number) => {
      if (number === 3) return new Promise((resolve) => (goOn = resolve));
    });
    bob.append('b1');
    await ann.until(() => ann.told.includes('a3'));
    goOn();
    await bob.until(() => !bob.isWaiting);
    expect(bob.told.slice(0, 3)).toEqual(['a1', 'a2', 'a3']);
  });

  test('N2: no clock that is set back holds a turn for longer than its second', async () => {
    const { url, a, b } = await openTwo();
    const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
    ann.append('a1');
    await ann.until(() => !ann.isWaiting);
    // As a server leaves it that has ended since, an hour ago by a clock that went back by two.
    await server.ask(
      `update weft_channel set turn_of = '\\x00', turn_until = clock_timestamp() + interval '1 hour'`,
      url,
    );
    ann.append('a2');
    await expect.poll(() => ann.isWaiting, { timeout: 5000 }).toBe(false);
    bob.append('b1');
    await bob.until(() => !bob.isWaiting);
    expect(bob.told).toEqual(['a1', 'a2', 'b1']);
  });

  test('a channel that nothing is written in hears of others when it asks, and by comparing', async () => {
    const { url, a, b } = await openTwo();
    const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
    const carl = await Holder.open((await openLog(url, { shared: { compareEveryMs: 1 } })).log, NOTES);
    ann.append('a1');
    await ann.until(() => !ann.isWaiting);
    await carl.until(() => carl.told.length === 1);
    expect(bob.told).toEqual([]);
    await Promise.all([bob.channel.catchUp(), bob.channel.catchUp()]);
    expect(bob.told).toEqual(['a1']);
    expect((await b.document(documentName('notes')))?.name).toBe('notes');
  });

  test('L7: the time of an entry is not before that of another server ahead of it', async () => {
    const { a, b } = await openTwo();
    const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
    ann.append('late', { timeMs: 2_000_000_000_000 });
    await ann.until(() => !ann.isWaiting);
    bob.append('early');
    await bob.until(() => !bob.isWaiting);
    const times = (await bob.channel.entriesAfter(0)).map(({ timeMs }) => timeMs);
    expect(times).toEqual([2_000_000_000_000, 2_000_000_000_000]);
    expect(bob.channel.lastTimeMs).toBe(2_000_000_000_000);
  });

  test('other channels of a group are written, whatever others did to one of them', async () => {
    const { a, b } = await openTwo();
    const ann = await Holder.open(a, NOTES);
    const [bob, other] = [await Holder.open(b, NOTES), await Holder.open(b, content('other'))];
    ann.append('a1');
    await ann.until(() => !ann.isWaiting);
    bob.append('b1');
    other.append('o1');
    await other.until(() => !other.isWaiting);
    await bob.until(() => !bob.isWaiting);
    expect(await textsIn(a)).toEqual(['a1', 'b1']);
    expect(await textsIn(a, content('other'))).toEqual(['o1']);
  });

  test('what cannot follow is let go: none of it is written, and nothing more is taken', async () => {
    const { a, b } = await openTwo();
    const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
    ann.append('a1');
    await ann.until(() => !ann.isWaiting);
    bob.follows = false;
    bob.append('b1');
    await bob.until(() => bob.isLetGo);
    expect(() => bob.channel.append(newEntry('b2'))).toThrow(expect.objectContaining({ code: 'CHANNEL_REPLACED' }));
    expect(b.queuedBytes).toBe(0);
    await bob.channel.close();
    const again = await Holder.open(b, NOTES);
    expect(again.told).toEqual(['a1']);
    again.append('b1');
    await again.until(() => !again.isWaiting);
    expect(await textsIn(a)).toEqual(['a1', 'b1']);
  });

  test('a new epoch that another server began lets the channel go, and loses nothing that is written meanwhile', async () => {
    const { a, b } = await openTwo();
    const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
    ann.append('a1');
    await ann.until(() => !ann.isWaiting);
    await ann.channel.close();
    bob.append('b1');
    const [epoch] = await Promise.all([a.beginEpoch(NOTES), bob.until(() => bob.isLetGo || !bob.isWaiting)]);
    if (!bob.isLetGo) bob.append('b2');
    await bob.until(() => bob.isLetGo);
    const view = await b.view(NOTES);
    expect(view.epoch).toBe(epoch);
    expect((await view.entriesAfter(0)).map(textOf)).toEqual(bob.told.includes('b1') ? ['a1', 'b1'] : ['a1']);
  });

  test('what is said of a document stays when another server that had it open brings what it took for the first entry', async () => {
    const { a, b } = await openTwo();
    const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
    ann.append('a1', { timeMs: 5 });
    await ann.until(() => !ann.isWaiting);
    const described = { name: documentName('notes'), title: 'Notes', excerpt: 'a1', characters: 2, updatedAtMs: 6 };
    await a.describeDocument(described, ann.channel.epoch);
    bob.append('b1', { timeMs: 7 });
    await bob.until(() => !bob.isWaiting);
    expect(await b.document(documentName('notes'))).toEqual({ ...described, createdAtMs: 5 });
  });

  test.each([
    ['one of several servers', NEVER],
    ['one alone', undefined],
  ])('a document with entries is listed again when %s opens it', async (_, shared) => {
    const url = await newPlace();
    const { log: before } = await openLog(url);
    const holder = await Holder.open(before, NOTES);
    holder.append('1', { timeMs: 5 });
    await holder.until(() => !holder.isWaiting);
    await before.close();
    await server.ask(`delete from weft_value where key = 'document/notes'`, url);
    const complaints: string[] = [];
    const complain = (sentence: string): void => void complaints.push(sentence);
    const log = await openPostgresLog(url, { onFailure: () => undefined, complain, ...(shared && { shared }) });
    onTestFinished(() => log.close());
    expect(await log.documents()).toEqual([]);
    await Holder.open(log, NOTES);
    await expect.poll(() => complaints).toEqual([expect.stringContaining('"notes" was missing in the list')]);
    expect(await log.document(documentName('notes'))).toMatchObject({ title: '', createdAtMs: 5 });
  });

  test('checkpoints of both servers are there, and the newest is served', async () => {
    const { a, b } = await openTwo();
    const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
    for (const text of ['1', '2', '3', '4']) ann.append(text);
    await ann.until(() => !ann.isWaiting);
    await bob.channel.catchUp();
    await ann.channel.putCheckpoint(checkpointAt(4, 'newer'));
    await bob.channel.putCheckpoint(checkpointAt(3, 'older'));
    for (const log of [a, b]) expect((await log.view(NOTES)).checkpoint?.seq).toBe(4);
    expect((await bob.channel.checkpointAt(4))?.seq).toBe(4);
  });

  test('one alone and several keep each other out, and who comes back too late writes nothing', async () => {
    const url = await newPlace();
    const { log } = await openLog(url);
    const alone = () => openPostgresLog(url, { onFailure: () => undefined });
    await expect(alone()).rejects.toMatchObject({ code: 'STORE_IN_USE' });
    const proxy = await CuttingProxy.start(url);
    onTestFinished(() => proxy.stop());
    const { log: cutOff, failures } = await openLog(proxy.url);
    const late = await Holder.open(cutOff, NOTES);
    await log.close();
    proxy.isClosed = true;
    proxy.breakAll();
    late.append('too late');
    const first = await alone();
    await expect(openLog(url)).rejects.toMatchObject({ code: 'STORE_IN_USE' });
    await first.close();
    proxy.isClosed = false;
    while (failures.length === 0) await turn();
    expect(failures[0]).toMatchObject({ code: 'LOG_FAILED' });
    expect(await textsIn((await openLog(url)).log)).toEqual([]);
  });

  test('I1, I3: three servers that write the same channels at once, over connections that are cut, lose and double nothing', async () => {
    const url = await newPlace();
    const cut = fc.constantFrom('before', 'within', 'after', null, null, null);
    const written: string[] = [];
    const servers = await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const proxy = await CuttingProxy.start(url);
        onTestFinished(() => proxy.stop());
        const { log, failures } = await openLog(proxy.url);
        const cuts = fc.sample(fc.array(cut, { minLength: 40, maxLength: 40 }), { numRuns: 1, seed })[0]!;
        proxy.cuts.push(...cuts);
        return {
          seed,
          log,
          failures,
          holders: [await Holder.open(log, NOTES), await Holder.open(log, content('other'))],
        };
      }),
    );
    await Promise.all(
      servers.map(async ({ seed, holders }) => {
        for (let round = 1; round <= 25; round++) {
          for (const [index, holder] of holders.entries()) {
            const text = `${seed} ${index} ${round}`;
            written.push(text);
            holder.append(text, { clientSeq: round });
            await holder.until(() => !holder.isWaiting);
          }
        }
      }),
    );
    const all: string[] = [];
    for (const index of [0, 1]) {
      for (const { holders } of servers) await holders[index]!.channel.catchUp();
      const [first, second, third] = servers.map(({ holders }) => holders[index]!.told);
      expect(second).toEqual(first);
      expect(third).toEqual(first);
      expect(await textsIn(servers[0]!.log, index === 0 ? NOTES : content('other'))).toEqual(first);
      all.push(...first!);
    }
    expect(all.sort()).toEqual(written.sort());
    for (const { failures } of servers) expect(failures).toEqual([]);
  });

  test('a server that is killed in the middle of a commit leaves all of a group, or nothing of it', async () => {
    const { url, a } = await openTwo();
    const ann = await Holder.open(a, NOTES);
    for (const [round, when] of (['before', 'within', 'after'] as const).entries()) {
      const proxy = await CuttingProxy.start(url);
      const { log } = await openLog(proxy.url, { giveUpAfterMs: 0 });
      const dying = await Holder.open(log, NOTES);
      proxy.cuts.push(when, ...Array<'before'>(50).fill('before'));
      for (const part of ['x', 'y']) dying.append(`${round} ${part}`);
      while (proxy.cutCount === 0) await turn();
      await proxy.stop();
      ann.append(`after ${round}`);
      await ann.until(() => !ann.isWaiting);
      await log.close();
    }
    const texts = await textsIn(a);
    expect(texts.filter((text) => text.startsWith('after'))).toEqual(['after 0', 'after 1', 'after 2']);
    for (const round of [0, 1, 2]) {
      const parts = texts.filter((text) => text.startsWith(`${round} `));
      expect([[], [`${round} x`, `${round} y`]]).toContainEqual(parts);
    }
    expect(texts).toEqual(ann.told);
  });
});

import { expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import type { AuditAction } from '../access/audit-record.js';
import { inlineHistory } from '../history/inline-history.js';
import { pastTurns } from '../history/past.js';
import { Versions } from '../history/versions.js';
import { openMemoryLog } from '../log/memory-log.js';
import { content, documentName, Ear, newEntry } from '../log/test/log-harness.js';
import { SyncError } from '../sync-error.js';
import { Turns } from '../turns.js';
import { defaultVersionPolicy } from '../version-settings.js';
import { DailyTrim } from './daily-trim.js';
import { PastKeeping } from './past-keeping.js';
import { Trims } from './trims.js';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 22);

/** Documents with an entry on each of the last so many days, the newest today. */
async function stage({ keepDays = null as number | null, days = 10, names = ['a', 'b'] } = {}) {
  const log = await openMemoryLog();
  onTestFinished(() => log.close());
  for (const name of names) {
    const doc = new Y.Doc();
    const ear = new Ear();
    const channel = await log.open(content(name), ear);
    let day = days;
    doc.on('update', (update: Uint8Array) => {
      day -= 1;
      channel.append(newEntry('', { update, author: 'u-ann', timeMs: NOW_MS - day * DAY_MS }));
    });
    for (let written = 0; written < days; written++) doc.getText('prosemirror').insert(0, `${written} `);
    await ear.hears(days);
    await channel.close();
    const described = { title: '', excerpt: '', characters: 0, updatedAtMs: NOW_MS };
    await log.describeDocument({ name: documentName(name), ...described }, 1);
  }
  const noted: { action: AuditAction; person: string; document?: string | null; detail?: object }[] = [];
  const complaints: string[] = [];
  const complain = (sentence: string): void => void complaints.push(sentence);
  const versions = new Versions({
    log,
    counter: inlineHistory,
    policy: defaultVersionPolicy,
    turns: new Turns(pastTurns),
    complain,
  });
  let isFailing = false;
  let nowMs = NOW_MS;
  const setClock = (ms: number): void => {
    nowMs = ms;
  };
  const history = {
    ...inlineHistory,
    buildCheckpoint: (...args: Parameters<typeof inlineHistory.buildCheckpoint>) =>
      isFailing
        ? Promise.reject(new SyncError('WORKER_FAILED', 'It took too long.'))
        : inlineHistory.buildCheckpoint(...args),
  };
  const keeping = new PastKeeping({ log, keepDays });
  const daily = new DailyTrim({
    log,
    keeping,
    trims: new Trims({ log, history, versions }),
    audit: { note: (event) => void noted.push(event) },
    complain,
    nowMs: () => nowMs,
  });
  const leftOf = async (name: string): Promise<number> => {
    const view = await log.view(content(name));
    return view.head - ((await view.base())?.checkpoint.seq ?? 0);
  };
  const fail = (does: boolean): void => {
    isFailing = does;
  };
  return { complaints, daily, fail, keeping, leftOf, log, noted, setClock };
}

test('L5: all is kept unless somebody says otherwise', async () => {
  const { daily, leftOf, noted } = await stage();
  await daily.trimAll();
  expect([await leftOf('a'), await leftOf('b'), noted]).toEqual([10, 10, []]);
});

test('L5: what is older than the server keeps is trimmed, each document is audited, and a second time nothing is left to do', async () => {
  const { daily, leftOf, log, noted, complaints } = await stage({
    keepDays: 3,
    names: Array.from({ length: 20 }, (_, n) => `d${n}`),
  });
  await daily.trimAll();
  for (const { name } of await log.documents()) expect(await leftOf(name)).toBe(4);
  expect(noted).toHaveLength(20);
  expect(noted[0]).toMatchObject({
    action: 'past-trimmed',
    person: '',
    document: 'd0',
    detail: { before: new Date(NOW_MS - 3 * DAY_MS).toISOString(), entries: '6', versions: '0' },
  });
  await daily.trimAll();
  expect([noted.length, complaints]).toEqual([20, []]);
});

test('L5: a document may be kept shorter than the server says, never longer; what it says goes when it is erased', async () => {
  const { daily, keeping, leftOf, log } = await stage({ keepDays: 5 });
  await keeping.keep(documentName('a'), { days: 2 });
  await keeping.keep(documentName('b'), { days: 100 });
  expect(await keeping.of(documentName('a'))).toEqual({
    ofDocument: 2,
    versions: 'thinned',
    ofServer: 5,
  });
  await daily.trimAll();
  expect([await leftOf('a'), await leftOf('b')]).toEqual([3, 6]);
  await keeping.keep(documentName('b'), { days: null });
  expect((await log.records.list('keeping')).map(({ key }) => key)).toEqual(['a\0past']);
  await log.eraseDocument(documentName('a'));
  expect(await log.records.list('keeping')).toEqual([]);
});

test('which versions are kept is said beside it, and of what cannot be read nothing goes', async () => {
  const { keeping, log } = await stage();
  const a = documentName('a');
  await Promise.all([keeping.keep(a, { versions: 'all' }), keeping.keep(a, { days: 7 })]);
  expect(await keeping.of(a)).toMatchObject({ ofDocument: 7, versions: 'all' });
  await keeping.keep(a, { days: null });
  const { versionsThinnedBy } = keeping;
  const unsaid = { table: 'keeping', key: 'b\0past', value: null };
  expect([await versionsThinnedBy(a), await versionsThinnedBy(documentName('b'))]).toEqual([null, [unsaid]]);
  await keeping.keep(a, { versions: 'thinned' });
  expect(await log.records.list('keeping')).toEqual([]);
  await log.records.write([{ table: 'keeping', key: 'a\0past', value: new TextEncoder().encode('no JSON') }]);
  expect(await versionsThinnedBy(a)).toBeNull();
  await keeping.keep(a, { days: 7 });
  expect(await keeping.of(a)).toMatchObject({ ofDocument: 7, versions: 'all' });
});

test('what cannot be trimmed is told and costs the others nothing', async () => {
  const { complaints, fail, daily, leftOf, log, noted } = await stage({ keepDays: 3 });
  fail(true);
  await daily.trimAll();
  expect([await leftOf('a'), await leftOf('b'), noted]).toEqual([10, 10, []]);
  expect(complaints).toEqual([
    expect.stringMatching(
      /^The past of "a" that is older .* could not be trimmed: It took too long\. It is tried again/,
    ),
    expect.stringMatching(/^The past of "b" /),
  ]);
  fail(false);
  await log.records.write([{ table: 'keeping', key: 'a\0past', value: new TextEncoder().encode('no JSON') }]);
  await daily.trimAll();
  expect([await leftOf('a'), await leftOf('b'), noted.length]).toEqual([4, 4, 2]);
});

test('a clock that leaps ahead trims nothing for a week, and nothing at all once it is set right', async () => {
  const { complaints, daily, leftOf, setClock } = await stage({ keepDays: 3 });
  const wrongMs = NOW_MS + 730 * DAY_MS;
  setClock(wrongMs);
  await daily.trimAll();
  expect(complaints).toEqual([
    expect.stringMatching(/^No past is trimmed before 2028-11-28: .* says 2028-11-21, and 2026-11-22 when/),
  ]);
  // A start anew does not make it right.
  setClock(wrongMs + 6 * DAY_MS);
  await daily.trimAll();
  expect([await leftOf('a'), complaints.length]).toEqual([10, 2]);
  setClock(NOW_MS);
  await daily.trimAll();
  expect([await leftOf('a'), complaints.length]).toEqual([4, 2]);
});

test('a clock that was right after all is believed a week later; some days without a server are no leap', async () => {
  const { complaints, daily, leftOf, log, setClock } = await stage({ keepDays: 20 });
  for (const day of [0, 5, 12]) {
    setClock(NOW_MS + day * DAY_MS);
    await daily.trimAll();
  }
  expect([await leftOf('a'), complaints]).toEqual([9, []]);
  for (const day of [20, 21, 26]) {
    setClock(NOW_MS + day * DAY_MS);
    await daily.trimAll();
  }
  expect([await leftOf('a'), complaints.length]).toEqual([9, 3]);
  setClock(NOW_MS + 27 * DAY_MS);
  await daily.trimAll();
  expect([await leftOf('a'), complaints.length]).toEqual([0, 3]);
  // What was noted can be damaged: then the newest document says what day it was.
  await log.records.write([
    { table: 'setting', key: 'past-keeping-clock', value: new TextEncoder().encode('no JSON') },
  ]);
  await daily.trimAll();
  expect(complaints).toHaveLength(4);
});

test('a store without documents makes nobody doubt the clock', async () => {
  const { complaints, daily } = await stage({ keepDays: 3, names: [] });
  await daily.trimAll();
  expect(complaints).toEqual([]);
});

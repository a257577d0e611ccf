// The check of the files of documents, beside a server that others write to.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { stateChecks } from '../history/state-checks.js';
import { openMemoryLog } from '../log/memory-log.js';
import { documentName } from '../log/test/log-harness.js';
import { Findings, type VerifyOptions } from '../log/verify-report.js';
import { testContext } from './test/test-context.js';
import { AllRecordChecks, verifyAssets } from './verify-assets.js';

/** How long was rested, in milliseconds. */
const rests = vi.hoisted((): number[] => []);

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<object>()),
  setTimeout: async (ms: number) => void rests.push(ms),
}));

/** Checks a file of several pieces, each of which takes as long as one may work at a time. */
async function check(restMs: number, signal = new AbortController().signal): Promise<Findings> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'weft-verify-'));
  onTestFinished(() => rm(dataFolder, { recursive: true, force: true }));
  const log = await openMemoryLog();
  onTestFinished(() => log.close());
  const { assets } = testContext(log, dataFolder);
  const result = await assets.receive([Buffer.alloc(300_000, 7)] as never, 1e6);
  if (!result.ok) throw new Error(result.why);
  const about = { name: 'oil.bin', person: 'u-ann', addedAtMs: 7, mostBytes: 1e6, mostFiles: 9 };
  await assets.keep(result.received, { document: documentName('notes'), ...about, exists: async () => true });

  const records = new AllRecordChecks();
  for (const { key, value } of await log.records.list('asset')) expect(records.take('asset', key, value)).toBe(null);
  const findings = new Findings();
  const others = { findings, states: stateChecks, records, watermark: null, onProgress: () => undefined };
  const options: VerifyOptions = { ...others, restMs, signal };
  let nowMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 5));
  rests.length = 0;
  try {
    await verifyAssets(assets.files, records, null, options);
  } finally {
    clock.mockRestore();
  }
  return findings;
}

test('a check rests for as long as it is told, within a file as well', async () => {
  expect((await check(9)).report()).toMatchObject({ isSound: true, bytes: 300_000 });
  expect(rests.length).toBeGreaterThan(1);
  expect(new Set(rests)).toEqual(new Set([9]));
});

test('where nobody else is, it does not rest', async () => {
  expect((await check(0)).report().isSound).toBe(true);
  expect(rests).toEqual([]);
});

test('it ends when nobody wants it any more', async () => {
  await expect(check(9, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
});

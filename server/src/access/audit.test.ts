import { describe, expect, onTestFinished, test } from 'vitest';
import { stateChecks } from '../history/state-checks.js';
import { openMemoryLog } from '../log/memory-log.js';
import { MemoryStore } from '../log/memory-store.js';
import { documentName, SlowDisk, turn } from '../log/test/log-harness.js';
import { Findings, type VerifiableLog } from '../log/verify-report.js';
import { AuditLog, type AuditOptions, type ReadAudit } from './audit.js';
import { AuditCheck, auditIdOf, auditKey } from './audit-record.js';

const NOTES = documentName('notes');
const newest = { after: null, limit: 1000, document: null };

async function open(options: AuditOptions = {}, store = new MemoryStore()) {
  const log = await openMemoryLog(store);
  onTestFinished(() => log.close());
  return { log, store, audit: await AuditLog.open(log.records, { nowMs: () => 1000, ...options }) };
}

async function findingsOf(log: VerifiableLog): Promise<string[]> {
  const findings = new Findings();
  const { signal } = new AbortController();
  const records = new AuditCheck();
  await log.verify(0, {
    findings,
    states: stateChecks,
    records,
    watermark: null,
    restMs: 0,
    onProgress: () => {},
    signal,
  });
  return findings.report().findings.flatMap(({ severity, message }) => (severity === 'damage' ? [message] : []));
}

const actionsOf = async (audit: AuditLog): Promise<string[]> =>
  (await audit.read(newest)).records.map(({ n, action }) => `${n} ${action}`);

describe('the audit log', () => {
  test('numbers what is noted, keeps it in order, and goes on after the log was opened again', async () => {
    const { log, store, audit } = await open();
    audit.note({ action: 'let-in', person: 'u-1', document: NOTES, detail: { role: 'editor' }, address: '127.0.0.1' });
    audit.note({ action: 'refused', person: '' });
    await audit.settled();
    expect((await audit.read(newest)).records).toEqual([
      {
        n: 1,
        timeMs: 1000,
        action: 'let-in',
        person: 'u-1',
        documentId: auditIdOf(NOTES),
        detail: { role: 'editor' },
        address: '127.0.0.1',
      },
      { n: 2, timeMs: 1000, action: 'refused', person: '', documentId: null, detail: {}, address: null },
    ]);
    await audit.close();
    await log.close();
    const again = await open({}, store.reopen());
    again.audit.note({ action: 'revoked', person: 'admin' });
    await again.audit.settled();
    expect(await actionsOf(again.audit)).toEqual(['1 let-in', '2 refused', '3 revoked']);
    expect(await findingsOf(again.log)).toEqual([]);
  });

  test('is read in pages, from the newest or from a number on, and by document', async () => {
    const { audit } = await open();
    for (let n = 1; n <= 2500; n++) {
      audit.note({ action: n % 2 ? 'let-in' : 'refused', person: 'u-1', ...(n % 500 === 0 && { document: NOTES }) });
    }
    await audit.settled();
    const numbers = async (options: Partial<ReadAudit>) =>
      (await audit.read({ ...newest, ...options })).records.map(({ n }) => n);
    expect(await numbers({ limit: 3 })).toEqual([2498, 2499, 2500]);
    expect(await numbers({ after: 0, limit: 2 })).toEqual([1, 2]);
    expect(await numbers({ after: 2499 })).toEqual([2500]);
    expect(await numbers({ document: NOTES })).toEqual([500, 1000, 1500, 2000, 2500]);
    expect(await numbers({ document: NOTES, limit: 2 })).toEqual([2000, 2500]);
    expect(await numbers({ document: NOTES, after: 500, limit: 2 })).toEqual([1000, 1500]);
  });

  test('L5: does not know a document by its name, and finds what is said of an erased one all the same', async () => {
    const { store, audit } = await open();
    audit.note({ action: 'document-erased', person: 'admin', document: documentName('plan-b-secret') });
    await audit.settled();
    for await (const [key, value] of store.range({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) })) {
      expect(Buffer.concat([key, value]).includes('plan-b')).toBe(false);
    }
    const { records } = await audit.read({ ...newest, document: documentName('plan-b-secret') });
    expect(records.map(({ action }) => action)).toEqual(['document-erased']);
  });

  test('keeps no token, and nothing that is long', async () => {
    const { audit } = await open();
    const token = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${'x'.repeat(43)}`;
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key ${index}`, 'x'.repeat(5000)]));
    audit.note({ action: 'refused', person: token, address: token, detail: { [token]: `shown: ${token}`, ...many } });
    await audit.settled();
    const text = JSON.stringify((await audit.read(newest)).records);
    expect(text).not.toContain('eyJ');
    expect(text).toContain('shown: [token]');
    expect(text.length).toBeLessThan(6000);
  });

  test('one turn of notes is one write, and nobody waits for it', async () => {
    let batches = 0;
    const { audit } = await open({}, new MemoryStore({ beforeBatch: () => void batches++ }));
    const before = batches;
    for (let n = 0; n < 300; n++) audit.note({ action: 'let-in', person: `u-${n}` });
    expect(batches).toBe(before);
    await audit.settled();
    expect(batches).toBe(before + 1);
  });

  test('while the storage is in trouble it waits up to a limit, and counts the rest', async () => {
    const disk = new SlowDisk();
    let isSlow = false;
    const complaints: string[] = [];
    const { log, audit } = await open(
      { maxWaiting: 5, complain: (sentence) => complaints.push(sentence) },
      new MemoryStore({ beforeBatch: () => (isSlow ? disk.beforeWrite() : undefined) }),
    );
    isSlow = true;
    for (let n = 0; n < 3; n++) audit.note({ action: 'let-in', person: 'u-1' });
    await disk.writeWaits();
    for (let n = 0; n < 10; n++) {
      audit.note({ action: 'refused', person: 'u-2' });
      await turn();
    }
    expect(complaints).toHaveLength(1);
    // Whoever reads meanwhile does not wait for its end.
    expect(await actionsOf(audit)).toEqual([]);
    isSlow = false;
    await disk.writeOne();
    await audit.settled();
    await turn();
    await audit.settled();
    expect(await actionsOf(audit)).toEqual([
      '1 let-in',
      '2 let-in',
      '3 let-in',
      '4 refused',
      '5 refused',
      '6 records-lost',
    ]);
    expect((await audit.read(newest)).records.at(-1)?.detail).toEqual({ count: '8' });
    audit.note({ action: 'kicked', person: 'admin' });
    await audit.settled();
    expect((await actionsOf(audit)).at(-1)).toBe('7 kicked');
    expect(await findingsOf(log)).toEqual([]);
  });

  test('what is noted in the last moment is written before the log is closed; later notes are nothing', async () => {
    const { log, store, audit } = await open();
    audit.note({ action: 'signed-out', person: 'u-1' });
    const closed = audit.close();
    await log.close();
    await closed;
    audit.note({ action: 'let-in', person: 'u-1' });
    const again = await open({}, store.reopen());
    expect(await actionsOf(again.audit)).toEqual(['1 signed-out']);
  });
});

describe('verify notices in the audit log', () => {
  async function written(count: number) {
    const place = await open();
    for (let n = 1; n <= count; n++) place.audit.note({ action: 'let-in', person: `u-${n}` });
    await place.audit.settled();
    return place;
  }
  const removed = (n: number) => ({ table: 'audit', key: auditKey(n), value: null }) as const;

  test.each([
    [[1], 'Record 1 of the audit log is missing.'],
    [[3], 'Record 3 of the audit log is missing.'],
    [[2, 3, 4], 'The records 2–4 of the audit log are missing.'],
    [[6], 'Record 6 of the audit log is missing.'],
    [[5, 6], 'The records 5–6 of the audit log are missing.'],
    [[1, 2, 3, 4, 5, 6], 'The records 1–6 of the audit log are missing.'],
  ])('that the records %j were removed', async (numbers, sentence) => {
    const { log } = await written(6);
    await log.records.write(numbers.map(removed));
    expect(await findingsOf(log)).toEqual([sentence]);
  });

  test.each([1, 3, 6])('that record %d was changed', async (n) => {
    const { log } = await written(6);
    const text = new TextDecoder().decode((await log.records.get('audit', auditKey(n)))!);
    const changed = text.replace(`u-${n}`, 'u-9');
    expect(changed).not.toBe(text);
    await log.records.write([{ table: 'audit', key: auditKey(n), value: new TextEncoder().encode(changed) }]);
    const [finding, ...rest] = await findingsOf(log);
    expect([finding, rest]).toEqual([expect.stringContaining('audit log'), []]);
  });

  test('that one was put after the end, or the end forgotten', async () => {
    const { log } = await written(2);
    const first = (await log.records.get('audit', auditKey(1)))!;
    await log.records.write([{ table: 'audit', key: auditKey(3), value: first }]);
    expect(await findingsOf(log)).not.toEqual([]);
    const other = await written(2);
    await other.log.records.write([{ table: 'setting', key: 'audit-end', value: null }]);
    expect(await findingsOf(other.log)).toEqual([
      'The end of the audit log, record 2, is not the one that was written last.',
    ]);
  });

  test('a removed end stays missed, whatever is noted later', async () => {
    const { log } = await written(6);
    await log.records.write([removed(6)]);
    const again = await AuditLog.open(log.records);
    again.note({ action: 'let-in', person: 'u-7' });
    await again.settled();
    expect(await findingsOf(log)).toEqual(['Record 6 of the audit log is missing.']);
  });
});

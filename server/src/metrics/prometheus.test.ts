// What is counted as Prometheus reads it, and docs/operations.md against it.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MIGRATIONS } from '../log/postgres/schema.js';
import { families, type Observed } from './families.js';
import { Metrics } from './metrics.js';
import { MetricsPage } from './prometheus.js';

const page = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8').replaceAll(/ +/g, ' ');

function observe(changes: Partial<Observed> = {}): Observed {
  return {
    metrics: new Metrics(),
    process: {
      takeDelaysMs: () => new Map([[0.5, 1]]),
      busyMs: 1500,
      cpu: { userUs: 2e6, systemUs: 1e6 },
      memory: process.memoryUsage(),
      startedAtMs: 0,
      openFiles: async () => null,
    },
    version: '1.2.3',
    rooms: { openRooms: 2, quarantined: 0 },
    workers: () => ({ upkeep: { waiting: 1, running: 2, busyMs: 500 } }),
    queues: () => ({ journal: 7, sockets: 8 }),
    storageState: () => 'full',
    alarms: () => 0,
    disk: async () => ({ freeBytes: 10, storeBytes: null }),
    ...changes,
  };
}

/** The lines of one metric, without what describes it. */
const linesOf = (text: string, name: string): string[] => text.split('\n').filter((line) => line.startsWith(name));

test('docs/operations.md lists every metric as it is, and no other', () => {
  for (const { name, type, labels, help } of families) {
    const words = labels.map((label) => `\`${label}\``).join(', ');
    expect(page).toContain(`| \`${name}\` | ${type} | ${words}${words && ' '}| ${help} |`);
  }
  const named = [...page.matchAll(/\b(?:weft|process|nodejs)_[a-z_]+\b/g)].map(([name]) => name);
  const isThere = (name: string): boolean =>
    families.some(
      (family) => name === family.name || (family.type === 'histogram' && name.startsWith(`${family.name}_`)),
    );
  const tables = MIGRATIONS.flatMap(({ sql }) => [...sql.matchAll(/create table (\w+)/g)].map(([, name]) => name!));
  const isTable = (name: string): boolean => name === 'weft_migration' || tables.includes(name);
  expect(named.filter((name) => !isThere(name) && !isTable(name))).toEqual([]);
});

test('every metric is shown, under a name that says its unit, and counters alone end in total', async () => {
  const text = await new MetricsPage(observe()).render();
  for (const { name, type, help } of families) {
    expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(name).not.toMatch(/_(ms|milliseconds|kib|mib|kb|mb|percent)(_|$)/);
  }
  expect(new Set(families.map(({ name }) => name)).size).toBe(families.length);
});

test('buckets are summed up, in base units, and what lies above all bounds is in the last', async () => {
  const metrics = new Metrics();
  for (const ms of [0.1, 0.2, 0.3, 3, 60_000]) metrics.rooms.saved.observe(ms);
  const lines = linesOf(await new MetricsPage(observe({ metrics })).render(), 'weft_saved_seconds_');
  expect(lines).toContain('weft_saved_seconds_bucket{le="0.0002"} 2');
  expect(lines).toContain('weft_saved_seconds_bucket{le="0.0005"} 3');
  expect(lines).toContain('weft_saved_seconds_bucket{le="0.005"} 4');
  expect(lines).toContain('weft_saved_seconds_bucket{le="10"} 4');
  expect(lines.slice(-3)).toEqual([
    'weft_saved_seconds_bucket{le="+Inf"} 5',
    'weft_saved_seconds_sum 60.0036',
    'weft_saved_seconds_count 5',
  ]);
});

test('each reading shows what is there then, and what is not known is left out', async () => {
  const metrics = new Metrics();
  const shown = new MetricsPage(observe({ metrics }));
  const { weft } = metrics.dialects;
  const sessions = async () => linesOf(await shown.render(), 'weft_sessions{')[0];
  weft.sessionsOpened.websocket = 3;
  weft.sessionsClosed.websocket = 1;
  expect([await sessions(), await sessions()]).toEqual(
    Array(2).fill('weft_sessions{transport="websocket",dialect="weft"} 2'),
  );
  weft.sessionsClosed.websocket = 3;
  expect(await sessions()).toBe('weft_sessions{transport="websocket",dialect="weft"} 0');

  const text = await shown.render();
  expect(linesOf(text, 'weft_storage_state')).toEqual([
    'weft_storage_state{state="ok"} 0',
    'weft_storage_state{state="full"} 1',
    'weft_storage_state{state="failing"} 0',
    'weft_storage_state{state="silent"} 0',
  ]);
  expect(linesOf(text, 'weft_queue_bytes')).toEqual([
    'weft_queue_bytes{queue="journal"} 7',
    'weft_queue_bytes{queue="sockets"} 8',
  ]);
  expect(linesOf(text, 'weft_disk_free_bytes')).toEqual(['weft_disk_free_bytes 10']);
  for (const unknown of ['weft_store_bytes', 'process_open_fds']) expect(linesOf(text, unknown)).toEqual([]);
});

test('who asks while it is read gets the same, and it is read once', async () => {
  let looks = 0;
  const shown = new MetricsPage(
    observe({
      alarms: () => {
        looks += 1;
        return looks;
      },
    }),
  );
  const [first, second] = await Promise.all([shown.render(), shown.render()]);
  expect([first === second, looks]).toEqual([true, 1]);
  expect(linesOf(await shown.render(), 'weft_alarms')).toEqual(['weft_alarms 2']);
});

test('the alerts of docs/operations.md are rules about metrics and labels there are', () => {
  const [, block = ''] = /```yaml\n(groups:[\s\S]*?)```/.exec(page) ?? [];
  const rules = block.split(/^ *- alert: /m).slice(1);
  expect(rules).toHaveLength(5);
  for (const rule of rules) {
    const [, name, expr, summary] =
      /^(Weft\w+)\n expr: (.+)\n(?: for: \d+[smh]\n)? annotations:\n summary: (.+\.)\n$/.exec(rule) ?? [];
    expect([name, expr, summary], rule).not.toContain(undefined);
    const [, metric = '', labels] = /\b(weft_[a-z_]+)(?:\{(.*?)\})?/.exec(expr!) ?? [];
    const family = families.find((one) => one.name === metric || `${one.name}_bucket` === metric);
    expect(family, `${name} is about a metric there is`).toBeDefined();
    for (const [, label = ''] of (labels ?? '').matchAll(/(\w+)=/g)) expect(family!.labels).toContain(label);
    expect(expr).toMatch(/ [<>=]+ [\d.]+$/);
    expect(expr!.split('(').length, 'its brackets are closed').toBe(expr!.split(')').length);
  }
});

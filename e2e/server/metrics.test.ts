// The metrics of the built server: that what happens over real sockets is counted, once, under the right name; and who may read
// them.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  BareWeft,
  BareYjs,
  connect,
  ownFolder,
  SYNC,
  spawnWeft,
  stockClient,
  type TestServer,
  textOf,
  until,
} from './harness.js';
import { RawSocket, upgradeHead } from './raw-socket.js';

const TOKEN = 'what Prometheus shows';
const ADMIN = /shown this once .*: (\S+)$/m;
const LISTENER = /^weft metrics on (\S+)$/m;

interface Watched extends TestServer {
  readonly stdout: string;
}

/** A server of one test; without a config it is open. */
async function serve(config: object = {}, ...args: string[]): Promise<Watched> {
  const folder = await ownFolder();
  const file = path.join(folder, 'weft.json');
  writeFileSync(file, JSON.stringify(config));
  writeFileSync(path.join(folder, 'metrics-token'), `${TOKEN.replaceAll(' ', '-')}\n`);
  const dataFolder = path.join(folder, 'data');
  const server = spawnWeft('serve', '--port', '0', '--data', dataFolder, '--config', file, ...args);
  return Object.assign(server, { url: await server.ready, dataFolder });
}

type Values = ReadonlyMap<string, number>;

/** By name and labels, as they stand in the text. */
function parse(text: string): Values {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

async function read({ url }: { readonly url: string }): Promise<Values> {
  return parse(await (await fetch(`${url}/metrics`)).text());
}

/** Of these metrics the values that are not 0. */
const counted = (values: Values, ...names: string[]): Record<string, number> =>
  Object.fromEntries([...values].filter(([name, value]) => value !== 0 && names.includes(name.split('{')[0]!)));

describe('what happens is counted', () => {
  test('sessions, joins, edits, groups, and when they were saved and shown', async () => {
    const server = await serve();
    const ann = connect(server, 'Ann').open('notes');
    const stock = stockClient(server, 'notes');
    await Promise.all([ann.whenSynced(), until(() => stock.provider.synced, 'the stock client is in step')]);
    for (const character of 'abc') {
      ann.doc.getText('text').insert(0, character);
      await ann.whenSaved();
    }
    await until(() => textOf(stock.doc) === 'cba', 'it is shown');
    stock.doc.getText('text').insert(0, 'd');
    await until(() => textOf(ann.doc) === 'dcba', 'it is shown');

    const values = await read(server);
    expect(counted(values, 'weft_sessions', 'weft_sessions_opened_total', 'weft_joins_total', 'weft_rooms')).toEqual({
      'weft_sessions{transport="websocket",dialect="weft"}': 1,
      'weft_sessions{transport="websocket",dialect="yjs"}': 1,
      'weft_sessions_opened_total{transport="websocket",dialect="weft"}': 1,
      'weft_sessions_opened_total{transport="websocket",dialect="yjs"}': 1,
      'weft_joins_total{room="cold"}': 1,
      'weft_joins_total{room="warm"}': 1,
      weft_rooms: 1,
    });
    expect(counted(values, 'weft_edits_total', 'weft_refusals_total', 'weft_resyncs_total')).toEqual({
      'weft_edits_total{dialect="weft"}': 3,
      'weft_edits_total{dialect="yjs"}': 1,
    });
    expect(values.get('weft_group_entries_sum')).toBe(4);
    expect(values.get('weft_group_entries_count')).toBe(values.get('weft_group_write_seconds_count'));
    expect(values.get('weft_group_entries_bucket{le="1"}')).toBe(4);
    // The stock client is sent its echo.
    expect(values.get('weft_saved_seconds_count')).toBe(3);
    expect(values.get('weft_saved_seconds_sum')).toBeGreaterThan(0);
    expect(values.get('weft_fan_out_seconds_count')).toBe(4);
    expect(values.get('weft_room_open_seconds_count')).toBe(1);
    expect(values.get('weft_journal_bytes')).toBe(values.get('weft_group_bytes_sum'));
    expect(counted(values, 'weft_storage_state', 'weft_queue_bytes', 'weft_alarms')).toEqual({
      'weft_storage_state{state="ok"}': 1,
    });
    for (const name of ['weft_received_frames_total', 'weft_sent_frames_total', 'weft_socket_writes_total']) {
      expect(values.get(name)).toBeGreaterThan(4);
    }
    for (const name of ['weft_store_bytes', 'weft_disk_free_bytes', 'process_resident_memory_bytes']) {
      expect(values.get(name)).toBeGreaterThan(0);
    }

    stock.provider.destroy();
    await until(
      async () => (await read(server)).get('weft_sessions{transport="websocket",dialect="yjs"}') === 0,
      'it has left',
    );
  });

  test('who comes back with what it had, and a checkpoint of a document nobody is in', async () => {
    const server = await serve();
    const first = connect(server, 'Ann');
    const before = first.open('notes');
    before.doc.getText('text').insert(0, 'a');
    await before.whenSaved();
    const bare = new BareWeft(server);
    const { epoch, head, proof, channel } = await bare.open('notes');
    await bare.say({ type: 'Close', channel });
    await bare.ask('notes', { ref: 2, epoch, seq: head, proof });
    expect(await bare.next('Opened')).toMatchObject({ ref: 2, held: head });
    expect((await read(server)).get('weft_reconnects_total')).toBe(1);

    first.close();
    bare.webSocket.close();
    await until(async () => (await read(server)).get('weft_rooms') === 0, 'nobody is in it');
    const values = await read(server);
    expect(values.get('weft_checkpoint_seconds_count')).toBe(1);
    expect(values.get('weft_checkpoint_failures_total')).toBe(0);
    expect(values.get('weft_worker_seconds_total{pool="upkeep"}')).toBeGreaterThan(0);
    expect(counted(values, 'weft_worker_jobs', 'weft_quarantined_channels')).toEqual({});
  }, 20_000);

  test('what is refused, put off, asked for again, and turned away', async () => {
    const server = await serve({ limits: { updatesPerSecond: 1, updatesAtOnce: 10 } });
    const weft = new BareWeft(server);
    const { channel } = await weft.open('notes');
    await weft.say({ type: 'Update', channel, clientSeq: 1, update: Uint8Array.of(255, 255) });
    expect(await weft.next('Refused')).toMatchObject({ code: 'malformed' });
    await weft.say({ type: 'Resume', channel, fromClientSeq: 2 });
    // One item after clock 5 of a client nobody knows.
    const gap = Uint8Array.of(1, 1, 7, 5, 4, 1, 4, 116, 101, 120, 116, 1, 97, 0);
    await weft.say({ type: 'Update', channel, clientSeq: 2, update: gap });
    await weft.next('Resync');
    const nothing = Uint8Array.of(0, 0);
    await weft.say({ type: 'Resume', channel, fromClientSeq: 3 });
    for (let clientSeq = 3; clientSeq <= 12; clientSeq++)
      await weft.say({ type: 'Update', channel, clientSeq, update: nothing });
    await weft.next('Busy');
    await weft.ask('a\u0000name');
    await weft.next('Closed');

    const yjs = new BareYjs(server, 'notes');
    await yjs.sync(SYNC.update, Uint8Array.of(255, 255));
    expect((await yjs.closed).code).toBe(4400);

    const socket = new RawSocket(server);
    socket.send(`${upgradeHead('/weft', ['Origin: https://elsewhere.example'])}\r\n`);
    expect((await socket.answer()).status).toBe(403);
    await fetch(`${server.url}/api/v1/documents/nothing-of-that-name`);
    await fetch(`${server.url}/no-such-page`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    });

    const values = await read(server);
    expect(
      counted(
        values,
        'weft_refusals_total',
        'weft_resyncs_total',
        'weft_edits_postponed_total',
        'weft_joins_refused_total',
        'weft_connections_closed_total',
        'weft_connections_turned_away_total',
        'weft_edits_total',
      ),
    ).toEqual({
      'weft_refusals_total{dialect="weft",code="malformed"}': 1,
      'weft_refusals_total{dialect="yjs",code="malformed"}': 1,
      'weft_resyncs_total{dialect="weft"}': 1,
      'weft_edits_postponed_total{dialect="weft",reason="too-many"}': 1,
      'weft_joins_refused_total{code="4409"}': 1,
      'weft_connections_closed_total{code="4400"}': 1,
      'weft_connections_turned_away_total{status="403"}': 1,
    });
    // The names of documents are in no label.
    expect(counted(values, 'weft_http_requests_total')).toMatchObject({
      'weft_http_requests_total{route="/api/v1/documents/*",status="4xx"}': 1,
      'weft_http_requests_total{route="none",status="4xx"}': 1,
    });
    expect([...values.keys()].filter((name) => /notes|nothing-of|no-such/.test(name))).toEqual([]);
  });

  test('I6: a reader that takes little, and one that takes nothing', async () => {
    const server = await serve({ limits: { waitingBytes: 64 * 1024, slowReaderSeconds: 1, documentBytes: 1024 ** 3 } });
    const writer = connect(server, 'Ann').open('long');
    const reader = new BareWeft(server);
    await reader.open('long');
    reader.webSocket.pause();
    await writer.whenSynced();
    const text = writer.doc.getText('text');
    const slow = async (outcome: string): Promise<number | undefined> =>
      (await read(server)).get(`weft_slow_readers_total{outcome="${outcome}"}`);
    // Until the buffers of both kernels are full.
    while ((await slow('fell-behind')) === 0) {
      text.insert(0, 'x'.repeat(1_000_000));
      await writer.whenSaved();
    }
    expect((await read(server)).get('weft_queue_bytes{queue="sockets"}')).toBeGreaterThan(64 * 1024);
    await until(async () => (await slow('closed')) === 1, 'it is closed');
    expect(await slow('fell-behind')).toBe(1);
    expect((await read(server)).get('weft_connections_closed_total{code="4508"}')).toBe(1);
  }, 30_000);
});

describe('who may read the metrics', () => {
  const statusOf = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
    (await fetch(`${url}/metrics`, { headers })).status;
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

  test('on an open server programs of the same machine, and nobody a proxy speaks for', async () => {
    const { url } = await serve();
    expect(await statusOf(url)).toBe(200);
    expect(await statusOf(url, { 'X-Forwarded-For': '192.0.2.7' })).toBe(403);
    expect(await statusOf(url, { Forwarded: 'for=192.0.2.7' })).toBe(403);
    const behind = await serve({ door: { trustedProxies: ['127.0.0.1'] } }, '--allow-anonymous');
    expect(await statusOf(behind.url, { 'X-Forwarded-For': '192.0.2.7' })).toBe(403);
  });

  test('with access configured the admin, and whoever shows the token', async () => {
    const server = await serve({ access: {}, door: { metrics: { token: { file: 'metrics-token' } } } });
    await until(() => ADMIN.test(server.stdout), 'the admin token is shown');
    const admin = ADMIN.exec(server.stdout)![1]!;
    expect(await statusOf(server.url)).toBe(403);
    expect(await statusOf(server.url, bearer(`${admin}x`))).toBe(401);
    expect(await statusOf(server.url, bearer(admin))).toBe(200);
    expect(await statusOf(server.url, bearer('what-Prometheus-shows'))).toBe(200);
    // It reads metrics, and nothing else.
    const sessions = await fetch(`${server.url}/api/v1/sessions`, { headers: bearer('what-Prometheus-shows') });
    expect(sessions.status).toBe(401);
  });

  test('on a listener of their own everybody who reaches it, unless there is a token', async () => {
    const open = await serve({ access: {}, door: { metrics: { port: 0 } } });
    const url = LISTENER.exec(open.stdout)![1]!;
    const answer = await fetch(`${url}/metrics`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect(parse(await answer.text()).get('weft_rooms')).toBe(0);
    expect(await statusOf(open.url)).toBe(403);
    expect((await fetch(`${url}/api/v1/documents`)).status).toBe(404);
    const rebound = new RawSocket({ url });
    rebound.send('GET /metrics HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n');
    expect((await rebound.answer()).status).toBe(421);

    const closed = await serve({ door: { metrics: { port: 0, token: { file: 'metrics-token' } } } });
    const other = LISTENER.exec(closed.stdout)![1]!;
    expect(await statusOf(other)).toBe(401);
    expect(await statusOf(other, bearer('what-Prometheus-shows'))).toBe(200);
    // An open server with a token asks for it, wherever one is.
    expect(await statusOf(closed.url)).toBe(403);
    expect((await closed.stop()).code).toBe(0);
  });

  test('a listener that cannot be had keeps the server from starting', async () => {
    const taken = await serve();
    const port = Number(new URL(taken.url).port);
    await expect(serve({ door: { metrics: { port } } })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is in use. Stop what uses it, or choose another with "door.metrics".`,
    );
  });
});

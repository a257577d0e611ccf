// Mutated frames of both dialects over real sockets, before and after it is known who sends them. Whatever comes, the server
// lives, finds no fault of its own in it, answers others meanwhile, and its memory stays bounded; a document beside is as it was.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClientMessage, CloseCode, clientCodec, PROTOCOL_VERSION } from '@weft/protocol';
import * as prng from 'lib0/prng';
import { WebSocket } from 'ws';
import { Doc, encodeStateAsUpdate, encodeStateVector } from 'yjs';
import { coldJoinWeft } from '../cold-join.js';
import { type ServerProcess, spawnServer } from '../server-process.js';
import { type GateKind, MAX_FAULTS } from './gate/gate-kind.js';

const WITNESS = 'witness';
const WITNESS_TEXT = 'as if nothing had happened';
const FRAMES_PER_CONNECTION = 40;
const CONNECTIONS_AT_ONCE = 8;
/** Connections between two looks at the server. */
const LOOK_EVERY = 40;
const MAX_GROWTH_BYTES = 256 * 1024 * 1024;
const MAX_STALL_MS = 2000;
const ANSWER_WITHIN_MS = 5000;

const no = new Uint8Array();

export const frames: GateKind = {
  summary: 'mutated frames of both dialects, before and after it is known who sends them; frames, not updates',
  count: 100_000,
  async run({ count, seed, onMark }) {
    const folder = mkdtempSync(join(tmpdir(), 'weft-frames-'));
    const config = join(folder, 'config.json');
    // Who tries much is let in here, so that what is tried is what comes after.
    writeFileSync(config, '{"limits":{"connectionsPerSecond":100000,"connectionsPerAddress":100000}}');
    const server = spawnServer(join(folder, 'data'), { env: { WEFT_CONFIG: config } });
    const url = await server.ready;
    const run = new FramesRun(server, url, seed);
    await run.writeWitness();
    const memoryBefore = run.residentBytes();
    for (let connection = 0; run.sent < count && run.faults.length < MAX_FAULTS; connection += CONNECTIONS_AT_ONCE) {
      await Promise.all(Array.from({ length: CONNECTIONS_AT_ONCE }, (_, i) => run.converse(connection + i)));
      if (connection % LOOK_EVERY !== 0) continue;
      onMark('.');
      if (!(await run.look(memoryBefore))) break;
    }
    await run.checkWitness();
    const growth = Math.round((run.residentBytes() - memoryBefore) / 1024 / 1024);
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
    const codes = [...run.codes].sort(([a], [b]) => a - b).map(([code, times]) => `${code} ${times} times`);
    return {
      figures: [
        `frames ${run.sent}`,
        `connections ended with ${codes.join(', ')}`,
        `slowest answer beside it ${Math.round(run.slowestMs)} ms`,
        `memory grown by ${growth} MiB`,
      ],
      faults: run.faults,
    };
  },
};

class FramesRun {
  sent = 0;
  slowestMs = 0;
  readonly faults: string[] = [];
  readonly codes = new Map<number, number>();
  readonly #server: ServerProcess;
  readonly #url: string;
  readonly #seed: number;
  readonly #honest: { readonly weft: readonly Uint8Array[]; readonly yjs: readonly Uint8Array[] };

  constructor(server: ServerProcess, url: string, seed: number) {
    this.#server = server;
    this.#url = url;
    this.#seed = seed;
    this.#honest = { weft: weftFrames(), yjs: yjsFrames() };
  }

  /** One connection: which dialect, whether it says first who it is, and what it sends are the seed's. */
  async converse(number: number): Promise<void> {
    const random = prng.create(this.#seed * 100_003 + number);
    const isWeft = prng.bool(random);
    const honest = isWeft ? this.#honest.weft : this.#honest.yjs;
    const path = isWeft ? '/weft' : `/yjs/tried-${number % 10}`;
    const socket = new WebSocket(this.#url.replace(/^http/, 'ws') + path);
    const closed = new Promise<{ code: number; reason: string }>((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('open', resolve).once('close', resolve));
    if (isWeft && prng.bool(random)) for (const frame of honest.slice(0, 2)) socket.send(frame);
    for (let i = 0; i < FRAMES_PER_CONNECTION && socket.readyState === socket.OPEN; i++) {
      const frame = prng.oneOf(random, honest as Uint8Array[]);
      socket.send(mutate(frame, prng.oneOf(random, honest as Uint8Array[]), random));
      this.sent += 1;
      // What was sent is answered, or closed, before the next: else most would be sent to a closed socket.
      await answered(socket);
    }
    socket.close();
    const timer = setTimeout(() => socket.terminate(), ANSWER_WITHIN_MS);
    const { code, reason } = await closed;
    clearTimeout(timer);
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    if (code === CloseCode.InternalError) this.faults.push(`connection ${number}: ${reason}`);
  }

  /** @returns whether it is any use to go on */
  async look(memoryBefore: number): Promise<boolean> {
    const startMs = performance.now();
    const answer = await fetch(`${this.#url}/healthz`).catch(() => null);
    const tookMs = performance.now() - startMs;
    this.slowestMs = Math.max(this.slowestMs, tookMs);
    if (answer === null) {
      this.faults.push(`the server is gone, after ${this.sent} frames: ${this.#server.stderr}`);
      return false;
    }
    if (tookMs > MAX_STALL_MS) this.faults.push(`others waited ${Math.round(tookMs)} ms, after ${this.sent} frames`);
    const growth = this.residentBytes() - memoryBefore;
    if (growth > MAX_GROWTH_BYTES) this.faults.push(`memory grew by ${growth} bytes, after ${this.sent} frames`);
    return true;
  }

  async writeWitness(): Promise<void> {
    const doc = new Doc();
    doc.getText('text').insert(0, WITNESS_TEXT);
    const socket = new WebSocket(`${this.#url.replace(/^http/, 'ws')}/yjs/${WITNESS}`);
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(syncFrame(2, encodeStateAsUpdate(doc)));
    while ((await coldJoinWeft(this.#url, WITNESS)).head === 0);
    socket.close();
  }

  async checkWitness(): Promise<void> {
    const text = await coldJoinWeft(this.#url, WITNESS).then(
      (join) => join.text,
      (error: Error) => error.message,
    );
    if (text !== WITNESS_TEXT) this.faults.push(`the document beside is not as it was: ${text}`);
    // That somebody shows a proof of another store is told once, and true.
    const complaints = this.#server.stderr.split('\n').filter((line) => !/^(weft: Somebody came back to|$)/.test(line));
    if (complaints.length > 0) this.faults.push(`the server complained: ${complaints.join(' ')}`);
  }

  residentBytes(): number {
    const status = readFileSync(`/proc/${this.#server.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  }
}

/** A ping comes back after everything before it was read. */
function answered(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('pong', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('pong', done);
    socket.on('close', done);
    if (socket.readyState === socket.OPEN) socket.ping();
    else done();
  });
}

/** A few bytes changed, left out, doubled, put in or taken from another; a number made long; or the frame as it is. */
function mutate(frame: Uint8Array, other: Uint8Array, random: prng.PRNG): Uint8Array {
  let bytes = [...frame];
  const at = (): number => prng.int32(random, 0, Math.max(0, bytes.length - 1));
  for (let times = prng.int32(random, 0, 3); times > 0; times--) {
    const [from, count] = [at(), prng.int32(random, 1, 16)];
    switch (prng.int32(random, 0, 6)) {
      case 0:
        bytes[from] = (bytes[from] ?? 0) ^ (1 << prng.int32(random, 0, 7));
        break;
      case 1:
        bytes[from] = prng.int32(random, 0, 255);
        break;
      case 2:
        bytes.splice(from, count);
        break;
      case 3:
        bytes.splice(from, 0, ...bytes.slice(from, from + count));
        break;
      case 4:
        bytes.splice(from, 0, ...prng.uint8Array(random, count));
        break;
      case 5:
        bytes.splice(from, 1, 255, 255, 255, 255, 255, 255, 255, 15);
        break;
      default:
        bytes = [...bytes.slice(0, from), ...other.slice(prng.int32(random, 0, other.length))];
    }
  }
  return Uint8Array.from(bytes);
}

function weftFrames(): Uint8Array[] {
  const { update, state } = writing();
  const open = { type: 'Open', kind: 0, clientId: 5, epoch: 0, seq: 0, proof: no, link: '' } as const;
  const messages: readonly ClientMessage[] = [
    { type: 'Hello', version: PROTOCOL_VERSION, client: 'a', name: 'b', color: '#112233', token: '', guest: '' },
    { ...open, ref: 1, document: 'tried', outboxId: 'o' },
    { ...open, ref: 2, document: 'tried/too', kind: 1, outboxId: 'p', epoch: 1, seq: 3, proof: new Uint8Array(16) },
    { type: 'Update', channel: 2, clientSeq: 1, update },
    { type: 'Update', channel: 3, clientSeq: 2, update: state },
    { type: 'Resume', channel: 2, fromClientSeq: 2 },
    { type: 'Presence', channel: 2, clientSeq: 0, state: '{"cursor":{"anchor":{"type":null}}}' },
    { type: 'Ping', nonce: 7 },
    { type: 'Renew', token: 'x', guest: '' },
    { type: 'Close', channel: 2 },
  ];
  return [...messages.map((message) => clientCodec.encode(message)), clientCodec.encode(...messages)];
}

function yjsFrames(): Uint8Array[] {
  const { update, state, vector } = writing();
  const presence = new TextEncoder().encode('{"cursor":null,"user":{"name":"a"}}');
  return [
    syncFrame(0, vector),
    syncFrame(0, Uint8Array.of(0)),
    syncFrame(1, state),
    syncFrame(2, update),
    Uint8Array.of(1, presence.length + 4, 1, 5, 1, presence.length, ...presence),
    Uint8Array.of(3),
    Uint8Array.of(2, 0, 1, 97),
  ];
}

function writing(): { readonly update: Uint8Array; readonly state: Uint8Array; readonly vector: Uint8Array } {
  const doc = new Doc();
  doc.clientID = 5;
  const text = doc.getText('text');
  text.insert(0, 'one two three');
  const update = encodeStateAsUpdate(doc);
  text.delete(3, 4);
  text.format(0, 3, { bold: true });
  doc.getMap('map').set('key', [1, { a: null }, 'x']);
  return { update, state: encodeStateAsUpdate(doc), vector: encodeStateVector(doc) };
}

/** @param body shorter than 2^14 bytes */
function syncFrame(kind: number, body: Uint8Array): Uint8Array {
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return Uint8Array.of(0, kind, ...length, ...body);
}

// What it costs to do without a WebSocket: one types, many read, on each rung of the ladder in turn, with the provider as it is
// shipped at both ends. A letter counts as delivered when the reader's text has it.

import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type Rung, type SharedDocument } from '@weft/provider';
import { WebSocket } from 'ws';
import { Histogram } from '../load/histogram.js';
import { beginStretch, loadFigure } from '../load/stretch.js';
import type { FigureSpec } from '../results.js';
import type { RunningServer, Scenario } from '../scenario.js';

const RUNGS: readonly Rung[] = ['websocket', 'events', 'poll'];
const READERS = 20;
const LETTERS_PER_SECOND = 20;
const WARM_UP_LETTERS = 60;
const LETTERS = 120;
const ROOT = 'text';

const figuresOf = (rung: Rung): Record<string, FigureSpec> => ({
  [`${rung}P50`]: { unit: 'ms', isLessBetter: true, what: `by ${rung}: from typing to a reader's text, median` },
  [`${rung}P99`]: { unit: 'ms', isLessBetter: true, what: `by ${rung}: the same, 99th percentile` },
  [`${rung}Cpu`]: { unit: 'µs', isLessBetter: true, what: `by ${rung}: CPU of the server per delivered update` },
  [`${rung}Load`]: { ...loadFigure, what: `by ${rung}: ${loadFigure.what}` },
});

export const transports: Scenario = {
  name: 'transports',
  summary: `one types ${LETTERS_PER_SECOND} letters a second, ${READERS} read, by WebSockets, by events and by polls`,
  servers: ['weft'],
  maxRounds: 3,
  figures: Object.assign({}, ...RUNGS.map(figuresOf)),
  async run(server) {
    const figures: Record<string, number> = {};
    for (const rung of RUNGS) Object.assign(figures, await measure(server, rung));
    return figures;
  },
};

async function measure(server: RunningServer, rung: Rung): Promise<Record<string, number>> {
  const document = `by-${rung}`;
  const writer = await join(server, rung, document);
  const readers = await Promise.all(Array.from({ length: READERS }, () => join(server, rung, document)));
  const latency = new Histogram();
  const typedAtMs: number[] = [];
  for (const { document } of readers) {
    let seen = 0;
    document.doc.on('update', () => {
      const nowMs = performance.now();
      const { length } = document.doc.getText(ROOT);
      for (; seen < length; seen++) latency.recordMs(nowMs - typedAtMs[seen]!);
    });
  }
  const type = async (letters: number): Promise<void> => {
    const startMs = performance.now();
    for (let i = 0; i < letters; i++) {
      await sleep(Math.max(0, startMs + (i * 1000) / LETTERS_PER_SECOND - performance.now()));
      typedAtMs.push(performance.now());
      writer.document.doc.getText(ROOT).insert(typedAtMs.length - 1, 'x');
    }
    while (latency.count < letters * READERS) await sleep(1);
  };
  await type(WARM_UP_LETTERS);
  latency.clear();
  const end = beginStretch(server);
  await type(LETTERS);
  const { serverCpuMs, loadPercent } = end();
  const expected = 'x'.repeat(WARM_UP_LETTERS + LETTERS);
  for (const { document } of readers) {
    if (document.doc.getText(ROOT).toString() !== expected) throw new Error(`By ${rung} a reader has another text.`);
  }
  for (const { connection } of [writer, ...readers]) connection.close();
  return {
    [`${rung}P50`]: latency.percentileMs(50),
    [`${rung}P99`]: latency.percentileMs(99),
    [`${rung}Cpu`]: (serverCpuMs * 1000) / (LETTERS * READERS),
    [`${rung}Load`]: loadPercent,
  };
}

interface Seat {
  readonly connection: Connection;
  readonly document: SharedDocument;
}

async function join({ port }: RunningServer, rung: Rung, name: string): Promise<Seat> {
  const connection = new Connection({
    url: `ws://127.0.0.1:${port}/weft`,
    person: { name: 'Reader', color: '#59636e' },
    client: 'weft-bench',
    WebSocket,
    transports: [rung],
  });
  const document = connection.open(name);
  await document.whenSynced();
  return { connection, document };
}

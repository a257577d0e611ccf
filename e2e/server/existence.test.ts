// Whether there is a document is nobody's business who may not open it: what is answered is the same, and so is the time
// it takes (scorecard 56).

import { expect, test } from 'vitest';
import { closedServer } from './closed-server.js';
import { BareWeft } from './harness.js';

const DOCUMENTS = 40;
const ROUNDS = 300;
/** How far the area under the curve may lean to one side. Over HTTP a loaded machine leans by itself. */
const MAX_LEAN = { weft: 0.05, http: 0.1 };

/** The chance that a time of `left` is above one of `right`: 0.5 when they say nothing about which is which. */
function areaUnderCurve(left: readonly number[], right: readonly number[]): number {
  const all = [...left.map((ms) => ({ ms, isLeft: 1 })), ...right.map((ms) => ({ ms, isLeft: 0 }))];
  all.sort((a, b) => a.ms - b.ms);
  let rankSum = 0;
  for (const [index, { isLeft }] of all.entries()) rankSum += isLeft * (index + 1);
  return (rankSum - (left.length * (left.length + 1)) / 2) / (left.length * right.length);
}

const p95 = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)]!;

test('a document that is kept from somebody and one that is not there are answered alike', {
  timeout: 60_000,
}, async () => {
  const server = await closedServer({ requestsAtOnce: 100_000, joinsAtOnce: 100_000 });
  const owner = server.token('owner');
  const kept: string[] = [];
  for (let i = 0; i < DOCUMENTS; i++) kept.push((await server.ask(owner, 'POST', 'documents', { body: {} })).body.name);
  // Of the same length and kind as the server makes them.
  const absent = kept.map((name) => name.replace(/^.{8}/, '00000000'));
  const stranger = server.token('stranger');
  const socket = new BareWeft(server);
  await socket.hello('Stranger', stranger);
  await socket.next('Welcome');
  const ways = {
    weft: async (document: string): Promise<unknown> => {
      await socket.ask(document, { ref: 7 });
      return socket.next('Closed', 'Opened');
    },
    http: async (document: string): Promise<unknown> => server.ask(stranger, 'GET', `documents/${document}`),
    sharing: async (document: string): Promise<unknown> => server.ask(stranger, 'GET', `access/${document}`),
    asking: async (document: string): Promise<unknown> =>
      server.ask(stranger, 'POST', `access-requests/${document}`, { body: {} }),
  };
  const answers = new Map<string, Set<string>>();
  const measured: string[] = [];
  const measure = async (way: keyof typeof ways): Promise<boolean> => {
    const rounds = way === 'weft' ? 4 * ROUNDS : ROUNDS;
    const times = { kept: [] as number[], absent: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      // In turns, without a rhythm: what slows this machine down slows both.
      const turns =
        (Math.imul(round, 0x9e3779b1) >>> 20) % 2 === 0 ? (['kept', 'absent'] as const) : (['absent', 'kept'] as const);
      for (const turn of turns) {
        const names = turn === 'kept' ? kept : absent;
        const startMs = performance.now();
        const answer = await ways[way](names[(round >> 1) % DOCUMENTS]!);
        times[turn].push(performance.now() - startMs);
        answers.set(way, (answers.get(way) ?? new Set()).add(JSON.stringify(answer)));
      }
    }
    const auc = areaUnderCurve(times.kept, times.absent);
    const apartMs = p95(times.kept) - p95(times.absent);
    measured.push(`${way}: AUC ${auc.toFixed(3)}, p95 apart by ${apartMs.toFixed(2)} ms, over ${rounds} rounds`);
    return Math.abs(auc - 0.5) <= MAX_LEAN[way === 'weft' ? 'weft' : 'http'];
  };
  for (const way of ['weft', 'http', 'sharing', 'asking'] as const) {
    // Noise does not come back on the same side; a difference that could be used does.
    const isAlike = (await measure(way)) || (await measure(way)) || (await measure(way));
    expect([way, isAlike, answers.get(way)?.size], measured.join('; ')).toEqual([way, true, 1]);
  }
});

// Torture by a slow disk: each sync takes half a second longer. Presence does not wait for the disk; a change is Saved after at
// most two syncs, its own and the one that was going on; people join and read as ever; what waits stays within bounds.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { coldJoinWeft } from '../cold-join.js';
import { milliseconds, percentile } from '../percentile.js';
import type { Kind, Torture } from './driver.js';
import { Guest } from './guest.js';
import { injectIntoSyncs, whyNoStrace } from './strace.js';

const SYNC_MS = 500;
const MEASURED_MS = 2_000;
const CARET_EVERY_MS = 20;
const JOIN_EVERY_MS = 400;
/** What a change may take besides two slow syncs: the process, the real disk, a busy machine. */
const SLACK_MS = 300;
/** Presence that waited for the disk would take as long as a sync, or two. A busy machine alone may take half of that. */
const PRESENCE_P99_MS = SYNC_MS / 2;
/** The server queues 64 MiB at most, and holds some of it twice. */
const MAX_GROWTH_BYTES = 192 * 1024 * 1024;
const FLOOD_CHAPTERS = 9;
const FLOOD_SAVED_WITHIN_MS = 60_000;

export const slow: Kind = {
  promise: `with syncs of ${SYNC_MS} ms presence is as quick as without, and a change is Saved after two`,
  summary: `each sync takes ${SYNC_MS} ms longer`,
  rounds: 3,
  async run(torture, rounds) {
    const whyNot = whyNoStrace();
    if (whyNot !== null) throw new Error(`No sync can be slowed down here: ${whyNot}.`);
    const quick = newFigures();
    const slowed = newFigures();
    await torture.start();
    for (let round = 0; round < rounds; round++) {
      await torture.beginGeneration();
      torture.beginRound();
      await measure(torture, 0, quick);
      await measure(torture, SYNC_MS, slowed);
      torture.endRound('.');
    }
    await torture.finish();
    return judge(torture, quick, slowed);
  },
};

interface Figures {
  /** From a caret's move to another's screen; from a change to its Saved; from a first frame to the whole text. */
  readonly presenceMs: number[];
  readonly savedMs: number[];
  readonly joinMs: number[];
  /** The most memory the server had. */
  peakBytes: number;
}

const newFigures = (): Figures => ({ presenceMs: [], savedMs: [], joinMs: [], peakBytes: 0 });

/** A run of the server in which people write, move their carets, join, and then paste much; ended by SIGKILL. */
async function measure(torture: Torture, syncMs: number, figures: Figures): Promise<void> {
  await torture.kill();
  await torture.start({ under: injectIntoSyncs(`delay_exit=${syncMs * 1000}`) });
  const { document } = torture.targets[0]!;
  const [mover, watcher] = [new Guest(torture.url, document), new Guest(torture.url, document)];
  await Promise.all([mover.document.whenSynced(), watcher.document.whenSynced()]);
  torture.letWritersIn();
  await torture.settle();

  const savedBefore = torture.targets.map(({ ledger }) => ledger.savedAfterMs.length);
  const endMs = performance.now() + MEASURED_MS;
  await Promise.all([
    torture.writeUntil(endMs),
    repeat(endMs, CARET_EVERY_MS, async () => void figures.presenceMs.push(await mover.moveFor(watcher, MEASURED_MS))),
    repeat(endMs, JOIN_EVERY_MS, async () => {
      const startMs = performance.now();
      await coldJoinWeft(torture.url, document);
      figures.joinMs.push(performance.now() - startMs);
    }),
  ]);
  await torture.settle();
  for (const [index, { ledger }] of torture.targets.entries()) {
    figures.savedMs.push(...ledger.savedAfterMs.slice(savedBefore[index]));
  }
  for (const guest of [mover, watcher]) guest.close();

  for (let i = 0; i < FLOOD_CHAPTERS; i++) torture.paste(torture.targets[i % torture.targets.length]!);
  await torture.writeFor(200);
  await torture.settle(FLOOD_SAVED_WITHIN_MS);
  figures.peakBytes = Math.max(figures.peakBytes, peakMemory(torture.server.pid));
  for (const target of torture.targets) torture.paste(target);
  await torture.writeFor(200);
  await torture.kill();
  torture.noteComplaints();
  await torture.start();
  await torture.check();
}

async function repeat(endMs: number, everyMs: number, action: () => Promise<void>): Promise<void> {
  while (performance.now() < endMs) {
    await action();
    await sleep(everyMs);
  }
}

/** `VmHWM` of proc(5). */
function peakMemory(pid: number): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1];
  return Number(kibibytes) * 1024;
}

function judge(torture: Torture, quick: Figures, slowed: Figures): string[] {
  for (const figures of [quick, slowed]) {
    for (const times of [figures.presenceMs, figures.savedMs, figures.joinMs]) times.sort((a, b) => a - b);
  }
  const p99 = (times: readonly number[]): number => percentile(times, 99);
  if (p99(slowed.presenceMs) > Math.max(PRESENCE_P99_MS, 2 * p99(quick.presenceMs))) torture.fault('presence was slow');
  if (p99(slowed.savedMs) > 2 * SYNC_MS + Math.max(SLACK_MS, p99(quick.savedMs)))
    torture.fault('changes were Saved late');
  if (slowed.peakBytes > quick.peakBytes + MAX_GROWTH_BYTES)
    torture.fault('the memory of the server grew out of bounds');
  const both = (name: string, pick: (figures: Figures) => string): string =>
    `${name} ${pick(quick)} -> ${pick(slowed)}`;
  return [
    both('presence p99', ({ presenceMs }) => milliseconds(p99(presenceMs))),
    both('saved p50', ({ savedMs }) => milliseconds(percentile(savedMs, 50))),
    both('saved p99', ({ savedMs }) => milliseconds(p99(savedMs))),
    both('saved at most', ({ savedMs }) => milliseconds(savedMs.at(-1)!)),
    both('join p99', ({ joinMs }) => milliseconds(p99(joinMs))),
    both('memory at most', ({ peakBytes }) => `${Math.round(peakBytes / 1024 / 1024)} MiB`),
  ];
}

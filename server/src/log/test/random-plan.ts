// A random plan of calls, run against a log whose journal rolls often and a model of it: a row of texts per channel.

import fc from 'fast-check';
import { expect } from 'vitest';
import type { OpenChannel } from '../document-log.js';
import { checkpointAt, content, discussion, Ear, type LogPlace, newEntry, textOf, turn } from './log-harness.js';

export type Step =
  | { readonly type: 'append'; readonly channel: number; readonly size: number }
  | { readonly type: 'wait' | 'read' | 'close' | 'checkpoint'; readonly channel: number }
  | { readonly type: 'turn' | 'reopen' };

const channelIndex = fc.nat({ max: 3 });
export const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ type: fc.constant('append'), channel: channelIndex, size: fc.nat({ max: 400 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constantFrom('wait', 'read', 'close', 'checkpoint'),
      channel: channelIndex,
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('turn', 'reopen') }) },
);

/** @throws where the log and the model differ */
export async function runPlan(place: LogPlace, plan: readonly Step[]): Promise<void> {
  const ids = [content('a'), discussion('a'), content('a/b'), content('c')];
  const texts: string[][] = ids.map(() => []);
  const checkpoints: number[] = ids.map(() => 0);
  let channels = new Map<number, { channel: OpenChannel; ear: Ear }>();
  let log = await place.open({ journalMaxBytes: 2000 });
  const opened = async (index: number) => {
    let known = channels.get(index);
    if (!known) {
      const ear = new Ear();
      const channel = await log.open(ids[index]!, ear);
      expect(channel.head).toBe(texts[index]!.length);
      expect(channel.checkpoint?.seq ?? 0).toBe(checkpoints[index]);
      known = { channel, ear };
      channels.set(index, known);
      ear.durable(channel.head);
    }
    return known;
  };
  const check = async (index: number): Promise<void> => {
    const { channel, ear } = await opened(index);
    // As of now: what becomes durable during the read need not be in it.
    const durable = ear.heard.at(-1)!;
    const entries = await channel.entriesAfter(0);
    expect(entries.map(textOf)).toEqual(texts[index]!.slice(0, entries.length));
    expect(entries.length).toBeGreaterThanOrEqual(durable);
  };
  for (const step of plan) {
    switch (step.type) {
      case 'append': {
        const { channel } = await opened(step.channel);
        const all = texts[step.channel]!;
        all.push(`${all.length} ${'x'.repeat(step.size)}`);
        expect(channel.append(newEntry(all.at(-1)!, { timeMs: all.length }))).toBe(all.length);
        break;
      }
      case 'wait':
        await (await opened(step.channel)).ear.hears(texts[step.channel]!.length);
        break;
      case 'read':
        await check(step.channel);
        break;
      case 'checkpoint': {
        const { channel } = await opened(step.channel);
        checkpoints[step.channel] = channel.head;
        await channel.putCheckpoint(checkpointAt(channel.head));
        break;
      }
      case 'close':
        await channels.get(step.channel)?.channel.close();
        channels.delete(step.channel);
        break;
      case 'turn':
        await turn();
        break;
      case 'reopen':
        await log.close();
        log = await place.open({ journalMaxBytes: 2000 });
        channels = new Map();
    }
  }
  await log.close();
  log = await place.open();
  channels = new Map();
  for (const index of ids.keys()) {
    await check(index);
    expect((await opened(index)).channel.head).toBe(texts[index]!.length);
  }
  await log.close();
}

// What is found while it is compared: the server writes on meanwhile, and so do others.

import { expect, onTestFinished, test } from 'vitest';
import type { Checkpoint } from '../document-log.js';
import { CHAIN_START } from '../level/chain.js';
import { ChannelState } from '../level/channel-state.js';
import { content, newEntry } from '../test/log-harness.js';
import { Others, type OthersParts } from './others.js';
import type { Standing } from './postgres-reader.js';

const EPOCH = 7;
const LINK = Uint8Array.from({ length: 16 }, (_, index) => index);

/** A channel that is open here with 3 entries, and what the database says of it, one answer after the other. */
function stage(answers: readonly ((state: ChannelState) => Partial<Standing>)[]) {
  const id = content('notes');
  const known = { epoch: EPOCH, lastSeq: 3, hash: CHAIN_START, lastTimeMs: 1 };
  const state = ChannelState.fromMeta(id, known);
  const done: string[] = [];
  const trimmed = ({ seq }: Checkpoint): void => void done.push(`trimmed up to ${seq}`);
  const document = { name: id.document, info: null };
  state.owner = { listener: { durable: () => undefined, trimmed }, epoch: EPOCH, document };
  let asked = 0;
  const standingOf = async (): Promise<Standing> => ({
    ...known,
    baseSeq: 0,
    ...answers[Math.min(asked++, answers.length - 1)]!(state),
  });
  const baseOf = async () => ({ checkpoint: { seq: 5 }, updateBytes: 0 });
  const journal = { hasFailed: false, letGo: () => void done.push('let go') };
  const parts = { reader: { standingOf, baseOf }, journal, compareEveryMs: 2 ** 30, complain: expect.unreachable };
  const others = new Others(parts as unknown as OthersParts);
  onTestFinished(() => others.close());
  others.opened(state);
  return { state, others, done };
}

/** A group of two entries is on disk. */
function write(state: ChannelState): void {
  state.inFlight = [newEntry('four'), newEntry('five')];
  state.written = 5;
  state.hash.set(LINK);
  state.groupWritten(1);
}

test('nobody is sent out when others trim up to what was written here while it was compared', async () => {
  const after = { lastSeq: 5, hash: LINK, baseSeq: 5 };
  const { state, others, done } = stage([
    (state) => {
      write(state);
      return after;
    },
    () => after,
  ]);
  await others.catchUp(state);
  expect(done).toEqual(['trimmed up to 5']);
});

test('who has a channel open that others began anew is sent out, whatever was written here while it was compared', async () => {
  const { state, others, done } = stage([
    (state) => {
      write(state);
      return { epoch: EPOCH + 1, lastSeq: 0 };
    },
    () => ({ epoch: EPOCH + 1, lastSeq: 0 }),
  ]);
  await others.catchUp(state);
  expect(done).toEqual(['let go']);
});

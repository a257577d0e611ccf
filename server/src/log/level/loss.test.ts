import { expect, test } from 'vitest';
import { openMemoryLog } from '../memory-log.js';
import { MemoryStore } from '../memory-store.js';
import { copyOfStore } from '../test/copy-of-store.js';
import { content, Ear, newEntry } from '../test/log-harness.js';

const NOTES = content('notes');

async function write(store: MemoryStore, texts: readonly string[]) {
  const log = await openMemoryLog(store);
  const ear = new Ear();
  const channel = await log.open(NOTES, ear);
  const { head } = channel;
  for (const text of texts) channel.append(newEntry(text));
  if (texts.length > 0) await ear.hears(head + texts.length);
  const { proof } = channel;
  return { log, channel, proof };
}

test('L3: after the disk was set back, who was told of more shows it, before and after others write again', async () => {
  const store = new MemoryStore();
  const { log } = await write(store, ['a', 'b']);
  const backup = await copyOfStore(store);
  const { proof: ofTwo } = await write(backup, []);
  await log.close();
  const { proof: ofFour, log: further } = await write(store.reopen(), ['c', 'd']);
  await further.close();

  const { channel, log: setBack } = await write(await copyOfStore(backup), []);
  expect(channel.head).toBe(2);
  expect(await channel.judge({ epoch: channel.epoch, seq: 2, proof: ofTwo })).toBe('held');
  expect(await channel.judge({ epoch: channel.epoch, seq: 4, proof: ofFour })).toBe('lost');
  await setBack.close();

  const { channel: writtenOn } = await write(await copyOfStore(backup), ['C', 'D', 'E']);
  expect(await writtenOn.judge({ epoch: writtenOn.epoch, seq: 2, proof: ofTwo })).toBe('held');
  expect(await writtenOn.judge({ epoch: writtenOn.epoch, seq: 4, proof: ofFour })).toBe('lost');
});

test('L3: a proof of an epoch to come shows that the store was set back to before it, and the next epoch is later still', async () => {
  const store = new MemoryStore();
  const { log } = await write(store, ['a']);
  await log.close();
  const backup = await copyOfStore(store.reopen());
  const replaced = await openMemoryLog(store.reopen());
  const later = await replaced.beginEpoch(NOTES, 4_000_000_000);
  const told = await replaced.open(NOTES, new Ear());
  const claim = { epoch: later, seq: 1, proof: told.proof };
  expect(await told.judge(claim)).toBe('held');
  await replaced.close();

  const { channel, log: setBack } = await write(backup, []);
  expect(await channel.judge(claim)).toBe('lost');
  expect(await channel.judge({ ...claim, epoch: later + 1 })).toBe('unproven');
  await channel.close();
  expect(await setBack.beginEpoch(NOTES, later)).toBe(later + 1);
  await setBack.close();
});

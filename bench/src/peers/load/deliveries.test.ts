import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { Deliveries, NOBODY } from './deliveries.js';
import { prepareTyping } from './typing.js';

/** A writer of ten letters, itself the first of three receivers. */
function typed() {
  const updates = prepareTyping(0, 10);
  const deliveries = new Deliveries([0, NOBODY, NOBODY], 1, 10);
  for (let clock = 0; clock < 10; clock++) deliveries.sent(0, clock, performance.now());
  const tell = (receiver: number, update: Uint8Array, isState = false): void =>
    deliveries.receive(receiver, update, 0, update.length, isState);
  return { updates, deliveries, tell };
}

test('counts each letter once for each receiver but its author, merged or not', () => {
  const { updates, deliveries, tell } = typed();
  for (const update of updates) tell(0, update);
  for (const update of updates) tell(1, update);
  tell(2, Y.mergeUpdates(updates.slice(0, 7)));
  tell(2, Y.mergeUpdates(updates.slice(7)));
  expect(deliveries.count).toBe(20);
  expect(deliveries.latency.count).toBe(20);
});

test('a lost letter and a doubled one end the round', () => {
  const { updates, tell } = typed();
  tell(1, updates[0]!);
  expect(() => tell(1, updates[2]!)).toThrow('lost 1 letters from 1 on');
  expect(() => tell(1, updates[0]!)).toThrow('told letter 0 twice');
  expect(() => tell(2, Y.mergeUpdates([updates[0]!, updates[2]!]))).toThrow('lost 1 letters from 1 on');
});

test('a state told again counts with what is new in it', () => {
  const { updates, deliveries, tell } = typed();
  tell(1, updates[0]!);
  tell(1, Y.mergeUpdates(updates.slice(0, 5)), true);
  expect(deliveries.count).toBe(5);
  tell(1, Y.mergeUpdates(updates.slice(0, 3)), true);
  expect(deliveries.count).toBe(5);
});

import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { checkUpdate } from '../gate/check-update.js';
import { KnownState } from '../gate/known-state.js';
import { buildCheckpoint } from './checkpoint-builder.js';
import { answerSyncStep1 } from './sync-step.js';

const noneYet = Uint8Array.of(0);

test.each([1, 2, 3, 4, 5])(
  'J1: a client that was away at any time has the document after the answer (seed %i)',
  (seed) => {
    const known = new KnownState();
    const { log } = writeAtRandom({ seed, steps: 40 }, (update) => {
      const verdict = checkUpdate(update, known);
      if (verdict.kind !== 'new') return null;
      known.add(verdict.change);
      return verdict.update;
    });
    const whole = new Y.Doc();
    whole.transact(() => {
      for (const update of log) Y.applyUpdate(whole, update);
    });
    const half = Math.floor(log.length / 2);
    const { state } = buildCheckpoint({ checkpointState: null, updates: log.slice(0, half) });
    for (const seen of [0, 1, half - 1, half, half + 1, log.length]) {
      for (const from of [
        { checkpointState: null, updates: log },
        { checkpointState: state, updates: log.slice(half) },
      ]) {
        const client = new Y.Doc();
        client.transact(() => {
          for (const update of log.slice(0, seen)) Y.applyUpdate(client, update);
        });
        Y.applyUpdate(client, answerSyncStep1({ ...from, stateVector: Y.encodeStateVector(client) }));
        expect(client.store.pendingStructs ?? client.store.pendingDs).toBe(null);
        expect(client.getXmlFragment('prosemirror').toString()).toBe(whole.getXmlFragment('prosemirror').toString());
        expect(client.getMap('meta').toJSON()).toEqual(whole.getMap('meta').toJSON());
        expect(Y.encodeStateVector(client)).toEqual(Y.encodeStateVector(whole));
        const { ds } = Y.decodeUpdate(Y.encodeStateAsUpdate(client));
        expect(Y.equalDeleteSets(ds, Y.decodeUpdate(Y.encodeStateAsUpdate(whole)).ds)).toBe(true);
      }
    }
  },
);

test('J1: a client with an equal state vector is sent the whole delete set', () => {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, 'abc');
  const before = Y.encodeStateAsUpdate(doc);
  doc.getText('text').delete(1, 1);
  const updates = [Y.encodeStateAsUpdate(doc)];
  const answer = answerSyncStep1({ checkpointState: null, updates, stateVector: Y.encodeStateVector(doc) });
  const client = new Y.Doc();
  Y.applyUpdate(client, before);
  Y.applyUpdate(client, answer);
  expect(client.getText('text').toString()).toBe('ac');
});

test('a client that has nothing gets the bytes of the checkpoint', () => {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, 'abc');
  const state = Y.encodeStateAsUpdate(doc);
  const job = { checkpointState: deflateRawSync(state), updates: [], stateVector: noneYet };
  expect(answerSyncStep1(job)).toEqual(state);
  expect(answerSyncStep1({ checkpointState: null, updates: [], stateVector: noneYet })).toEqual(Uint8Array.of(0, 0));
});

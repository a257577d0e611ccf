import type { DocumentName } from '@weft/protocol';
import { expect, test } from 'vitest';
import type { DocumentLog } from '../log/document-log.js';
import type { Room } from './room.js';
import { RoomUpkeep } from './room-upkeep.js';

test('J4: the description is on disk before the checkpoint that a later start takes as its sign', async () => {
  const written: string[] = [];
  const room = {
    head: 3,
    checkpoint: null,
    describedSeq: 0,
    durableOutboxes: () => new Map(),
    stateJob: () => ({ checkpointState: null, updates: [] }),
    checkpointed: () => written.push('in use'),
    channel: {
      id: { document: 'd' as DocumentName, kind: 'content' },
      putCheckpoint: async () => void written.push('checkpoint'),
    },
  } as unknown as Room;
  const nothing = new Uint8Array();
  const upkeep = new RoomUpkeep({
    log: { describeDocument: async () => void written.push('description') } as unknown as DocumentLog,
    history: {
      buildCheckpoint: async () => ({
        state: nothing,
        stateVector: nothing,
        deleteSet: nothing,
        description: { title: 't', excerpt: '', characters: 1 },
      }),
      describe: () => Promise.reject(new Error('not in this test')),
      answerSyncStep1: () => Promise.reject(new Error('not in this test')),
    },
    complain: (sentence) => written.push(sentence),
  });
  await upkeep.settle(room);
  expect(written).toEqual(['description', 'checkpoint', 'in use']);
  expect(room.describedSeq).toBe(3);
});

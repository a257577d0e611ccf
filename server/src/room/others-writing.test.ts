// What arrives of a client id that is somebody else's: known is a repetition, unknown is a gap, and none of it is ever taken
// as the writing of who sent it; what stands beside it is taken (G4; yjs-safety A7, A8).

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { echoingDialect, NotingMember, RoomBench } from '../../test/room-bench.js';

/** A document of several clients, and the updates that made it, in order. */
class Page {
  readonly doc = new Y.Doc();
  readonly updates: Uint8Array[] = [];

  constructor() {
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'others') this.updates.push(update);
    });
  }

  /** @returns the update of it */
  write(client: number, text: string): Uint8Array {
    this.doc.clientID = client;
    this.doc.getText('t').insert(this.doc.getText('t').length, text);
    return this.updates.at(-1)!;
  }

  take(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, 'others');
  }

  get whole(): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc);
  }
}

const ANN = 11;
const BOB = 22;

const textOf = (bench: RoomBench): string => {
  const doc = new Y.Doc();
  for (const { update } of bench.appended) Y.applyUpdate(doc, update);
  expect([doc.store.pendingStructs, doc.store.pendingDs]).toEqual([null, null]);
  return doc.getText('t').toString();
};

const authors = (bench: RoomBench): string[] => bench.appended.map(({ author }) => author);

/** Ann has written, and it is on disk. */
function annWrote(text = 'ann ') {
  const bench = new RoomBench();
  const page = new Page();
  const ann = bench.join({ author: 'ann', outboxId: 'ann', presenceId: ANN });
  expect(ann.seat.submit(page.write(ANN, text), 1)).toEqual({ kind: 'accepted' });
  bench.write();
  return { bench, page, ann };
}

const gap = { kind: 'gap', stateVector: expect.any(Uint8Array), isPartTaken: false };
const gapInPart = { ...gap, isPartTaken: true };

/** One section of one struct, and no deletions. */
const oneStruct = (client: number, clock: number, ...struct: number[]): Uint8Array =>
  Uint8Array.of(1, 1, client, clock, ...struct, 0);

test.each([
  ['goes on where her text ends', oneStruct(ANN, 4, 0x84, ANN, 3, 2, 0x68, 0x69)],
  ['collects what she has not written yet', oneStruct(ANN, 4, 0, 100)],
  ['deletes what she has not written yet', oneStruct(ANN, 4, 0x81, ANN, 3, 100)],
  ['does so over what is known', oneStruct(ANN, 0, 0, 100)],
  ['leaves a hole before it', oneStruct(ANN, 9, 0x84, ANN, 3, 1, 0x68)],
])("A7, A8: an update that %s under Ann's id is not taken", (_, update) => {
  const { bench, ann, page } = annWrote();
  const eve = bench.join({ author: 'eve', outboxId: 'eve' });
  expect(eve.seat.submit(update, 1)).toEqual(gap);
  expect(authors(bench)).toEqual(['ann']);
  expect(ann.seat.submit(page.write(ANN, 'goes on'), 2)).toEqual({ kind: 'accepted' });
  expect(textOf(bench)).toBe('ann goes on');
});

test('her text sent again by somebody else is a repetition', () => {
  const { bench, page } = annWrote();
  const bob = bench.join({ author: 'bob', outboxId: 'bob' });
  expect(bob.seat.submit(page.whole, 1)).toEqual({ kind: 'known' });
  expect([authors(bench), bob.member.story]).toEqual([['ann'], ['saved 1@1']]);
});

test('G4: with text of hers that is not here, what does not build on it is taken, and the rest once she has sent it', () => {
  const { bench, page, ann } = annWrote();
  const bob = bench.join({ author: 'bob', outboxId: 'bob', presenceId: BOB });
  // What both have on one machine, one way or another: Bob's, hers, and Bob's upon it.
  page.write(BOB, 'bob ');
  const hers = page.write(ANN, 'ann ');
  page.write(BOB, 'upon ');
  expect(bob.seat.submit(page.whole, 1)).toEqual(gapInPart);
  expect(textOf(bench)).toBe('ann bob ');
  expect(bench.appended[1]).toMatchObject({ author: 'bob', outboxId: '', clientSeq: 0 });
  // Its number is free, before it is on disk and after.
  expect([bench.room.savedClientSeq('bob'), bench.room.durableOutboxes().get('bob')]).toEqual([0, undefined]);
  bench.write();
  expect(bob.member.story).toEqual(['entries 2-2']);
  expect(bob.seat.submit(page.whole, 2)).toEqual(gap);
  expect(bench.appended.length).toBe(2);

  ann.seat.submit(hers, 2);
  expect(bob.seat.submit(page.whole, 3)).toEqual({ kind: 'accepted' });
  bench.write();
  expect([textOf(bench), authors(bench)]).toEqual(['ann bob ann upon ', ['ann', 'bob', 'ann', 'bob']]);
  expect(bob.member.story).toEqual(['entries 2-2', 'entries 3-4', 'saved 3@4']);
});

test('G7: whoever is shut out while only a part of an update of theirs is being written is told when it is', () => {
  const { bench, page } = annWrote();
  const bob = bench.join({ author: 'bob', outboxId: 'bob', presenceId: BOB });
  page.write(BOB, 'bob ');
  page.write(ANN, 'ann ');
  expect(bob.seat.submit(page.whole, 1)).toEqual(gapInPart);
  bob.seat.withdraw();
  expect(bob.seat.isWriting).toBe(true);
  bench.write();
  expect([bob.member.story, bob.seat.isWriting]).toEqual([['saved 0@2'], false]);
});

test('G4: an echoing member is sent the part of its update that was taken', () => {
  const { bench, page } = annWrote();
  const bob = bench.join({ author: 'bob', member: new NotingMember(echoingDialect) });
  page.write(BOB, 'bob ');
  page.write(ANN, 'ann ');
  expect(bob.seat.submit(page.whole, 1)).toEqual(gapInPart);
  bench.write();
  expect(bob.member.story).toEqual(['entries 2-2']);
});

test('what an id is claimed for holds before its first entry: the other one of two who share a page does not become its owner', () => {
  const bench = new RoomBench();
  const page = new Page();
  const ann = bench.join({ author: 'ann', outboxId: 'ann', presenceId: ANN });
  const bob = bench.join({ author: 'bob', outboxId: 'bob', presenceId: BOB });
  const hers = page.write(ANN, 'ann ');
  expect(bob.seat.submit(page.whole, 1)).toEqual(gap);
  expect(bench.appended).toEqual([]);
  expect(ann.seat.submit(hers, 1)).toEqual({ kind: 'accepted' });
  expect(bob.seat.submit(page.whole, 2)).toEqual({ kind: 'known' });
});

test('several ids of one person, never heard of here, are all theirs', () => {
  const { bench } = annWrote();
  const page = new Page();
  for (const client of [31, 32, 33]) page.write(client, `${client} `);
  const bob = bench.join({ author: 'bob', outboxId: 'bob', presenceId: 33 });
  expect(bob.seat.submit(page.whole, 1)).toEqual({ kind: 'accepted' });
  bench.write();
  expect([...bench.room.durableOwners()].filter(([, person]) => person === 'bob').map(([client]) => client)).toEqual(
    expect.arrayContaining([31, 32, 33]),
  );
});

test('anybody who may write may delete the text of anybody', () => {
  const { bench, page } = annWrote();
  const bob = bench.join({ author: 'bob', outboxId: 'bob' });
  page.doc.clientID = BOB;
  page.doc.getText('t').delete(0, 2);
  expect(bob.seat.submit(page.updates.at(-1)!, 1)).toEqual({ kind: 'accepted' });
  expect(textOf(bench)).toBe('n ');
});

test('S2: who turns out to write under an id of somebody else is told that it is taken', () => {
  let areOne = true;
  const bench = new RoomBench({ samePerson: () => areOne });
  const page = new Page();
  const guest = bench.join({ author: 'g-1', outboxId: 'a', presenceId: ANN });
  const ann = bench.join({ author: 'ann', outboxId: 'b', presenceId: ANN });
  expect(guest.seat.submit(page.write(ANN, 'one '), 1)).toEqual({ kind: 'accepted' });
  expect(ann.seat.submit(page.write(ANN, 'two '), 1)).toEqual({ kind: 'accepted' });
  areOne = false;
  const update = page.write(ANN, 'three ');
  expect(ann.seat.submit(update, 2)).toEqual({ kind: 'client-id-taken' });
  expect(guest.seat.submit(update, 2)).toEqual({ kind: 'accepted' });
});

test('nobody in particular is a person, too: neither may write in the name of the other', () => {
  const bench = new RoomBench();
  const page = new Page();
  const nobody = bench.join({ outboxId: 'n' });
  const ann = bench.join({ author: 'ann', outboxId: 'a' });
  nobody.seat.submit(page.write(1, 'one '), 1);
  ann.seat.submit(page.write(2, 'two '), 1);
  expect(ann.seat.submit(page.write(1, 'x'), 2)).toEqual(gap);
  const other = new Page();
  for (const update of page.updates.slice(0, 2)) other.take(update);
  expect(bench.join({ outboxId: 'm' }).seat.submit(other.write(2, 'x'), 1)).toEqual(gap);
  expect(bench.join({ outboxId: 'o' }).seat.submit(other.write(1, 'y'), 1)).toEqual(gap);
  expect(bench.join({ outboxId: 'p' }).seat.submit(page.updates[2]!, 1)).toEqual({ kind: 'accepted' });
});

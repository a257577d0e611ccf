// The door between the provider and the editor, which do not know each other: what one leaves there the other finds.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { Outbox } from '../../provider/src/outbox.js';
import { Replica } from '../../provider/src/replica.js';
import { block, PeopleApart, replaceFirst } from '../test/people-apart.js';
import { itemsOf, receivedIn } from './received.js';

test('the entries that the provider applies, and what of its own comes after them', () => {
  const replica = new Replica(new Outbox('out'), () => 7, { changedLocally: () => {}, strayed: () => {} });
  const room = new PeopleApart(1);
  const [ann] = room.people;
  const told: ReturnType<typeof receivedIn>[] = [];
  replica.doc.on(
    'afterTransaction',
    (transaction: Y.Transaction) => !transaction.local && told.push(receivedIn(transaction)),
  );
  replica.applyEntries(1, [Y.encodeStateAsUpdate(ann!.doc)]);
  const fragment = replica.doc.getXmlFragment('prosemirror');
  fragment.delete(0, 1);
  ann!.text().insert(8, 's');
  ann!.text().delete(8, 1);
  replaceFirst(ann!, block('heading', 'The lamp'));
  replica.applyEntries(2, ann!.outbox.splice(0));
  const { deletions, unsaved } = told[1]!;
  const wordsOf = (deleted: typeof unsaved): string =>
    itemsOf(deleted, ann!.doc)
      .map(({ from, to }) => to - from)
      .join();
  expect(deletions.map(({ authors }) => [...authors.keys()])).toEqual([[1], [], [1]]);
  expect(wordsOf(deletions[1]!.deleted)).toBe('1');
  expect(Y.isDeleted(unsaved, Y.createID(1, 0))).toBe(true);
  replica.outbox.saved(1);
  ann!.text().insert(0, 'x');
  replica.applyEntries(5, ann!.outbox.splice(0));
  expect(told[2]!.unsaved.clients.size).toBe(0);
  // Whatever is deleted here, told after a Check or a Resync: it is not known which of it is unsaved.
  const all = Y.encodeStateAsUpdate(replica.doc);
  for (const tell of [() => replica.outbox.addAll(all, 0), () => replica.outbox.replaceAll(all, 0)]) {
    tell();
    ann!.text().insert(0, 'y');
    replica.applyEntries(replica.seq + 1, ann!.outbox.splice(0));
    expect(told.at(-1)!.unsaved.clients.size).toBe(0);
  }
  room.close();
});

test('where nobody tells, nothing is known', () => {
  const doc = new Y.Doc();
  let told: ReturnType<typeof receivedIn> | null = null;
  doc.on('afterTransaction', (transaction: Y.Transaction) => (told = receivedIn(transaction)));
  doc.getText().insert(0, 'x');
  expect(told).toEqual({ deletions: [], unsaved: Y.createDeleteSet() });
});

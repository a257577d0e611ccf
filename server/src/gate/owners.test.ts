import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { checkUpdate } from './check-update.js';
import { KnownState } from './known-state.js';
import { noteOwners, sameOwners } from './owners.js';

test('a client id belongs to the author of the first entry that holds structs of it, whoever deletes or repeats them', () => {
  const known = new KnownState();
  const owners = new Map<number, string>();
  const accept = (update: Uint8Array, author: string): void => {
    const verdict = checkUpdate(update, known);
    if (verdict.kind !== 'new') throw new Error(verdict.kind);
    known.add(verdict.change);
    noteOwners(owners, verdict.change, author);
  };
  const write = (doc: Y.Doc, clientID: number, edit: (text: Y.Text) => void): Uint8Array => {
    const before = Y.encodeStateVector(doc);
    doc.clientID = clientID;
    edit(doc.getText('text'));
    return Y.encodeStateAsUpdate(doc, before);
  };
  const doc = new Y.Doc();
  accept(
    write(doc, 1, (text) => text.insert(0, 'by ann')),
    'ann',
  );
  accept(
    write(doc, 2, (text) => text.insert(0, 'by bob')),
    'bob',
  );
  accept(
    write(doc, 3, (text) => text.delete(0, 12)),
    'eve',
  );
  // Everything again, and one thing more.
  write(doc, 4, (text) => text.insert(0, 'by eve'));
  accept(Y.encodeStateAsUpdate(doc), 'eve');
  accept(
    write(doc, 1, (text) => text.insert(0, 'more')),
    'guest',
  );
  expect(owners).toEqual(
    new Map([
      [1, 'ann'],
      [2, 'bob'],
      [4, 'eve'],
    ]),
  );
});

test('owners are the same when every id is of the same person', () => {
  const owners = new Map([
    [1, 'ann'],
    [2, ''],
  ]);
  expect(sameOwners(owners, new Map([...owners].reverse()))).toBe(true);
  expect(sameOwners(owners, new Map([[1, 'ann']]))).toBe(false);
  expect(sameOwners(new Map([[1, 'ann']]), owners)).toBe(false);
  expect(sameOwners(owners, new Map([...owners, [2, 'bob']]))).toBe(false);
});

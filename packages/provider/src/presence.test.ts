import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { presence as presenceMessage } from '../test/fake-server.js';
import { Presence, type PresenceChange } from './presence.js';

type Told = [event: string, change: PresenceChange, origin: unknown];

function present(ownPerson = '') {
  const doc = new Y.Doc();
  doc.clientID = 1;
  const told: Told[] = [];
  let localChanges = 0;
  const presence = new Presence(
    doc,
    { user: { name: 'Ann', color: '#aa0000' } },
    () => {
      localChanges += 1;
    },
    () => ownPerson,
  );
  presence.on('change', (change, origin) => told.push(['change', change, origin]));
  presence.on('update', (change, origin) => told.push(['update', change, origin]));
  const hear = (...people: Parameters<typeof presenceMessage>) => {
    const message = presenceMessage(...people);
    if (message.type === 'Presence') presence.applyRemote(message.entries);
  };
  const takeTold = () => told.splice(0);
  return { doc, presence, hear, takeTold, localChanges: () => localChanges };
}

const change = (parts: Partial<PresenceChange>): PresenceChange => ({ added: [], updated: [], removed: [], ...parts });

test('everybody is in the one map of states, oneself included', () => {
  const { presence, hear } = present();
  const { states } = presence;
  hear([7, 1, { user: { name: 'Bo', color: '#00bb00' } }]);
  expect(presence.getStates()).toBe(states);
  expect([...states.keys()]).toEqual([1, 7]);
  expect(presence.getLocalState()).toEqual({ user: { name: 'Ann', color: '#aa0000' } });
});

test('who comes, changes and leaves is told', () => {
  const { hear, takeTold, presence } = present();
  hear([7, 1, { a: 1 }], [8, 1, { a: 1 }]);
  expect(takeTold()).toEqual([
    ['change', change({ added: [7, 8] }), 'remote'],
    ['update', change({ added: [7, 8] }), 'remote'],
  ]);
  hear([7, 2, { a: 2 }]);
  expect(takeTold()[0]).toEqual(['change', change({ updated: [7] }), 'remote']);
  hear([7, 3, null]);
  expect(takeTold()[0]).toEqual(['change', change({ removed: [7] }), 'remote']);
  expect([...presence.states.keys()]).toEqual([1, 8]);
});

test('an older clock is ignored, an equal one is not', () => {
  const { hear, presence } = present();
  hear([7, 5, { a: 5 }]);
  hear([7, 4, { a: 4 }]);
  hear([7, 4, null]);
  expect(presence.states.get(7)).toEqual({ a: 5 });
  hear([7, 5, { a: 6 }]);
  expect(presence.states.get(7)).toEqual({ a: 6 });
});

test('a state that is renewed but the same is an update and no change', () => {
  const { hear, takeTold } = present();
  hear([7, 1, { a: 1 }]);
  takeTold();
  hear([7, 2, { a: 1 }]);
  expect(takeTold()).toEqual([['update', change({ updated: [7] }), 'remote']]);
});

test('an entry with the own clientID is ignored, and so is the leaving of somebody unknown', () => {
  const { hear, presence, takeTold } = present();
  hear([1, 99, { user: { name: 'Not Ann' } }], [1, 100, null], [9, 1, null]);
  expect(presence.getLocalState()).toEqual({ user: { name: 'Ann', color: '#aa0000' } });
  expect(takeTold()).toEqual([]);
});

test('without a connection nobody else is there, and clocks may begin anew', () => {
  const { hear, presence, takeTold } = present();
  hear([7, 9, { a: 1 }]);
  takeTold();
  presence.removeRemote();
  expect(takeTold()[0]).toEqual(['change', change({ removed: [7] }), 'remote']);
  expect([...presence.states.keys()]).toEqual([1]);
  hear([7, 1, { a: 2 }]);
  expect(presence.states.get(7)).toEqual({ a: 2 });
});

test('the local state is told as local, and only a different one as a change', () => {
  const { presence, takeTold, localChanges } = present();
  presence.setLocalStateField('cursor', { anchor: 1, head: 1 });
  expect(takeTold()).toEqual([
    ['change', change({ updated: [1] }), 'local'],
    ['update', change({ updated: [1] }), 'local'],
  ]);
  presence.setLocalStateField('cursor', { anchor: 1, head: 1 });
  expect(takeTold()).toEqual([['update', change({ updated: [1] }), 'local']]);
  presence.setLocalState(null);
  expect(takeTold()[0]).toEqual(['change', change({ removed: [1] }), 'local']);
  presence.setLocalStateField('cursor', null);
  presence.setLocalState(null);
  expect(takeTold()).toEqual([]);
  presence.setLocalState({ user: { name: 'Ann' } });
  expect(takeTold()[0]).toEqual(['change', change({ added: [1] }), 'local']);
  expect(localChanges()).toBe(4);
});

test('what is sent leaves out the user, whom the server knows', () => {
  const { presence } = present();
  expect(presence.localJson).toBe('{}');
  presence.setLocalStateField('cursor', { anchor: null, head: null });
  expect(JSON.parse(presence.localJson)).toEqual({ cursor: { anchor: null, head: null } });
  presence.setLocalState(null);
  expect(presence.localJson).toBe('');
});

test('a state over 4096 bytes is refused and the one before stays', () => {
  const { presence } = present();
  const room = 4096 - '{"note":""}'.length;
  presence.setLocalStateField('note', 'ä'.repeat(Math.floor(room / 2)));
  const before = presence.getLocalState();
  expect(() => presence.setLocalStateField('note', 'x'.repeat(room + 1))).toThrow(RangeError);
  expect(presence.getLocalState()).toBe(before);
});

test('S2: it follows to another Y.Doc, keeps the local state and drops the caret', () => {
  const { presence, takeTold, hear } = present();
  presence.setLocalStateField('cursor', { anchor: 1, head: 1 });
  hear([7, 1, { a: 1 }]);
  takeTold();
  const next = new Y.Doc();
  next.clientID = 2;
  presence.moveTo(next);
  expect([presence.doc, presence.clientID]).toEqual([next, 2]);
  expect(presence.getLocalState()).toEqual({ user: { name: 'Ann', color: '#aa0000' } });
  expect([...presence.states.keys()].sort()).toEqual([2, 7]);
  expect(takeTold()[0]).toEqual(['change', change({ removed: [1], added: [2] }), 'local']);
});

const at = (person: string, place: number) => ({ user: { name: person, person }, cursor: place });

test('a person with several tabs is shown once, where they last did something', () => {
  const { hear, presence, takeTold } = present();
  hear([7, 1, at('u-bo', 1)], [9, 1, at('u-cy', 1)]);
  hear([8, 1, at('u-bo', 2)]);
  expect([...presence.states.keys()]).toEqual([1, 9, 8]);
  takeTold();
  hear([8, 2, at('u-bo', 2)]);
  expect(takeTold()).toEqual([['update', change({ updated: [8] }), 'remote']]);
  // Renewed and not moved: they are still in the other one.
  hear([7, 2, at('u-bo', 1)]);
  expect(takeTold()).toEqual([]);
  hear([7, 3, at('u-bo', 3)]);
  expect(takeTold()[0]).toEqual(['change', change({ removed: [8], added: [7] }), 'remote']);
  hear([7, 4, null]);
  expect(takeTold()[0]).toEqual(['change', change({ removed: [7], added: [8] }), 'remote']);
  expect(presence.states.get(8)).toEqual(at('u-bo', 2));
  // A tab that was only opened is not where they are.
  hear([10, 1, { user: { name: 'Bo', person: 'u-bo' } }]);
  expect([...presence.states.keys()]).toEqual([1, 9, 8]);
});

test('one’s own other tabs are not shown, and whom the server does not know is shown as often as they come', () => {
  const { hear, presence } = present('u-ann');
  hear([7, 1, at('u-ann', 1)], [8, 1, at('', 1)], [9, 1, at('', 1)]);
  expect([...presence.states.keys()]).toEqual([1, 8, 9]);
});

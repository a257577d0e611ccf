import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { buildCheckpoint } from './checkpoint-builder.js';
import { type Changes, countChanges, countWritten } from './count-changes.js';
import { loadDocument } from './load-state.js';

function writer() {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  return { text: doc.getText('text'), updates };
}

test('what came and stayed is inserted, what was there and went is deleted, and nothing else counts', () => {
  const { text, updates } = writer();
  text.insert(0, 'Hello 🙂');
  const first = updates.length;
  text.insert(5, ' wide');
  text.delete(5, 5);
  text.insert(0, '日本 ');
  text.delete(3, 2);
  text.format(0, 2, { strong: {} });
  const second = updates.length;
  text.delete(0, 2);
  expect(countChanges({ checkpointState: null, updates, cuts: [0, first, second, updates.length] })).toEqual([
    { inserted: 7, deleted: 0 },
    { inserted: 3, deleted: 2 },
    { inserted: 0, deleted: 2 },
  ]);
});

test('nothing was written between a moment and itself', () => {
  const { text, updates } = writer();
  text.insert(0, 'x');
  expect(countChanges({ checkpointState: null, updates, cuts: [1, 1] })).toEqual([{ inserted: 0, deleted: 0 }]);
});

test('where nothing older went, what was written tells alone', () => {
  const { text, updates } = writer();
  text.insert(0, 'Hello 🙂');
  const first = updates.length;
  text.insert(8, ' wide 🙂🙂');
  text.delete(12, 4);
  text.format(0, 2, { strong: {} });
  const second = updates.length;
  text.insert(0, 'x');
  text.delete(0, 2);
  expect(countWritten({ updates, cuts: [0, first, second, second, updates.length] })).toEqual([
    { inserted: 7, deleted: 0 },
    { inserted: 5, deleted: 0 },
    { inserted: 0, deleted: 0 },
    null,
  ]);
});

/** The ids of all characters that are shown, which is what somebody would compare who has both states. */
function shownCharacters(updates: readonly Uint8Array[]): Set<string> {
  const found = new Set<string>();
  for (const structs of loadDocument({ checkpointState: null, updates }).store.clients.values()) {
    for (const struct of structs) {
      if (struct.deleted || !(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) continue;
      let { clock } = struct.id;
      for (const character of struct.content.str) {
        found.add(`${struct.id.client} ${clock}`);
        clock += character.length;
      }
    }
  }
  return found;
}

const differenceOf = (before: ReadonlySet<string>, after: ReadonlySet<string>): Changes => ({
  inserted: [...after].filter((character) => !before.has(character)).length,
  deleted: [...before].filter((character) => !after.has(character)).length,
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'it is the difference of both states, from a checkpoint on or not (seed %i)',
  (seed) => {
    const { log: updates } = writeAtRandom({ seed, steps: 120 });
    const cuts = [0.2, 0.5, 0.5, 1].map((part) => Math.floor(part * updates.length));
    const states = cuts.map((cut) => shownCharacters(updates.slice(0, cut)));
    const wanted = cuts.slice(1).map((_, index) => differenceOf(states[index]!, states[index + 1]!));
    expect(countChanges({ checkpointState: null, updates, cuts })).toEqual(wanted);
    expect(countWritten({ updates, cuts: [0, updates.length] })).toEqual([
      differenceOf(new Set(), shownCharacters(updates)),
    ]);
    const early = Math.floor(cuts[0]! / 2);
    const { state } = buildCheckpoint({ checkpointState: null, updates: updates.slice(0, early) });
    const rest = { checkpointState: state, updates: updates.slice(early), cuts: cuts.map((cut) => cut - early) };
    expect(countChanges(rest)).toEqual(wanted);
  },
);

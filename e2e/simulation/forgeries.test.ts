import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { checkUpdate } from '../../server/src/gate/check-update.js';
import { KnownState } from '../../server/src/gate/known-state.js';
import { Chance } from './chance.js';
import { forge } from './forgeries.js';

const VICTIM = 7;
const VANDAL = 8;

/** What the victim may write while a forgery is on its way: text, a type, many of them. */
const meanwhile: Readonly<Record<string, (notes: Y.Array<unknown>) => void>> = {
  nothing: () => undefined,
  'a note': (notes) => notes.push(['note']),
  'a type': (notes) => notes.push([new Y.Array()]),
  'many types': (notes) => notes.push(Array.from({ length: 50 }, () => new Y.Array())),
};

test.each(Object.entries(meanwhile))(
  'G4: the gate takes nothing of a forgery; meanwhile the victim wrote: %s',
  (_, write) => {
    const chance = new Chance(1);
    for (let left = 200; left > 0; left--) {
      const doc = new Y.Doc();
      doc.clientID = VICTIM;
      const notes = doc.getArray('notes');
      notes.push(['first']);
      const forgery = forge(doc, { client: VICTIM, clock: 1 }, chance, VANDAL);
      write(notes);
      const known = new KnownState();
      const verdict = checkUpdate(Y.encodeStateAsUpdate(doc), known);
      if (verdict.kind === 'new') known.add(verdict.change);
      expect(known.clockOf(VICTIM)).toBe(notes.length);
      expect(checkUpdate(forgery, known, { mayWriteAs: (client) => client === VANDAL }).kind).not.toBe('new');
    }
  },
);

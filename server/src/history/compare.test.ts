import { jsonOf } from '@weft/model';
import * as prng from 'lib0/prng';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { checkUpdate } from '../gate/check-update.js';
import { KnownState } from '../gate/known-state.js';
import type { ComparedBlock, Comparison } from './comparison.js';
import { loadDocument } from './load-state.js';
import type { BroughtBack } from './origins.js';
import { computeRestore } from './restore-update.js';
import { compareEntries, runsOf, type TestEntry } from './test/compared.js';

const only = process.env.WEFT_SEED;
const seeds = only ? [Number(only)] : Array.from({ length: Number(process.env.WEFT_SEEDS ?? 60) }, (_, i) => 1 + i);

/** A block at one moment, the same whoever read it. */
interface Row {
  readonly depth: number;
  readonly type: string;
  readonly key: string | null;
  readonly attributes: object;
  readonly runs: readonly object[];
}

/** Runs as a row has them: text that looks alike is one, and so are values. */
class Pieces {
  readonly pieces: Record<string, unknown>[] = [];

  text(text: string, marks: object = {}): void {
    const last = this.pieces.at(-1);
    if (typeof last?.text === 'string' && JSON.stringify(last.marks) === JSON.stringify(sorted(marks)))
      last.text += text;
    else this.pieces.push({ text, marks: sorted(marks) });
  }
  embed(embed: unknown, marks: object = {}): void {
    this.pieces.push({ embed: jsonOf(embed), marks: sorted(marks) });
  }
  values(values: readonly unknown[]): void {
    const last = this.pieces.at(-1);
    if (Array.isArray(last?.values)) last.values.push(...values);
    else this.pieces.push({ values: [...values] });
  }
  node(node: string, attributes: object = {}): void {
    this.pieces.push({ node, attributes: sorted(attributes) });
  }
}

const sorted = (values: object): object =>
  Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));

/** As Yjs itself says it, with the types that each root is used as. */
function rowsOf(doc: Y.Doc): Record<string, Row[]> {
  const roots: Record<string, Y.AbstractType<unknown>> = {
    text: doc.getText('text'),
    prosemirror: doc.getXmlFragment('prosemirror'),
    meta: doc.getMap('meta'),
    list: doc.getArray('list'),
    fields: doc.getMap('fields'),
  } as unknown as Record<string, Y.AbstractType<unknown>>;
  return Object.fromEntries(
    Object.entries(roots).map(([name, root]) => [name, plain(readType(root, 'part', 0, null))]),
  );
}

function readType(type: unknown, name: string, depth: number, key: string | null): Row[] {
  const pieces = new Pieces();
  const attributes: Record<string, unknown> = {};
  const inner: (readonly [type: unknown, key: string | null])[] = [];
  if (type instanceof Y.Map) {
    for (const [own, value] of [...type].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (value instanceof Y.AbstractType) inner.push([value, own]);
      else attributes[own] = jsonOf(value);
    }
  } else if (type instanceof Y.Text) readDelta(type, pieces);
  else if (type instanceof Y.Array) {
    for (const value of type.toArray()) {
      if (value instanceof Y.AbstractType) inner.push([value, null]);
      else pieces.values([jsonOf(value)]);
    }
  } else if (type instanceof Y.XmlFragment) {
    if (type instanceof Y.XmlElement) Object.assign(attributes, jsonOf(type.getAttributes()));
    for (const child of type.toArray()) {
      if (child instanceof Y.XmlText) readDelta(child, pieces);
      else if (child instanceof Y.XmlElement && child.nodeName === 'image') pieces.node('image', child.getAttributes());
      else inner.push([child, null]);
    }
  }
  const row = { depth, type: name, key, attributes: sorted(attributes), runs: pieces.pieces };
  return [row, ...inner.flatMap(([child, own]) => readType(child, nameOf(child), depth + 1, own))];
}

function readDelta(text: Y.Text, pieces: Pieces): void {
  for (const { insert, attributes } of text.toDelta() as { insert: unknown; attributes?: object }[]) {
    if (typeof insert === 'string') pieces.text(insert, attributes);
    else pieces.embed(insert, attributes);
  }
}

function nameOf(type: unknown): string {
  if (type instanceof Y.XmlElement) return type.nodeName;
  if (type instanceof Y.Text) return 'text';
  if (type instanceof Y.Map) return 'map';
  return type instanceof Y.Array ? 'array' : 'fragment';
}

/** What a comparison says of one of its two moments. */
function rowsAt({ parts }: Comparison, moment: 'before' | 'after'): Record<string, Row[]> {
  const absent = moment === 'before' ? 'inserted' : 'deleted';
  return Object.fromEntries(
    parts.map(({ name, blocks }) => {
      const isWhole = blocks[0]!.type === 'part';
      const empty: Row = { depth: 0, type: 'part', key: null, attributes: {}, runs: [] };
      const rows = blocks
        .filter(({ change }) => change !== absent)
        .map((block) => rowAt(block, moment, isWhole ? 0 : 1));
      return [name, plain(isWhole ? rows : [empty, ...rows])];
    }),
  );
}

function rowAt(block: ComparedBlock, moment: 'before' | 'after', shift: number): Row {
  const attributes: Record<string, unknown> = { ...block.attributes };
  if (moment === 'before') {
    for (const { name, before } of block.changed ?? []) {
      if (before === undefined) delete attributes[name];
      else attributes[name] = before;
    }
  }
  const pieces = new Pieces();
  for (const run of block.runs ?? []) {
    if (run.change === (moment === 'before' ? 'inserted' : 'deleted')) continue;
    const marks = moment === 'before' ? (run.marksBefore ?? run.marks) : run.marks;
    if (run.text !== undefined) pieces.text(run.text, marks);
    else if (run.values) pieces.values(run.values);
    else if (run.node !== undefined) {
      pieces.node(run.node, moment === 'before' ? (run.attributesBefore ?? run.attributes) : run.attributes);
    } else pieces.embed(run.embed, marks);
  }
  const { depth, type, key = null } = block;
  return { depth: depth + shift, type, key, attributes: sorted(attributes), runs: pieces.pieces };
}

/** As it travels. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function randomEntries(seed: number) {
  const known = new KnownState();
  const { log, random } = writeAtRandom({ seed, steps: 80 }, (update) => {
    const verdict = checkUpdate(update, known);
    if (verdict.kind !== 'new') return null;
    known.add(verdict.change);
    return verdict.update;
  });
  return { random, entries: log.map((update, i): TestEntry => ({ by: ['ann', 'ben', 'cleo'][i % 3]!, update })) };
}

// Of values that followed each other under a key, and are one item by now, the one that held then is shown.
const AS_ONE_ITEM = [73, 322];

test.each([...new Set([...seeds, ...AS_ONE_ITEM])])(
  'both moments are in a comparison as they were, whatever types they are made of (seed %i)',
  (seed) => {
    const { random, entries } = randomEntries(seed);
    const updates = entries.map(({ update }) => update);
    for (let round = 0; round < 5; round++) {
      const from = prng.int32(random, 0, entries.length);
      const to = round === 0 ? entries.length : prng.int32(random, from, entries.length);
      const base = prng.bool(random) ? prng.int32(random, 0, from) : 0;
      const comparison = compareEntries(entries, from, to, base);
      for (const [moment, seq] of [['before', from] as const, ['after', to] as const]) {
        const found = rowsAt(comparison, moment);
        const expected = rowsOf(loadDocument({ checkpointState: null, updates: updates.slice(0, seq) }, { gc: false }));
        for (const [name, rows] of Object.entries(expected)) {
          const none = [{ depth: 0, type: 'part', key: null, attributes: {}, runs: [] }];
          expect(found[name] ?? none, `${name} ${moment}, entries ${from} to ${to}, base ${base}`).toEqual(rows);
        }
      }
      for (const edit of comparison.steps.map((step) => step.edit)) {
        expect(edit.by).toBe(entries[edit.seq - 1]!.by);
        expect(edit.seq).toBeGreaterThan(from);
      }
      if (from === to) expect(comparison).toMatchObject({ people: [], steps: [] });
    }
  },
);

const PEOPLE = ['', 'ann', 'ben', 'cleo', 'admin'];

/** One page at which people take turns, each under a client id of their own, and the entries that their edits become. */
function takingTurns() {
  const entries: TestEntry[] = [];
  const doc = new Y.Doc();
  let by = 'ann';
  doc.on('update', (update: Uint8Array) => entries.push({ by, update }));
  const fragment = doc.getXmlFragment('prosemirror');
  /** @returns how many entries there are then */
  const as = (person: string, write: () => void): number => {
    by = person;
    doc.clientID = PEOPLE.indexOf(person);
    doc.transact(write);
    return entries.length;
  };
  return { doc, entries, fragment, as };
}

function paragraph(text: string, name = 'paragraph'): Y.XmlElement {
  const element = new Y.XmlElement(name);
  element.insert(0, [new Y.XmlText(text)]);
  return element;
}
const textIn = (fragment: Y.XmlFragment, index: number): Y.XmlText =>
  (fragment.get(index) as Y.XmlElement).get(0) as Y.XmlText;
const blocksOf = ({ parts }: Comparison): readonly ComparedBlock[] =>
  parts.find(({ name }) => name === 'prosemirror')!.blocks;

describe('a comparison', () => {
  test('tells apart what was typed, deleted and made bold, with who did it', () => {
    const { entries, fragment, as } = takingTurns();
    const from = as('ann', () => fragment.insert(0, [paragraph('The plan is bad')]));
    as('ben', () => textIn(fragment, 0).delete(12, 3));
    as('cleo', () => textIn(fragment, 0).insert(12, 'good'));
    const to = as('ben', () => textIn(fragment, 0).format(4, 4, { strong: {} }));
    const comparison = compareEntries(entries, from, to);
    expect(runsOf(comparison)).toMatchObject([
      { text: 'The ', change: 'same' },
      { text: 'plan', change: 'reformatted', marks: { strong: {} }, marksBefore: {}, edit: { by: 'ben', seq: 4 } },
      { text: ' is ', change: 'same' },
      { text: 'bad', change: 'deleted', edit: { by: 'ben', seq: 2 } },
      { text: 'good', change: 'inserted', edit: { by: 'cleo', seq: 3 } },
    ]);
    expect(comparison.people).toEqual([
      { id: 'ben', inserted: 0, deleted: 3, reformatted: 4, restored: 0, moved: 0, others: 0 },
      { id: 'cleo', inserted: 4, deleted: 0, reformatted: 0, restored: 0, moved: 0, others: 0 },
    ]);
  });

  test('says who took formatting away', () => {
    const { entries, fragment, as } = takingTurns();
    as('ann', () => fragment.insert(0, [paragraph('bold')]));
    const from = as('ann', () => textIn(fragment, 0).format(0, 4, { strong: {} }));
    const to = as('ben', () => textIn(fragment, 0).format(0, 4, { strong: null }));
    const [run] = runsOf(compareEntries(entries, from, to));
    expect(run).toMatchObject({ change: 'reformatted', marksBefore: { strong: {} }, edit: { by: 'ben' } });
    expect(run).not.toHaveProperty('marks');
  });

  test('tells of a block that was moved, and of one that became another', () => {
    const { entries, fragment, as } = takingTurns();
    const from = as('ann', () => fragment.insert(0, [paragraph('first'), paragraph('second'), paragraph('third')]));
    as('ben', () => {
      fragment.delete(0, 1);
      fragment.insert(2, [paragraph('first')]);
    });
    const to = as('cleo', () => {
      fragment.delete(0, 1);
      fragment.insert(0, [paragraph('second', 'heading')]);
    });
    const comparison = compareEntries(entries, from, to);
    const blocks = blocksOf(comparison);
    const moves = blocks.map(({ type, change, movedFrom, movedTo, edit }) => [
      type,
      change,
      movedFrom ?? movedTo,
      edit?.by,
    ]);
    const [heading, oldFirst, oldSecond, newFirst] = [0, 1, 2, 4];
    expect(moves).toEqual([
      ['heading', 'inserted', oldSecond, 'cleo'],
      ['paragraph', 'deleted', newFirst, 'ben'],
      ['paragraph', 'deleted', heading, 'cleo'],
      ['paragraph', 'same', undefined, undefined],
      ['paragraph', 'inserted', oldFirst, 'ben'],
    ]);
    expect(comparison.people).toEqual([
      { id: 'cleo', inserted: 0, deleted: 0, reformatted: 0, restored: 0, moved: 6, others: 1 },
      { id: 'ben', inserted: 0, deleted: 0, reformatted: 0, restored: 0, moved: 5, others: 1 },
    ]);
    expect(comparison.steps.map(({ kind, block }) => [kind, block])).toEqual([
      ['moved', 0],
      ['moved', 1],
      ['moved', 2],
      ['moved', 4],
    ]);
  });

  test('shows attributes before and after', () => {
    const { doc, entries, fragment, as } = takingTurns();
    as('ann', () => fragment.insert(0, [paragraph('Title', 'heading')]));
    const heading = fragment.get(0) as Y.XmlElement;
    const from = as('ann', () => heading.setAttribute('level', '1'));
    as('ben', () => heading.setAttribute('level', '2'));
    const to = as('cleo', () => doc.getMap('meta').set('title', 'New'));
    const { parts, steps } = compareEntries(entries, from, to);
    expect(parts.flatMap(({ blocks }) => blocks.flatMap(({ changed = [] }) => changed))).toMatchObject([
      { name: 'title', after: 'New', edit: { by: 'cleo' } },
      { name: 'level', before: '1', after: '2', edit: { by: 'ben' } },
    ]);
    expect(steps.map(({ kind, edit }) => [kind, edit.by])).toEqual([
      ['changed', 'cleo'],
      ['changed', 'ben'],
    ]);
  });

  test('has pictures and line breaks in the text where they stand', () => {
    const { entries, fragment, as } = takingTurns();
    const from = as('ann', () => fragment.insert(0, [paragraph('before'), paragraph('untouched')]));
    const to = as('ben', () => {
      const image = new Y.XmlElement('image');
      image.setAttribute('src', 'a.png');
      (fragment.get(0) as Y.XmlElement).insert(1, [image, new Y.XmlText('after')]);
    });
    const [block] = blocksOf(compareEntries(entries, from, to));
    expect(block!.runs).toMatchObject([
      { text: 'before', change: 'same' },
      { node: 'image', attributes: { src: 'a.png' }, change: 'inserted', edit: { by: 'ben' } },
      { text: 'after', change: 'inserted' },
    ]);
  });

  test('counts characters, not units, and never shows half of one', () => {
    const { entries, fragment, as } = takingTurns();
    const from = as('ann', () => fragment.insert(0, [paragraph('ab')]));
    as('ben', () => textIn(fragment, 0).insert(1, '🙂🙃'));
    const to = as('cleo', () => textIn(fragment, 0).delete(3, 2));
    const comparison = compareEntries(entries, from, to);
    expect(comparison.people).toEqual([
      { id: 'ben', inserted: 1, deleted: 0, reformatted: 0, restored: 0, moved: 0, others: 0 },
    ]);
    const gone = compareEntries(entries, 2, to);
    expect(gone.people).toEqual([
      { id: 'cleo', inserted: 0, deleted: 1, reformatted: 0, restored: 0, moved: 0, others: 0 },
    ]);
    expect(runsOf(gone).map(({ text }) => text)).toEqual(['a🙂', '🙃', 'b']);
  });

  test('joins what one person typed within minutes, and not what they typed the next day', () => {
    const { entries, fragment, as } = takingTurns();
    as('ann', () => fragment.insert(0, [paragraph('')]));
    for (const [place, letter] of [...'abcd'].entries()) as('ann', () => textIn(fragment, 0).insert(place, letter));
    const times = [0, 0, 1000, 2000, 86_400_000];
    const timed = entries.map((entry, i) => ({ ...entry, atMs: times[i]! }));
    expect(runsOf(compareEntries(timed, 1, 5)).map(({ text, edit }) => [text, edit!.atMs])).toEqual([
      ['abc', 2000],
      ['d', 86_400_000],
    ]);
  });

  test('makes one step of a word that took the place of another, and of blocks that came together', () => {
    const { entries, fragment, as } = takingTurns();
    const from = as('ann', () => fragment.insert(0, [paragraph('a bad plan')]));
    as('ben', () => textIn(fragment, 0).delete(2, 3));
    as('ben', () => textIn(fragment, 0).insert(2, 'good'));
    const to = as('cleo', () => fragment.insert(1, [paragraph('two'), paragraph('more')]));
    const { steps } = compareEntries(entries, from, to);
    expect(steps).toMatchObject([
      { kind: 'changed', block: 0, run: 1, runs: 2, edit: { by: 'ben' } },
      { kind: 'inserted', block: 1, blocks: 2, edit: { by: 'cleo' } },
    ]);
  });

  test('of what was written and deleted in between, nothing is left', () => {
    const { entries, fragment, as } = takingTurns();
    const from = as('ann', () => fragment.insert(0, [paragraph('kept')]));
    as('ben', () => fragment.insert(1, [paragraph('a slip')]));
    const to = as('ben', () => fragment.delete(1, 1));
    expect(compareEntries(entries, from, to)).toMatchObject({ people: [], steps: [] });
  });

  test.each([0, 1, 3])('T2: what a restore brings back stays the text of who wrote it (checkpoint at %i)', (base) => {
    const { doc, entries, fragment, as } = takingTurns();
    const restores: BroughtBack[] = [];
    const restore = (to: number): number => {
      const [past, present] = [entries.slice(0, to), entries].map((some) => ({
        checkpointState: null,
        updates: some.map(({ update }) => update),
      }));
      const { update, client, origins } = computeRestore({ past: past!, present: present! })!;
      restores.push({ client, origins });
      const seq = as('admin', () => undefined);
      Y.applyUpdate(doc, update);
      expect(entries.length).toBe(seq + 1);
      entries[seq] = { by: 'admin', update };
      return seq + 1;
    };
    as('ann', () => fragment.insert(0, [paragraph('ann wrote, ')]));
    const whole = as('ben', () => textIn(fragment, 0).insert(11, 'ben wrote'));
    const without = as('cleo', () => textIn(fragment, 0).delete(4, 11));
    const broughtBack = restore(whole);
    const credit = (from: number, to: number) =>
      runsOf(compareEntries(entries, from, to, base, restores)).flatMap(({ text, change, edit, writtenBy }) =>
        change === 'inserted' ? [[text, edit!.by, writtenBy]] : [],
      );
    const expected = [
      ['wrote, ', 'admin', 'ann'],
      ['ben ', 'admin', 'ben'],
    ];
    expect(credit(without, broughtBack)).toEqual(expected);
    const { people } = compareEntries(entries, without, broughtBack, base, restores);
    expect(people.map(({ id, inserted, restored }) => [id, inserted, restored])).toEqual([
      ['admin', 0, 11],
      ['ann', 0, 0],
      ['ben', 0, 0],
    ]);
    // Also when that is deleted, and brought back once more.
    const gone = as('cleo', () => textIn(fragment, 0).delete(0, 18));
    const again = restore(broughtBack);
    expect(credit(gone, again)).toEqual([
      ['ann wrote, ', 'admin', 'ann'],
      ['ben wro', 'admin', 'ben'],
    ]);
  });
});

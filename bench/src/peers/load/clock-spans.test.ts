import * as prng from 'lib0/prng';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { readSpans } from './clock-spans.js';

/** `client:from-to` of every unbroken range, as the reader tells them. */
function read(update: Uint8Array): string[] {
  const spans: string[] = [];
  // Not at the beginning of its buffer, nor up to its end.
  const bytes = Uint8Array.from([255, ...update, 255]);
  readSpans(bytes, 1, update.length + 1, {
    span: (client, from, length) => spans.push(`${client}:${from}-${from + length}`),
  });
  return spans;
}

/** The same by Yjs. */
function decode(update: Uint8Array): string[] {
  const spans: { client: number; from: number; to: number }[] = [];
  for (const struct of Y.decodeUpdate(update).structs) {
    if (struct instanceof Y.Skip) continue;
    const { client, clock } = struct.id;
    const last = spans.at(-1);
    if (last?.client === client && last.to === clock) last.to += struct.length;
    else spans.push({ client, from: clock, to: clock + struct.length });
  }
  return spans.map(({ client, from, to }) => `${client}:${from}-${to}`);
}

/** Every kind of content there is. */
function change(doc: Y.Doc, random: prng.PRNG): void {
  const text = doc.getText('text');
  const list = doc.getArray<unknown>('list');
  const map = doc.getMap<unknown>('map');
  const at = prng.int32(random, 0, text.length);
  switch (prng.int32(random, 0, 9)) {
    case 0:
    case 1:
      return text.insert(at, prng.oneOf(random, ['a', 'bcd', 'ü€', '😀x', 'words and words']));
    case 2:
      return text.delete(at, Math.min(text.length - at, 4));
    case 3:
      return text.format(at, Math.min(text.length - at, 3), { bold: prng.bool(random) ? true : null });
    case 4:
      return text.insertEmbed(at, { image: 'x' });
    case 5:
      return list.insert(0, [1, -7, 1.5, 'x', null, true, { a: [1, { b: 'c' }] }, { none: undefined }, 12345678901234]);
    case 6:
      return list.insert(0, [Uint8Array.of(1, 2), new Y.Map([['k', 1]]), new Y.XmlElement('p'), new Y.XmlText('t')]);
    case 7:
      list.insert(0, [new Y.Doc()]);
      return;
    case 8:
      return list.delete(0, Math.min(list.length, 3));
    default:
      map.set(prng.oneOf(random, ['k', 'l']), prng.oneOf<unknown>(random, [1, 'x', { a: 1 }]));
  }
}

test('finds the ranges of random documents, their updates, what is merged of them, and what has holes', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = prng.create(seed);
    const docs = [new Y.Doc(), new Y.Doc()];
    const updates: Uint8Array[] = [];
    for (const doc of docs) doc.on('update', (update: Uint8Array) => updates.push(update));
    for (let step = 0; step < 80; step++) {
      const doc = prng.oneOf(random, docs);
      doc.transact(() => change(doc, random));
      if (step % 20 === 19)
        for (const other of docs) if (other !== doc) Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    }
    const some = updates.filter(() => prng.int32(random, 0, 2) > 0);
    const samples = [
      ...updates,
      ...docs.map((doc) => Y.encodeStateAsUpdate(doc)),
      Y.mergeUpdates(updates),
      Y.mergeUpdates(some),
    ];
    for (const update of samples) expect(read(update), `seed ${seed}`).toEqual(decode(update));
  }
});

test('refuses what ends in the middle', () => {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, 'abc');
  const update = Y.encodeStateAsUpdate(doc);
  for (let end = 0; end < update.length - 1; end++) {
    expect(() => readSpans(update, 0, end, { span: () => {} }), `${end} bytes`).toThrow('ends in the middle');
  }
});

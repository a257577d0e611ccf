// Random histories of documents: the changes that editors and applications make, by clients that hear of each other or not.

import { writeVarUint } from 'lib0/encoding';
import * as prng from 'lib0/prng';
import * as Y from 'yjs';

/** A Y.Doc of a client, and every update it made. */
export function peer(clientID: number): { doc: Y.Doc; updates: Uint8Array[] } {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array, _origin: unknown, _doc: Y.Doc, { local }: Y.Transaction) => {
    if (local) updates.push(update);
  });
  return { doc, updates };
}

export function docOf(...updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}

export const contentOf = (doc: Y.Doc) => [
  doc.getText('t').toDelta(),
  doc.getXmlFragment('x').toString(),
  doc.getMap('m').toJSON(),
];

/** One change of a kind that editors and applications make. */
export function change(doc: Y.Doc, gen: prng.PRNG): void {
  const text = doc.getText('t');
  const at = prng.int32(gen, 0, text.length);
  const some = Math.min(prng.int32(gen, 1, 5), text.length - at);
  const fragment = doc.getXmlFragment('x');
  const elements = fragment.toArray().filter((node) => node instanceof Y.XmlElement);
  const element = elements[prng.int32(gen, 0, elements.length - 1)];
  const map = doc.getMap('m');
  const changes: (() => void)[] = [
    () => text.insert(at, prng.oneOf(gen, ['ab', 'é😀x', '👩‍👩‍👧', 'long run of words ', '\n'])),
    () => some > 0 && text.delete(at, some),
    () => some > 0 && text.format(at, some, { [prng.oneOf(gen, ['b', 'i'])]: prng.oneOf(gen, [true, null]) }),
    () => text.insertEmbed(at, { image: prng.word(gen) }, {}),
    () => {
      const made = new Y.XmlElement('p');
      made.setAttribute('id', prng.word(gen));
      made.insert(0, [new Y.XmlText(prng.word(gen))]);
      fragment.insert(prng.int32(gen, 0, fragment.length), [made]);
    },
    () => fragment.length > 0 && fragment.delete(prng.int32(gen, 0, fragment.length - 1), 1),
    () => {
      const child = element?.get(0);
      if (child instanceof Y.XmlText) child.insert(prng.int32(gen, 0, child.length), prng.word(gen), { em: {} });
    },
    () => element?.setAttribute(prng.oneOf(gen, ['id', 'align']), prng.word(gen)),
    () => map.set(prng.oneOf(gen, ['a', 'b']), prng.oneOf(gen, [1, 'two', { three: [4] }])),
    () => map.set('list', Y.Array.from([1, prng.word(gen)])),
    () => {
      const list = map.get('list');
      if (list instanceof Y.Array) list.insert(prng.int32(gen, 0, list.length), [prng.word(gen), 2]);
    },
    () => map.delete('a'),
  ];
  doc.transact(() => {
    for (let left = prng.int32(gen, 1, 3); left > 0; left--) prng.oneOf(gen, changes)();
  });
}

/**
 * Text by one, an item with reversed origins by another, and what honest people who heard of some of it wrote at once.
 * Which of these a peer gets first is chance, but for the text.
 */
export function forgedItem(gen: prng.PRNG): { base: Uint8Array; rivals: Uint8Array[] } {
  const author = peer(50);
  author.doc.getText('t').insert(0, 'abcdefgh');
  const base = author.updates[0]!;
  const rivals = [10, 60, 70].map((clientID) => {
    const rival = peer(clientID);
    Y.applyUpdate(rival.doc, base);
    rival.doc.getText('t').insert(prng.int32(gen, 0, 8), `${clientID}`);
    return rival.updates[0]!;
  });
  const [left, right] = [prng.int32(gen, 0, 3), prng.int32(gen, 4, 7)];
  const id = Y.createID(prng.oneOf(gen, [5, 55, 65, 99]), 0);
  return { base, rivals: [...rivals, reversedItem(id, Y.createID(50, right), Y.createID(50, left))] };
}

/** An update with one character that claims to stand right of `left` and left of `right`, in whatever order those are. */
export function reversedItem(id: Y.ID, left: Y.ID, right: Y.ID): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  const rest = encoder.restEncoder;
  for (const value of [1, 1]) writeVarUint(rest, value);
  encoder.writeClient(id.client);
  writeVarUint(rest, id.clock);
  new Y.Item(id, null, left, null, right, null, null, new Y.ContentString('!')).write(encoder, 0);
  writeVarUint(rest, 0);
  return encoder.toUint8Array();
}

/** The base, and the rest in any order. */
export function inSomeOrder(gen: prng.PRNG, { base, rivals }: ReturnType<typeof forgedItem>): Uint8Array[] {
  const keyed = rivals.map((update) => ({ update, key: prng.real53(gen) }));
  return [base, ...keyed.sort((a, b) => a.key - b.key).map(({ update }) => update)];
}

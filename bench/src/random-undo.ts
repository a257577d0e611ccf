// People who write blocks within blocks at random, and mostly take back and bring back what they did. Undo is where Yjs
// writes its strangest structs: what comes back is written anew beside what was there, under parents that come back too.

import * as prng from 'lib0/prng';
import * as Y from 'yjs';

const MINE = 'mine';
const SERVER = 'server';

/** Keeps what others wrote into a block whose making is undone, as editors do. */
const keepsFilled = (item: Y.Item): boolean =>
  !(item.content instanceof Y.ContentType && item.content.type._length > 0);

interface Undoer {
  readonly doc: Y.Doc;
  readonly undo: Y.UndoManager;
  readonly outbox: Uint8Array[];
  seen: number;
}

/**
 * Lets one to three people write, undo and redo, each seeing a prefix of the log and their own writing.
 *
 * @param submit  is handed everything that is sent, in order, and says what goes into the log (null: nothing)
 * @param write   what the server writes itself, asked before each step with what there is by then
 * @returns the log
 */
export function undoAtRandom(
  seed: number,
  submit: (update: Uint8Array) => Uint8Array | null,
  write: (log: readonly Uint8Array[]) => Uint8Array | null = () => null,
): readonly Uint8Array[] {
  const random = prng.create(seed);
  const int = (from: number, to: number) => prng.int32(random, from, to);
  const log: Uint8Array[] = [];

  const people = Array.from({ length: int(1, 3) }, (_, i): Undoer => {
    const doc = new Y.Doc({ gc: int(0, 2) > 0 });
    doc.clientID = int(0, 100_000) * 100 + i;
    const undo = new Y.UndoManager([doc.getXmlFragment('prosemirror')], {
      trackedOrigins: new Set([MINE]),
      captureTimeout: int(0, 1) ? 0 : Number.POSITIVE_INFINITY,
      ...(int(0, 1) ? { deleteFilter: keepsFilled } : {}),
    });
    const outbox: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== SERVER) outbox.push(update);
    });
    return { doc, undo, outbox, seen: 0 };
  });
  const catchUp = (person: Undoer, until: number): void => {
    for (; person.seen < until; person.seen += 1) Y.applyUpdate(person.doc, log[person.seen]!, SERVER);
  };
  const send = ({ doc, outbox }: Undoer): void => {
    const waiting = outbox.splice(0);
    const sent =
      int(0, 3) === 0
        ? [Y.encodeStateAsUpdate(doc)]
        : int(0, 2) === 0 && waiting.length > 0
          ? [Y.mergeUpdates(waiting)]
          : waiting;
    for (const update of sent) {
      const taken = submit(update);
      if (taken) log.push(taken);
    }
  };

  for (let step = int(20, 150); step > 0; step -= 1) {
    const own = write(log);
    if (own) log.push(own);
    const person = prng.oneOf(random, people);
    if (int(0, 2) === 0) catchUp(person, int(person.seen, log.length));
    const action = int(0, 9);
    if (action < 4) for (let times = int(1, 4); times > 0; times -= 1) attempt(() => person.undo.undo());
    else if (action < 6) for (let times = int(1, 4); times > 0; times -= 1) attempt(() => person.undo.redo());
    else {
      if (int(0, 2) === 0) person.undo.stopCapturing();
      person.doc.transact(() => {
        for (let times = int(1, 3); times > 0; times -= 1) editBlocks(person.doc.getXmlFragment('prosemirror'), int);
      }, MINE);
    }
    if (int(0, 1)) send(person);
  }
  for (let round = 0; round < 4; round += 1) {
    for (const person of people) {
      send(person);
      catchUp(person, log.length);
    }
  }
  return log;
}

/** Yjs throws where what it would bring back belongs into something that came back before and was collected since. */
function attempt(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

type Int = (from: number, to: number) => number;

function editBlocks(root: Y.XmlFragment, int: Int): void {
  const parents = [root, ...descendants(root).filter((type) => type instanceof Y.XmlElement)];
  const parent = parents[int(0, parents.length - 1)]!;
  const action = int(0, 8);
  if (action < 2) {
    const blocks = Array.from({ length: int(1, 2) }, () => newBlock(0, int));
    return parent.insert(int(0, parent.length), blocks);
  }
  if (action < 6) {
    const texts = descendants(root).filter((type) => type instanceof Y.XmlText);
    if (texts.length > 0) editText(texts[int(0, texts.length - 1)]!, int);
    return;
  }
  if (action === 6) {
    if (!(parent instanceof Y.XmlElement)) return;
    if (int(0, 3) > 0) parent.setAttribute('level', String(int(0, 5)));
    else parent.removeAttribute('level');
    return;
  }
  if (parent.length === 0) return;
  const at = int(0, parent.length - 1);
  if (action === 7) return parent.delete(at, int(1, parent.length - at));
  // As editors move things: away, and in anew; here within a new block or beside what is there.
  const moved = parent.get(at).clone() as Y.XmlElement;
  parent.delete(at, 1);
  if (int(0, 1)) return parent.insert(int(0, parent.length), [moved]);
  const wrapper = new Y.XmlElement('blockquote');
  wrapper.insert(0, [moved]);
  parent.insert(at, [wrapper]);
}

function editText(text: Y.XmlText, int: Int): void {
  const at = int(0, text.length);
  const length = int(0, text.length - at);
  const action = int(0, 2);
  if (action === 0) for (const character of 'xyz') text.insert(Math.min(text.length, at), character);
  else if (length > 0 && action === 1) text.delete(at, length);
  else if (length > 0) text.format(at, length, { strong: int(0, 1) ? {} : null });
}

function newBlock(depth: number, int: Int): Y.XmlElement {
  const block = new Y.XmlElement(['paragraph', 'blockquote', 'list_item'][int(0, 2)]!);
  if (int(0, 3) === 0) block.setAttribute('level', String(int(0, 3)));
  const children: (Y.XmlElement | Y.XmlText)[] = [];
  if (int(0, 2) > 0) children.push(new Y.XmlText('abcdef'.slice(0, int(0, 6))));
  if (depth < 3 && int(0, 2) === 0) children.push(newBlock(depth + 1, int));
  block.insert(0, children);
  return block;
}

const descendants = (parent: Y.XmlFragment): (Y.XmlElement | Y.XmlText)[] =>
  parent
    .toArray()
    .flatMap((child) =>
      child instanceof Y.XmlText ? [child] : child instanceof Y.XmlElement ? [child, ...descendants(child)] : [],
    );

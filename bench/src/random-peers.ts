// Several people who write at random into one document through a server that is a log: each sees a prefix of the log and
// its own writing. Everything honest clients do is in here: typing, formatting, elements with attributes, maps, arrays,
// deleting, undoing, sending a whole state after a reconnection. All chance comes from one seed.

import * as prng from 'lib0/prng';
import * as Y from 'yjs';

const texts = ['a', 'bc', 'wörd ', '🙂', '日本', '\u0000', 'x'.repeat(40), '👩‍👩‍👧', '\ufeff'];
const marks: readonly Record<string, unknown>[] = [
  { strong: {} },
  { strong: null },
  { link: { href: 'https://ä.example' } },
];
const SERVER = 'server';

export class RandomPeer {
  readonly doc: Y.Doc;
  /** Updates written here and not yet handed over. */
  outbox: Uint8Array[] = [];
  /** State vectors of what had been handed over, oldest first. */
  readonly handedOver: Uint8Array[] = [Uint8Array.of(0)];
  /** How much of the log it has seen. */
  seen = 0;
  readonly #random: prng.PRNG;
  readonly #undo: Y.UndoManager;

  constructor(random: prng.PRNG, clientId: number, gc: boolean) {
    this.doc = new Y.Doc({ gc });
    this.doc.clientID = clientId;
    this.#random = random;
    const { doc } = this;
    this.#undo = new Y.UndoManager([doc.getText('text'), doc.getXmlFragment('prosemirror'), doc.getMap('meta')], {
      captureTimeout: 0,
    });
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== SERVER) this.outbox.push(update);
    });
  }

  catchUp(log: readonly Uint8Array[], until = log.length): void {
    for (; this.seen < until; this.seen += 1) Y.applyUpdate(this.doc, log[this.seen]!, SERVER);
  }

  write(): void {
    const actions = [
      this.#writeText,
      this.#writeText,
      this.#writeXml,
      this.#writeXml,
      this.#writeMap,
      this.#writeArray,
      this.#writeNested,
    ];
    const action = this.#chance(12) ? this.#undoOrRedo : this.#oneOf(actions);
    if (this.#chance(4)) {
      this.doc.transact(() => {
        action.call(this);
        this.#oneOf(actions).call(this);
      });
    } else action.call(this);
  }

  readonly #writeText = (): void => {
    this.#editText(this.doc.getText('text'));
  };

  readonly #writeXml = (): void => {
    const fragment = this.doc.getXmlFragment('prosemirror');
    if (fragment.length === 0 || this.#chance(3)) {
      const paragraph = new Y.XmlElement(this.#oneOf(['paragraph', 'heading', 'blockquote']));
      paragraph.setAttribute('level', this.#int(3) as unknown as string);
      const text = new Y.XmlText();
      text.insert(0, this.#oneOf(texts));
      paragraph.insert(0, this.#chance(3) ? [new Y.XmlElement('image'), text] : [text]);
      fragment.insert(this.#int(fragment.length), [paragraph]);
      return;
    }
    const index = this.#int(fragment.length - 1);
    const child = fragment.get(index);
    if (this.#chance(6)) fragment.delete(index, 1 + this.#int(Math.min(2, fragment.length - index - 1)));
    else if (!(child instanceof Y.XmlElement)) fragment.delete(index, 1);
    else if (this.#chance(4)) child.setAttribute('id', this.#oneOf(texts));
    else if (this.#chance(8)) child.removeAttribute('level');
    else {
      const inner = child.get(child.length - 1);
      if (inner instanceof Y.XmlText) this.#editText(inner);
      else child.insert(child.length, [new Y.XmlText('new')]);
    }
  };

  readonly #writeMap = (): void => {
    const map = this.doc.getMap<unknown>('meta');
    const key = this.#oneOf(['title', 'x', 'y']);
    if (this.#chance(4)) map.delete(key);
    else map.set(key, this.#value());
  };

  readonly #writeArray = (): void => {
    const array = this.doc.getArray<unknown>('list');
    const index = this.#int(array.length);
    if (array.length > 0 && this.#chance(3)) array.delete(Math.min(index, array.length - 1), 1);
    else array.insert(index, [this.#value(), this.#value()]);
  };

  /** In types within types, and in a fragment that is a field of its own; blocks are moved as editors do: away, and in anew. */
  readonly #writeNested = (): void => {
    const fields = this.doc.getMap<unknown>('fields');
    const field = fields.get('body');
    if (!(field instanceof Y.XmlFragment)) {
      fields.set('body', new Y.XmlFragment());
      return;
    }
    const rows = fields.get('rows');
    if (!(rows instanceof Y.Array)) fields.set('rows', new Y.Array());
    else if (this.#chance(3)) rows.insert(this.#int(rows.length), [new Y.Map<unknown>([['cells', new Y.Array()]])]);
    else if (rows.length > 0) {
      const row = rows.get(this.#int(rows.length - 1)) as Y.Map<unknown>;
      (row.get('cells') as Y.Array<unknown>).push([this.#value()]);
      row.set('height', this.#int(9));
    }
    if (field.length < 2 || this.#chance(3)) field.insert(this.#int(field.length), [new Y.XmlElement('block')]);
    else {
      const from = this.#int(field.length - 1);
      const moved = field.get(from).clone();
      field.delete(from, 1);
      field.insert(this.#int(field.length), [moved]);
    }
  };

  readonly #undoOrRedo = (): void => {
    if (this.#chance(3)) this.#undo.redo();
    else this.#undo.undo();
  };

  #editText(text: Y.Text): void {
    const edges = characterEdges(text);
    const first = this.#int(edges.length - 1);
    const at = edges[first]!;
    const length = edges[Math.min(first + this.#int(5), edges.length - 1)]! - at;
    switch (this.#int(6)) {
      case 0:
      case 1:
        if (length > 0) text.delete(at, length);
        break;
      case 2:
        if (length > 0) text.format(at, length, this.#oneOf(marks));
        break;
      case 3:
        text.insertEmbed(at, { image: this.#oneOf(texts), sizes: [1, { deep: null }] });
        break;
      default: {
        // As typed: one character after the other, so that structs are appended to.
        let end = at;
        for (const character of this.#oneOf(texts)) {
          text.insert(end, character);
          end += character.length;
        }
      }
    }
  }

  #value(): unknown {
    switch (this.#int(7)) {
      case 0:
        return this.#oneOf(texts);
      case 1:
        return { a: [1, -70_000, 1.5, 2 ** 40, null, true, undefined], b: { c: 'ü' } };
      case 2:
        return new Uint8Array([1, 2, 255]);
      case 3:
        return new Y.Map([['k', 1]]);
      case 4:
        return new Y.Text('inner');
      case 5:
        return { big: BigInt(12) };
      default:
        return this.#int(1000);
    }
  }

  #int(max: number): number {
    return prng.int32(this.#random, 0, max);
  }
  #chance(oneIn: number): boolean {
    return this.#int(oneIn - 1) === 0;
  }
  #oneOf<T>(list: readonly T[]): T {
    return prng.oneOf(this.#random, list as T[]);
  }
}

/**
 * Where characters begin and end. Yjs replaces the halves of a surrogate pair that an edit comes between, and not at the
 * same moment everywhere, so those who come between see different text.
 */
function characterEdges(text: Y.Text): number[] {
  const edges = [0];
  for (const { insert } of text.toDelta() as { insert: unknown }[]) {
    const characters = typeof insert === 'string' ? [...insert] : ['.'];
    for (const character of characters) edges.push(edges.at(-1)! + character.length);
  }
  return edges;
}

export interface RandomLog {
  readonly random: prng.PRNG;
  readonly peers: readonly RandomPeer[];
  /** What the server took, in order. */
  readonly log: readonly Uint8Array[];
}

/**
 * Lets peers write and hands what they send to `submit`, which says what goes into the log (null: nothing). `author` is the
 * client id of who sends it.
 *
 * @param options.inStep everybody has seen everything before writing, so that nothing is ever concurrent
 * @param options.write what the server writes itself, asked before each step with what there is by then
 */
export function writeAtRandom(
  options: {
    readonly seed: number;
    readonly steps: number;
    readonly peers?: number;
    readonly inStep?: boolean;
    readonly write?: (log: readonly Uint8Array[], step: number) => Uint8Array | null;
  },
  submit: (update: Uint8Array, author: number) => Uint8Array | null = (update) => update,
): RandomLog {
  const random = prng.create(options.seed);
  const log: Uint8Array[] = [];
  const peers = Array.from(
    { length: options.peers ?? 3 },
    (_, i) => new RandomPeer(random, 10 ** (3 * i + 1) + options.seed, i !== 1),
  );
  const send = (update: Uint8Array, author: number): void => {
    const taken = submit(update, author);
    if (taken) log.push(taken);
  };
  for (let step = 0; step < options.steps; step += 1) {
    const own = options.write?.(log, step);
    if (own) log.push(own);
    const peer = prng.oneOf(random, peers as RandomPeer[]);
    if (options.inStep) peer.catchUp(log);
    else if (prng.bool(random)) peer.catchUp(log, prng.int32(random, peer.seen, log.length));
    if (options.inStep && peer.outbox.length > 0) sendOutbox(peer, random, send);
    peer.write();
    if (options.inStep || prng.int32(random, 0, 2) === 0) sendOutbox(peer, random, send);
  }
  // Catching up makes peers tidy up formatting, which is writing again, so a few rounds are needed to come to rest.
  for (let round = 0; round < 4; round += 1) {
    for (const peer of peers) {
      sendOutbox(peer, random, send);
      peer.catchUp(log);
    }
  }
  return { random, peers, log };
}

/** As providers do: one by one, merged, or after a reconnection as a difference or the whole state. */
function sendOutbox(peer: RandomPeer, random: prng.PRNG, send: (update: Uint8Array, author: number) => void): void {
  const { outbox } = peer;
  const author = peer.doc.clientID;
  peer.outbox = [];
  switch (prng.int32(random, 0, 5)) {
    case 0:
      if (outbox.length > 0) send(Y.mergeUpdates(outbox), author);
      break;
    case 1:
      send(Y.encodeStateAsUpdate(peer.doc), author);
      break;
    case 2:
      // Against a state vector the server has long passed.
      send(Y.encodeStateAsUpdate(peer.doc, prng.oneOf(random, peer.handedOver)), author);
      break;
    default:
      for (const update of outbox) send(update, author);
  }
  peer.handedOver.push(Y.encodeStateVector(peer.doc));
}

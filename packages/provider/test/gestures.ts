// What people do to a document of blocks, as gestures that name places by numbers alone: the same gesture on equal text does
// the same, whoever makes it and under whatever clientID. Blocks are those of the editor: paragraphs and headings with marks,
// lists in lists, tables, attributes, and the title beside them.

import * as prng from 'lib0/prng';
import * as Y from 'yjs';

/** Works on the blocks of one region: the whole text, or one element of it. */
export type Gesture = (region: Y.XmlFragment, title: Y.Map<unknown>) => void;

const names = ['paragraph', 'heading', 'bullet_list', 'table'] as const;
const marks = ['strong', 'em', 'link'] as const;

const leavesOf = (type: Y.XmlFragment): Y.XmlText[] =>
  type.toArray().flatMap((child) => (child instanceof Y.XmlText ? [child] : leavesOf(child as Y.XmlElement)));

const elementsOf = (type: Y.XmlFragment): Y.XmlElement[] =>
  type.toArray().flatMap((child) => (child instanceof Y.XmlElement ? [child, ...elementsOf(child)] : []));

/** @param by what says of an element whose it is */
function element(nodeName: string, by: string, ...children: (Y.XmlElement | Y.XmlText)[]): Y.XmlElement {
  const made = new Y.XmlElement(nodeName);
  made.setAttribute('by', by);
  made.insert(0, children);
  return made;
}

const paragraph = (by: string, text: string): Y.XmlElement => element('paragraph', by, new Y.XmlText(text));

/** What a list or a table has more of. */
const part = (of: string, by: string, text: string): Y.XmlElement =>
  of === 'table'
    ? element('table_row', by, element('table_cell', by, paragraph(by, text)))
    : element('list_item', by, paragraph(by, text));

function block(kind: (typeof names)[number], by: string, words: readonly string[]): Y.XmlElement {
  if (kind === 'paragraph') return paragraph(by, words[0]!);
  if (kind !== 'heading') return element(kind, by, ...words.map((text) => part(kind, by, text)));
  const heading = element('heading', by, new Y.XmlText(words[0]!));
  heading.setAttribute('level', 2 as unknown as string);
  return heading;
}

/**
 * One gesture by chance.
 *
 * @param by who makes it; what it writes is in capitals if they are `me`
 */
export function someGesture(gen: prng.PRNG, by: string): Gesture {
  const some = Array.from({ length: 4 }, () => prng.real53(gen));
  const word = () => (by === 'me' ? prng.word(gen).toUpperCase() : prng.word(gen).toLowerCase());
  const words = [word(), word(), word()];
  const [kind, mark] = [prng.oneOf(gen, [...names]), prng.oneOf(gen, [...marks])];
  const isOn = prng.bool(gen);
  /** A number up to `limit`, both ends included. */
  const upTo = (limit: number, which: number): number => Math.floor(some[which]! * (limit + 1));
  const one = <T>(list: readonly T[], which: number): T | undefined => list[upTo(list.length - 1, which)];
  const mine = (text: string): string => (by === 'me' ? text.toUpperCase() : text);

  const gestures: readonly Gesture[] = [
    // Text, more often than anything else.
    ...Array.from(
      { length: 4 },
      (): Gesture => (region) => {
        const leaf = one(leavesOf(region), 0);
        leaf?.insert(upTo(leaf.length, 1), words[0]!, isOn ? { [mark]: { href: words[1] } } : {});
      },
    ),
    ...Array.from(
      { length: 2 },
      (): Gesture => (region) => {
        const leaf = one(leavesOf(region), 0);
        if (!leaf || leaf.length === 0) return;
        const at = upTo(leaf.length - 1, 1);
        leaf.delete(at, 1 + upTo(Math.min(leaf.length - at - 1, 6), 2));
      },
    ),
    (region) => {
      const leaf = one(leavesOf(region), 0);
      if (!leaf || leaf.length === 0) return;
      const at = upTo(leaf.length - 1, 1);
      leaf.format(at, 1 + upTo(leaf.length - at - 1, 2), { [mark]: isOn ? {} : null });
    },
    // A block, between two others or in a list or a cell.
    (region) => {
      const parents = [region, ...elementsOf(region).filter(({ nodeName }) => /_item|_cell/.test(nodeName))];
      const parent = one(parents, 0)!;
      parent.insert(upTo(parent.length, 1), [block(kind, by, words)]);
    },
    // An item, a row.
    (region) => {
      const parent = one(
        elementsOf(region).filter(({ nodeName }) => /_list|table$/.test(nodeName)),
        0,
      );
      if (!parent) return;
      parent.insert(upTo(parent.length, 1), [part(parent.nodeName, by, words[0]!)]);
    },
    (region) => {
      const gone = one(elementsOf(region), 0);
      const parent = gone?.parent as Y.XmlElement | undefined;
      if (gone && parent) parent.delete(parent.toArray().indexOf(gone), 1);
    },
    (region) => one(elementsOf(region), 0)?.setAttribute(isOn ? 'align' : 'level', words[2]!),
    // A paragraph is split: what stood behind the caret is written into a new one.
    (region) => {
      const leaf = one(leavesOf(region), 0);
      const before = leaf?.parent as Y.XmlElement | undefined;
      const parent = before?.parent as Y.XmlElement | undefined;
      if (!leaf || !before || !parent || leaf.length === 0) return;
      const at = upTo(leaf.length - 1, 1);
      const rest = leaf
        .toDelta()
        .map(({ insert }: { insert: string }) => insert)
        .join('')
        .slice(at);
      leaf.delete(at, leaf.length - at);
      parent.insert(parent.toArray().indexOf(before) + 1, [element('paragraph', by, new Y.XmlText(mine(rest)))]);
    },
    (_region, title) => title.set(isOn ? 'title' : 'lang', words[0]!),
  ];
  return prng.oneOf(gen, [...gestures]);
}

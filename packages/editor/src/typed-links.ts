// Addresses become links as they are written: a space or Enter after one, or the paste of text that has some. Each is a step of its
// own for undo, for not every address is meant as a link.

import { safeLinkHref, schema } from '@weft/model';
import { Fragment, type Node, Slice } from 'prosemirror-model';
import { type EditorState, Plugin, type Transaction } from 'prosemirror-state';
import { completeAddress } from './commands.js';
import { asOwnStep } from './undo.js';

const { link, code } = schema.marks;

/** Longer ones are not typed. */
const MAX_LENGTH = 2_000;

const pattern = /(?:https?:\/\/|www\.)[^\s<>"'`\u200b]+/giu;

interface Found {
  readonly from: number;
  readonly to: number;
  readonly href: string;
}

/** The addresses in some text, without what ends a sentence after them; in a time that grows with its length, whatever it says. */
export function addressesIn(text: string): Found[] {
  return [...text.matchAll(pattern)].flatMap(({ 0: whole, index }) => {
    if (index > 0 && /[\p{L}\p{N}_@/]/u.test(text[index - 1]!)) return [];
    const address = whole.slice(0, addressEnd(whole));
    const href = safeLinkHref(completeAddress(address));
    const isWhole = /^(?:https?:\/\/|www\.)[\p{L}\p{N}]/iu.test(address) && !address.endsWith('.');
    return href === null || !isWhole ? [] : [{ from: index, to: index + address.length, href }];
  });
}

/** As much of a string as is looked at. */
export interface Characters {
  readonly length: number;
  charAt(index: number): string;
}

const closed: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Where an address ends, without what ends a sentence after it, and brackets that it does not open. Looks at each character twice at most. */
export function addressEnd(text: Characters): number {
  const counts: Record<string, number> = { '(': 0, ')': 0, '[': 0, ']': 0, '{': 0, '}': 0 };
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (character in counts) counts[character]!++;
  }
  for (let end = text.length; end > 0; end--) {
    const last = text.charAt(end - 1);
    if ('.,;:!?…*_~'.includes(last)) continue;
    const opening = closed[last];
    if (opening === undefined || counts[opening]! >= counts[last]!) return end;
    counts[last]!--;
  }
  return 0;
}

/** Links the address that the caret is right behind; null when there is none, or it is linked or code. */
function linkBefore({ selection, tr }: EditorState, typed: number): Transaction | null {
  const { $head, empty } = selection;
  const { parent } = $head;
  const end = $head.parentOffset - typed;
  const last = parent.childBefore(end).node;
  if (!empty || end <= 0 || !last?.isText || !parent.type.allowsMarkType(link)) return null;
  const first = Math.max(0, end - MAX_LENGTH);
  const text = parent.textBetween(first, end, undefined, '\ufffc');
  const found = addressesIn(text).at(-1);
  // What follows the address may end a sentence, and is no space.
  if (!found || /\s/.test(text.slice(found.to))) return null;
  const start = $head.start() + first;
  const [from, to] = [start + found.from, start + found.to];
  if (tr.doc.rangeHasMark(from, to, link) || tr.doc.rangeHasMark(from, to, code)) return null;
  return asOwnStep(tr.addMark(from, to, link.create({ href: found.href })).removeStoredMark(link));
}

export function typedLinks(): Plugin {
  return new Plugin({
    props: {
      handleTextInput: (view, _from, _to, text, deflt) => {
        if (text !== ' ' || view.composing) return false;
        const before = linkBefore(view.state, 0);
        if (!before) return false;
        view.dispatch(deflt());
        const made = linkBefore(view.state, 1);
        if (made) view.dispatch(made);
        return true;
      },
      handleKeyDown: (view, event) => {
        const made = event.key === 'Enter' && !view.composing ? linkBefore(view.state, 0) : null;
        if (made) view.dispatch(made);
        return false;
      },
      transformPasted: (slice, view, isPlain) =>
        isPlain && !view.state.selection.$from.parent.type.spec.code
          ? new Slice(withLinks(slice.content), slice.openStart, slice.openEnd)
          : slice,
    },
  });
}

/** With links for the addresses in its text, but for what is code. */
export function withLinks(content: Fragment): Fragment {
  return Fragment.fromArray(
    content.content.flatMap((node) => {
      if (!node.isText) return node.type.spec.code ? node : node.copy(withLinks(node.content));
      return link.isInSet(node.marks) || code.isInSet(node.marks) ? node : linked(node);
    }),
  );
}

function linked(text: Node): Node[] {
  const pieces: Node[] = [];
  let at = 0;
  for (const { from, to, href } of addressesIn(text.text!)) {
    if (from > at) pieces.push(text.cut(at, from));
    pieces.push(text.cut(from, to).mark(link.create({ href }).addToSet(text.marks)));
    at = to;
  }
  return at === 0 ? [text] : [...pieces, ...(at < text.nodeSize ? [text.cut(at)] : [])];
}

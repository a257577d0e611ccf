// From one state of some content to the other with one replacement for each place between what stays: so that carets and
// decorations stay with what is kept, and with words that moved to a block beside theirs.

import { type Node, Slice } from 'prosemirror-model';
import { ReplaceStep } from 'prosemirror-transform';

/** The same in both contents, in the same order. */
export interface Kept {
  readonly from: number;
  readonly newFrom: number;
  readonly length: number;
}

/**
 * @param before  has the marks and attributes of `after` already where it is kept
 * @param start   where the content of `before` begins in the document
 * @returns       to be taken from the last to the first
 */
export function replacements(before: Node, after: Node, kept: readonly Kept[], start: number): ReplaceStep[] {
  const steps = gapsBetween(kept, before.content.size, after.content.size)
    .map((gap) => narrowed(gap, before, after))
    .filter(({ from, to, newFrom, newTo }) => from < to || newFrom < newTo)
    .map(({ from, to, newFrom, newTo }) => new ReplaceStep(from, to, after.slice(newFrom, newTo)));
  const moved = ({ from, to, slice }: ReplaceStep) => new ReplaceStep(start + from, start + to, slice);
  if (leadsTo(before, steps, after)) return steps.map(moved);
  return [moved(new ReplaceStep(0, before.content.size, new Slice(after.content, 0, 0)))];
}

interface Gap {
  readonly from: number;
  readonly to: number;
  readonly newFrom: number;
  readonly newTo: number;
}

function gapsBetween(kept: readonly Kept[], size: number, newSize: number): Gap[] {
  const gaps: Gap[] = [];
  let [from, newFrom] = [0, 0];
  for (const next of [...kept, { from: size, newFrom: newSize, length: 0 }]) {
    gaps.push({ from, newFrom, to: next.from, newTo: next.newFrom });
    [from, newFrom] = [next.from + next.length, next.newFrom + next.length];
  }
  return gaps;
}

/** Without what is the same at its ends. */
function narrowed({ from, to, newFrom, newTo }: Gap, before: Node, after: Node): Gap {
  while (from < to && newFrom < newTo && isSameToken(before, from, after, newFrom)) {
    from++;
    newFrom++;
  }
  while (from < to && newFrom < newTo && isSameToken(before, to - 1, after, newTo - 1)) {
    to--;
    newTo--;
  }
  return { from, to, newFrom, newTo };
}

/** A token is what one position counts: a unit of text, a leaf, the beginning or the end of a node. */
function isSameToken(a: Node, aAt: number, b: Node, bAt: number): boolean {
  const [left, right] = [tokenAt(a, aAt), tokenAt(b, bAt)];
  if (left.unit !== right.unit || left.isEnd !== right.isEnd) return false;
  if (left.isEnd) return left.node.type === right.node.type;
  return left.node.hasMarkup(right.node.type, right.node.attrs, right.node.marks);
}

interface Token {
  readonly node: Node;
  readonly isEnd: boolean;
  readonly unit: number;
}

function tokenAt(content: Node, position: number): Token {
  const $position = content.resolve(position);
  const { parent, textOffset } = $position;
  const node = parent.maybeChild($position.index());
  if (!node) return { node: parent, isEnd: true, unit: -1 };
  return { node, isEnd: false, unit: node.isText ? node.text!.charCodeAt(textOffset) : -1 };
}

function leadsTo(before: Node, steps: readonly ReplaceStep[], after: Node): boolean {
  let node: Node | null = before;
  for (const step of steps.toReversed()) node = node && step.apply(node).doc;
  return node?.eq(after) === true;
}

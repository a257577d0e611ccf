// A change that came through Yjs as ProseMirror steps: each as small as can be, one for each place that changed, so that
// carets, selections, decorations and menus elsewhere stay where they are.

import { Fragment, type Mark, type Node, Slice } from 'prosemirror-model';
import type { Transaction } from 'prosemirror-state';
import { AddMarkStep, AttrStep, RemoveMarkStep, ReplaceStep, type Step } from 'prosemirror-transform';
import type * as Y from 'yjs';
import type { Change } from './inline-layout.js';
import { takeOver } from './marks-and-attributes.js';
import { type Mirror, sizeOf } from './mirror.js';

/** Steps for one place of the document; they hold in the document before any other place has changed. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  /** To be taken in this order. */
  readonly steps: readonly Step[];
}

export interface Comparison {
  /** How the units of a textblock changed, if that is known. */
  changesIn(y: Y.XmlElement): readonly Change[] | null;
  /** Whether a block is to stay as it is shown for now. */
  isHeld(mirror: Mirror): boolean;
  /** It does, though it has changed. */
  hold(mirror: Mirror): void;
  readonly edits: Edit[];
}

/** Later places first: no step moves one that is still to come. */
export function applyEdits(tr: Transaction, edits: readonly Edit[]): void {
  for (const { steps } of [...edits].reverse()) for (const step of steps) tr.step(step);
}

/**
 * Collects what leads from one state of a block to the other.
 *
 * @param start  where the content of the block begins
 * @returns      the block as it will be shown: `after`, but for what is held
 */
export function compare(before: Mirror, after: Mirror, start: number, comparison: Comparison): Mirror {
  if (before === after) return before;
  const [from, to] = [before.node, after.node];
  takeOver(from, to);
  for (const name of Object.keys(to.attrs)) {
    if (JSON.stringify(from.attrs[name]) === JSON.stringify(to.attrs[name])) continue;
    const at = start - 1;
    comparison.edits.push({ from: at, to: at, steps: [new AttrStep(at, name, to.attrs[name])] });
  }
  if (to.isTextblock) {
    compareInline(from, to, start, comparison.changesIn(after.y as Y.XmlElement), comparison.edits);
    return after;
  }
  if (before.kids.length === 0 || after.kids.length === 0) {
    replace(from, from.children, to.children, start, comparison.edits);
    return after;
  }
  return { ...after, kids: compareKids(before, after, start, comparison) };
}

function compareKids(before: Mirror, after: Mirror, start: number, comparison: Comparison): Mirror[] {
  const [olds, news] = [before.kids, after.kids];
  const isHeldPair = (old: Mirror | undefined, next: Mirror | undefined): boolean =>
    old !== undefined && old.y === next?.y && comparison.isHeld(old);
  let [i, end, newEnd] = [0, olds.length, news.length];
  while (i < end && i < newEnd && olds[i] === news[i]) i++;
  while (end > i && newEnd > i && olds[end - 1] === news[newEnd - 1]) {
    end--;
    newEnd--;
  }
  const shown = olds.slice(0, i);
  const staying = new Set(news.slice(i, newEnd).map(({ y }) => y));
  let at = start + sizeOf(olds, i);
  let j = i;
  while (i < end || j < newEnd) {
    if (olds[i] === news[j] && i < end) {
      at += olds[i]!.node.nodeSize;
      shown.push(olds[i]!);
      i++;
      j++;
      continue;
    }
    if (isHeldPair(olds[i], news[j])) {
      comparison.hold(olds[i]!);
      at += olds[i]!.node.nodeSize;
      shown.push(olds[i]!);
      i++;
      j++;
      continue;
    }
    // Up to the next block that is as it was, or is shown so.
    const [firstOld, firstNew] = [i, j];
    let isPaired = true;
    while (i < end || j < newEnd) {
      const [old, next] = [i < end ? olds[i] : undefined, j < newEnd ? news[j] : undefined];
      if (old !== undefined && (old === next || isHeldPair(old, next))) break;
      const isPair = old !== undefined && next !== undefined && old.y === next.y && old.node.type === next.node.type;
      isPaired &&= isPair;
      if (old !== undefined && next !== undefined && old.y === next.y) {
        i++;
        j++;
      } else if (next === undefined || (old !== undefined && !staying.has(old.y))) i++;
      else j++;
    }
    const [run, newRun] = [olds.slice(firstOld, i), news.slice(firstNew, j)];
    const size = sizeOf(run, run.length);
    if (isPaired) {
      let kidAt = at;
      run.forEach((old, index) => {
        shown.push(compare(old, newRun[index]!, kidAt + 1, comparison));
        kidAt += old.node.nodeSize;
      });
    } else {
      shown.push(...compareRuns(before.node, run, newRun, at, comparison));
    }
    at += size;
  }
  return [...shown, ...olds.slice(end)];
}

/** Blocks came and went; of those that hold blocks some may have stayed, and carets in them stay too. */
function compareRuns(
  parent: Node,
  olds: readonly Mirror[],
  news: readonly Mirror[],
  start: number,
  comparison: Comparison,
): Mirror[] {
  const shown: Mirror[] = [];
  let [at, from, newFrom] = [start, 0, 0];
  const replaceUntil = (to: number, newTo: number): void => {
    const [run, newRun] = [olds.slice(from, to), news.slice(newFrom, newTo)];
    // Splits and joins show as what they are only when they are looked at together.
    for (const old of run) {
      const next = newRun.find(({ y }) => y === old.y);
      if (next) takeOver(old.node, next.node);
    }
    replace(parent, nodesOf(run), nodesOf(newRun), at, comparison.edits);
    shown.push(...newRun);
    at += sizeOf(run, run.length);
  };
  olds.forEach((old, index) => {
    if (old.node.isTextblock || old.kids.length === 0) return;
    const stayed = ({ y, node }: Mirror, at: number) => at >= newFrom && y === old.y && node.type === old.node.type;
    const newIndex = news.findIndex(stayed);
    if (newIndex < 0) return;
    replaceUntil(index, newIndex);
    shown.push(compare(old, news[newIndex]!, at + 1, comparison));
    at += old.node.nodeSize;
    [from, newFrom] = [index + 1, newIndex + 1];
  });
  replaceUntil(olds.length, news.length);
  return shown;
}

const nodesOf = (mirrors: readonly Mirror[]): Node[] => mirrors.map(({ node }) => node);

/** One replacement, from where children of the parent begin to differ to where they end to. */
function replace(parent: Node, olds: readonly Node[], news: readonly Node[], at: number, edits: Edit[]): void {
  const [before, after] = [parent.type.create(parent.attrs, olds), parent.type.create(parent.attrs, news)];
  const start = before.content.findDiffStart(after.content);
  if (start === null) return;
  const { a, b } = before.content.findDiffEnd(after.content)!;
  // In "aa" -> "aaa" the ends found from both sides pass each other; both move right until they do not.
  const overlap = Math.max(0, start - Math.min(a, b));
  const slice = after.slice(start, b + overlap);
  const result = new ReplaceStep(start, a + overlap, slice).apply(before);
  const isRight = result.doc?.eq(after) === true;
  const [from, to] = isRight ? [at + start, at + a + overlap] : [at, at + before.content.size];
  edits.push({ from, to, steps: [new ReplaceStep(from, to, isRight ? slice : new Slice(after.content, 0, 0))] });
}

function compareInline(before: Node, after: Node, start: number, known: readonly Change[] | null, edits: Edit[]): void {
  const changes = known !== null && fits(before, after, known) ? known : guess(before, after);
  let [offset, newOffset] = [0, 0];
  for (let index = 0; index < changes.length; ) {
    const { kind, length } = changes[index]!;
    if (kind === 'kept') {
      compareKept(before, after, offset, newOffset, length, start, edits);
      offset += length;
      newOffset += length;
      index++;
      continue;
    }
    let [gone, added] = [0, 0];
    for (; index < changes.length && changes[index]!.kind !== 'kept'; index++) {
      const change = changes[index]!;
      if (change.kind === 'gone') gone += change.length;
      else added += change.length;
    }
    const [from, to] = [start + offset, start + offset + gone];
    const slice = new Slice(after.content.cut(newOffset, newOffset + added), 0, 0);
    const isSame = before.content.cut(offset, offset + gone).eq(slice.content);
    if (!isSame) edits.push({ from, to, steps: [new ReplaceStep(from, to, slice)] });
    offset += gone;
    newOffset += added;
  }
}

function fits(before: Node, after: Node, changes: readonly Change[]): boolean {
  const total = (kind: Change['kind']): number =>
    changes.reduce((sum, change) => sum + (change.kind === 'kept' || change.kind === kind ? change.length : 0), 0);
  if (total('gone') !== before.content.size || total('added') !== after.content.size) return false;
  let [offset, newOffset] = [0, 0];
  for (const { kind, length } of changes) {
    if (kind === 'kept' && unitsOf(before, offset, length) !== unitsOf(after, newOffset, length)) return false;
    if (kind !== 'added') offset += length;
    if (kind !== 'gone') newOffset += length;
  }
  return true;
}

const unitsOf = (block: Node, offset: number, length: number): string =>
  block.textBetween(offset, offset + length, '', '\ufffc');

function guess(before: Node, after: Node): Change[] {
  const [a, b] = [unitsOf(before, 0, before.content.size), unitsOf(after, 0, after.content.size)];
  const least = Math.min(a.length, b.length);
  let start = 0;
  while (start < least && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  let same = 0;
  while (same < least - start && a.charCodeAt(a.length - 1 - same) === b.charCodeAt(b.length - 1 - same)) same++;
  return [
    { kind: 'kept', length: start },
    { kind: 'gone', length: a.length - start - same },
    { kind: 'added', length: b.length - start - same },
    { kind: 'kept', length: same },
  ].filter(({ length }) => length > 0) as Change[];
}

/** The same units: their marks may differ, and the attributes of nodes among them. */
function compareKept(
  before: Node,
  after: Node,
  offset: number,
  newOffset: number,
  length: number,
  start: number,
  edits: Edit[],
): void {
  if (length === 0) return;
  const news = piecesOf(after, newOffset, length);
  let index = 0;
  for (const old of piecesOf(before, offset, length)) {
    for (let at = old.from; at < old.to; ) {
      while (news[index]!.to <= at) index++;
      const next = news[index]!;
      const to = Math.min(old.to, next.to);
      const position = start + offset + at;
      const steps = stepsFor(old.node, next.node, position, start + offset + to);
      if (steps.length > 0) edits.push({ from: position, to: start + offset + to, steps });
      at = to;
    }
  }
}

interface Piece {
  readonly node: Node;
  readonly from: number;
  readonly to: number;
}

function piecesOf(block: Node, offset: number, length: number): Piece[] {
  const pieces: Piece[] = [];
  block.content.nodesBetween(offset, offset + length, (node, at) => {
    pieces.push({
      node,
      from: Math.max(0, at - offset),
      to: Math.min(length, at + node.nodeSize - offset),
    });
  });
  return pieces;
}

function stepsFor(old: Node, next: Node, from: number, to: number): Step[] {
  if (!old.isText || !next.isText) {
    const isSame = old.isText === next.isText && old.hasMarkup(next.type, next.attrs, next.marks);
    return isSame ? [] : [new ReplaceStep(from, to, new Slice(Fragment.from(next), 0, 0))];
  }
  if (old.marks === next.marks) return [];
  const isIn = (mark: Mark, set: readonly Mark[]): boolean => set.some((other) => other.eq(mark));
  return [
    ...old.marks.filter((mark) => !isIn(mark, next.marks)).map((mark) => new RemoveMarkStep(from, to, mark)),
    ...next.marks.filter((mark) => !isIn(mark, old.marks)).map((mark) => new AddMarkStep(from, to, mark)),
  ];
}

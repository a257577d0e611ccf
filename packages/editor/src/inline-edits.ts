// What became of the content of a textblock: which of its units stay, and the steps that give those their new marks.

import { Fragment, Mark, type Node, Slice } from 'prosemirror-model';
import { AddMarkStep, AttrStep, RemoveMarkStep, ReplaceStep, type Step } from 'prosemirror-transform';
import type { Change } from './inline-layout.js';
import { keepsTheSame } from './marks-and-attributes.js';
import type { Kept } from './replacements.js';

/** @param known  by Yjs, if it knows */
export function changesOf(before: Node, after: Node, known: readonly Change[] | null): readonly Change[] {
  return known !== null && fits(before, after, known) ? known : guess(before, after);
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

/** The units that stay. */
export function keptOf(changes: readonly Change[]): Kept[] {
  const kept: Kept[] = [];
  let [from, newFrom] = [0, 0];
  for (const { kind, length } of changes) {
    if (kind === 'kept') kept.push({ from, newFrom, length });
    if (kind !== 'added') from += length;
    if (kind !== 'gone') newFrom += length;
  }
  return kept;
}

/** The block before, but with what stays as it is after. */
export function settledContent(before: Node, after: Node, changes: readonly Change[]): Node {
  let content = Fragment.empty;
  let [from, newFrom] = [0, 0];
  for (const { kind, length } of changes) {
    if (kind === 'kept') content = content.append(after.content.cut(newFrom, newFrom + length));
    if (kind === 'gone') content = content.append(before.content.cut(from, from + length));
    if (kind !== 'added') from += length;
    if (kind !== 'gone') newFrom += length;
  }
  return after.copy(content);
}

/**
 * What stays may have other marks, and nodes among it other attributes. No step moves anything.
 *
 * @param start  where the content of the block begins
 */
export function markSteps(before: Node, after: Node, changes: readonly Change[], start: number): Step[] {
  return keptOf(changes).flatMap(({ from, newFrom, length }) => {
    const steps: Step[] = [];
    const news = piecesOf(after, newFrom, length);
    let index = 0;
    for (const old of piecesOf(before, from, length)) {
      for (let at = old.from; at < old.to; ) {
        while (news[index]!.to <= at) index++;
        const next = news[index]!;
        const to = Math.min(old.to, next.to);
        steps.push(...stepsFor(old.node, next.node, start + from + at, start + from + to).reverse());
        at = to;
      }
    }
    return steps;
  });
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
    // What is shown at the node stays there.
    if (old.type === next.type && Mark.sameSet(old.marks, next.marks)) return attributeSteps(old, next, from);
    return [new ReplaceStep(from, to, new Slice(Fragment.from(next), 0, 0))];
  }
  if (old.marks === next.marks) return [];
  const isIn = (mark: Mark, set: readonly Mark[]): boolean => set.some((other) => other.eq(mark));
  return [
    ...old.marks.filter((mark) => !isIn(mark, next.marks)).map((mark) => new RemoveMarkStep(from, to, mark)),
    ...next.marks.filter((mark) => !isIn(mark, old.marks)).map((mark) => new AddMarkStep(from, to, mark)),
  ];
}

/** Between two nodes of one type. @param position  before the node */
export function attributeSteps(before: Node, after: Node, position: number): Step[] {
  const steps = Object.entries(after.attrs)
    .filter(([name, value]) => JSON.stringify(before.attrs[name]) !== JSON.stringify(value))
    .map(([name, value]) => new AttrStep(position, name, value));
  if (steps.length > 0 || keepsTheSame(before, after)) return steps;
  // It changes nothing, but gives the node attributes of its own, beside which those are kept that are unknown: both halves
  // of what was divided have the same object for them.
  const [name = '', value = null] = Object.entries(after.attrs)[0] ?? [];
  return [new AttrStep(position, name, value)];
}

// A change that came through Yjs as ProseMirror steps: each as small as can be, one for each place that changed, so that
// carets, selections, decorations and menus elsewhere stay where they are.

import type { Node } from 'prosemirror-model';
import type { Step } from 'prosemirror-transform';
import type * as Y from 'yjs';
import { attributeSteps, changesOf, keptOf, markSteps, settledContent } from './inline-edits.js';
import type { Change } from './inline-layout.js';
import { type Mirror, sizeOf } from './mirror.js';
import { type Kept, replacements } from './replacements.js';

export interface Comparison {
  /** How the units of a textblock changed, if that is known. */
  changesIn(y: Y.XmlElement): readonly Change[] | null;
  /** Whether a block is to stay as it is shown for now. */
  isHeld(mirror: Mirror): boolean;
  /** It does, though it has changed. */
  hold(mirror: Mirror): void;
  /** To be taken from the last to the first: those that move nothing before those that do, later places before earlier ones. */
  readonly steps: Step[];
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
  const { steps } = comparison;
  if (to.isTextblock) {
    const changes = changesOf(from, to, comparison.changesIn(after.y as Y.XmlElement));
    steps.push(...replacements(settledContent(from, to, changes), to, keptOf(changes), start));
    steps.push(...markSteps(from, to, changes, start));
  } else if (before.kids.length === 0 || after.kids.length === 0) {
    steps.push(...replacements(to.copy(from.content), to, [], start));
  }
  steps.push(...attributeSteps(from, to, start - 1));
  if (before.kids.length === 0 || after.kids.length === 0) return after;
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
    compareRun(parent, run, newRun, at, comparison);
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

/** Splits and joins show as what they are only when blocks are looked at together. What Yjs kept of them stays. */
function compareRun(
  parent: Node,
  olds: readonly Mirror[],
  news: readonly Mirror[],
  start: number,
  { steps, changesIn }: Comparison,
): void {
  const kept: Kept[] = [];
  const inPlace: Step[] = [];
  let at = 0;
  const settled = olds.map(({ y, node }) => {
    const from = at;
    at += node.nodeSize;
    const index = news.findIndex((other) => other.y === y);
    const next = news[index]?.node;
    if (!next) return node;
    if (next.type !== node.type) return node;
    const newFrom = sizeOf(news, index);
    inPlace.push(...attributeSteps(node, next, start + from));
    if (node.isLeaf) kept.push({ from, newFrom, length: 1 });
    if (!node.isTextblock) return next.copy(node.content);
    const changes = changesOf(node, next, changesIn(y as Y.XmlElement));
    inPlace.push(...markSteps(node, next, changes, start + from + 1));
    for (const unit of keptOf(changes)) {
      kept.push({ from: from + 1 + unit.from, newFrom: newFrom + 1 + unit.newFrom, length: unit.length });
    }
    return settledContent(node, next, changes);
  });
  const [before, after] = [parent.type.create(parent.attrs, settled), parent.type.create(parent.attrs, nodesOf(news))];
  steps.push(...replacements(before, after, kept, start), ...inPlace);
}

const nodesOf = (mirrors: readonly Mirror[]): Node[] => mirrors.map(({ node }) => node);

// Text put in many places as one step. A step for each would copy the list of blocks as often as there are places; and one that
// replaces everything from the first to the last would move the carets of others. The content of no place reaches over a block.

import { Fragment, type Node, Slice } from 'prosemirror-model';
import { type Mappable, ReplaceStep, Step, StepMap, StepResult } from 'prosemirror-transform';

export interface Replacement {
  readonly from: number;
  /** In the same textblock. */
  readonly to: number;
  /** What may stand there. */
  readonly content: Fragment;
}

export class ReplaceManyStep extends Step {
  readonly replacements: readonly Replacement[];

  /** @param replacements  in order, without overlaps */
  constructor(replacements: readonly Replacement[]) {
    super();
    this.replacements = replacements;
  }

  apply(doc: Node): StepResult {
    const due = new Due(this.replacements);
    const result = rebuilt(doc, 0, due);
    return due.next === null ? StepResult.ok(result) : StepResult.fail('A place is in no block of text.');
  }

  override getMap(): StepMap {
    return new StepMap(this.replacements.flatMap(({ from, to, content }) => [from, to - from, content.size]));
  }

  invert(doc: Node): ReplaceManyStep {
    const map = this.getMap();
    return new ReplaceManyStep(
      this.replacements.map(({ from, to, content }) => {
        const at = map.map(from, -1);
        return { from: at, to: at + content.size, content: doc.slice(from, to).content };
      }),
    );
  }

  map(mapping: Mappable): ReplaceManyStep | null {
    const left = this.replacements.flatMap(({ from, to, content }) => {
      const [start, end] = [mapping.mapResult(from, 1), mapping.mapResult(to, -1)];
      return start.deletedAcross && end.deletedAcross
        ? []
        : [{ from: start.pos, to: Math.max(start.pos, end.pos), content }];
    });
    return left.length > 0 ? new ReplaceManyStep(left) : null;
  }

  toJSON(): object {
    const replacements = this.replacements.map(({ from, to, content }) => ({
      from,
      to,
      slice: new Slice(content, 0, 0).toJSON(),
    }));
    return { stepType: 'weft-replace-many', replacements };
  }
}

/** Fewer cost less one by one. */
const MANY = 50;

/** @param steps  each of them leaves alone what stands before it: from the last place to the first */
export function asFewSteps(steps: readonly Step[], doc: Node): readonly Step[] {
  if (steps.length < MANY) return steps;
  const replacements: Replacement[] = [];
  for (const step of steps) {
    if (!(step instanceof ReplaceStep)) return steps;
    const { from, to, slice } = step;
    const isInline = slice.openStart + slice.openEnd === 0 && slice.content.content.every((node) => node.isInline);
    const next = replacements.at(-1);
    if (!isInline || (next && to > next.from)) return steps;
    replacements.push({ from, to, content: slice.content });
  }
  const one = new ReplaceManyStep(replacements.reverse());
  return one.apply(doc).doc ? [one] : steps;
}

/** Those that are still to be done. */
class Due {
  readonly #all: readonly Replacement[];
  #index = 0;

  constructor(all: readonly Replacement[]) {
    this.#all = all;
  }

  get next(): Replacement | null {
    return this.#all[this.#index] ?? null;
  }

  done(): void {
    this.#index++;
  }
}

/** @param start  where the content of the node begins */
function rebuilt(node: Node, start: number, due: Due): Node {
  if (node.inlineContent) return node.copy(rewritten(node.content, start, due));
  const children: Node[] = [];
  let at = start;
  for (const child of node.children) {
    const end = at + child.nodeSize;
    children.push(due.next !== null && due.next.from < end ? rebuilt(child, at + 1, due) : child);
    at = end;
  }
  return node.copy(Fragment.fromArray(children));
}

function rewritten(content: Fragment, start: number, due: Due): Fragment {
  const pieces: Node[] = [];
  let at = 0;
  const end = start + content.size;
  for (let { next } = due; next !== null && next.from >= start && next.to <= end; { next } = due) {
    pieces.push(...content.cut(at, next.from - start).content, ...next.content.content);
    at = next.to - start;
    due.done();
  }
  return Fragment.fromArray([...pieces, ...content.cut(at).content]);
}

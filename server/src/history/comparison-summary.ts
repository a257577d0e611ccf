// What a comparison is summed up to: blocks that were moved, who did how much, and the steps from change to change.

import type { ComparedBlock, ComparedPart, ComparedRun, Edit, PersonCounts, Step } from './comparison.js';

/**
 * An editor that moves a block, or makes a heading of a paragraph, deletes it and makes another. Where the text is the same to the
 * letter, the two are told to be one; of several alike, in their order.
 */
export function findMoves(blocks: readonly ComparedBlock[]): void {
  const gone = new Map<string, number[]>();
  for (const [place, block] of blocks.entries()) {
    if (block.change !== 'deleted') continue;
    const text = textOf(block, 'deleted');
    if (text === '') continue;
    const places = gone.get(text);
    if (places) places.push(place);
    else gone.set(text, [place]);
  }
  if (gone.size === 0) return;
  for (const [place, block] of blocks.entries()) {
    if (block.change !== 'inserted') continue;
    const from = gone.get(textOf(block, 'inserted'))?.shift();
    if (from === undefined) continue;
    block.movedFrom = from;
    blocks[from]!.movedTo = place;
  }
}

/** '' when there is nothing in it but space. */
function textOf({ runs = [] }: ComparedBlock, change: 'inserted' | 'deleted'): string {
  const text = runs.map((run) => (run.change === change ? (run.text ?? '') : '')).join('');
  return text.trim();
}

const isMoved = ({ movedFrom, movedTo }: ComparedBlock): boolean => movedFrom !== undefined || movedTo !== undefined;

/** Whoever did anything, or wrote what was brought back, in the order of how much they did. */
export function countPeople(parts: readonly ComparedPart[]): PersonCounts[] {
  const people = new Map<string, PersonCounts>();
  const countsOf = (edit: Edit | undefined): PersonCounts | undefined => edit && countsFor(edit.by);
  const countsFor = (id: string): PersonCounts => {
    let counts = people.get(id);
    if (!counts) {
      counts = { id, inserted: 0, deleted: 0, reformatted: 0, restored: 0, moved: 0, others: 0 };
      people.set(id, counts);
    }
    return counts;
  };
  const other = (edit: Edit | undefined, count = 1): void => {
    const counts = countsOf(edit);
    if (counts) counts.others += count;
  };
  for (const block of parts.flatMap(({ blocks }) => blocks)) {
    // A moved block is one thing that was moved, and counted where it is now.
    if (block.movedTo === undefined) other(block.edit);
    for (const { edit } of block.changed ?? []) other(edit);
    for (const run of block.runs ?? []) {
      const counts = countsOf(run.edit);
      if (!counts || run.change === 'same') continue;
      // Whose text came back is among the people, whatever else they did.
      if (run.writtenBy !== undefined) countsFor(run.writtenBy);
      const { text, values } = run;
      if (text === undefined) counts.others += values?.length ?? 1;
      else if (run.writtenBy !== undefined) counts.restored += charactersOf(text);
      else if (!isMoved(block)) counts[run.change] += charactersOf(text);
      else if (block.movedFrom !== undefined) counts.moved += charactersOf(text);
    }
  }
  const amount = (one: PersonCounts): number =>
    one.inserted + one.deleted + one.reformatted + one.restored + one.moved + one.others;
  return [...people.values()].sort((a, b) => amount(b) - amount(a) || (a.id < b.id ? -1 : 1));
}

/** Code points. */
function charactersOf(text: string): number {
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    const isPair = (text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800;
    if (isPair) count -= 1;
  }
  return count;
}

type Draft = { -readonly [Key in keyof Step]: Step[Key] };

/** In the order of the document. Blocks that follow each other and went the same way by the same person are one step. */
export function stepsThrough(parts: readonly ComparedPart[]): Step[] {
  const steps: Draft[] = [];
  for (const [part, { blocks }] of parts.entries()) {
    for (const [place, block] of blocks.entries()) {
      const whole = block.change !== 'same' && block.edit ? blockStep(part, place, block, block.edit) : null;
      if (whole) {
        const last = steps.at(-1);
        if (last && goesOn(last, whole)) last.blocks += 1;
        else steps.push(whole);
      }
      const changed = block.changed?.find(({ edit }) => edit !== undefined)?.edit;
      if (changed) steps.push({ part, block: place, blocks: 1, kind: 'changed', edit: changed });
      addRunSteps(steps, part, place, block);
    }
  }
  return steps;
}

const blockStep = (part: number, place: number, block: ComparedBlock, edit: Edit): Draft => ({
  part,
  block: place,
  blocks: 1,
  kind: isMoved(block) ? 'moved' : block.change === 'deleted' ? 'deleted' : 'inserted',
  edit,
});

const goesOn = (last: Draft, { part, block, kind, edit }: Draft): boolean =>
  last.run === undefined &&
  last.part === part &&
  last.block + last.blocks === block &&
  last.kind === kind &&
  last.edit.by === edit.by;

/** What a person did to neighbouring runs is one step: a word that took another's place. What went with its block is none. */
function addRunSteps(steps: Draft[], part: number, place: number, { change, runs = [] }: ComparedBlock): void {
  let open: Draft | null = null;
  for (const [index, run] of runs.entries()) {
    const { edit } = run;
    if (edit === undefined || run.change === change) {
      open = null;
      continue;
    }
    const kind = kindOf(run);
    if (open && open.edit.by === edit.by) {
      open.runs = index - open.run! + 1;
      if (open.kind !== kind) open.kind = 'changed';
      if (edit.seq > open.edit.seq) open.edit = edit;
      continue;
    }
    open = { part, block: place, blocks: 1, run: index, runs: 1, kind, edit };
    steps.push(open);
  }
}

const kindOf = ({ change }: ComparedRun): Step['kind'] =>
  change === 'inserted' || change === 'deleted' ? change : 'changed';

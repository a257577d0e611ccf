// What of a comparison can be brought back alone: a block that is not what it was, an item of a list, and under a heading its section.
// What was moved is somewhere else, and what was added was not there.

import type { ComparedBlock } from '@weft/editor/changes';

/** Some blocks of the earlier moment that come back together. */
export interface PastPart {
  /** Their ids, as a restore is asked for them. */
  readonly blocks: readonly string[];
  /** A heading with what stood under it. */
  readonly isSection: boolean;
  /** How it began; '' for what has no text. */
  readonly words: string;
}

/** As many as a restore takes. */
const MAX_BLOCKS = 1000;
const MAX_WORDS = 60;

/** By the place of the block at which each is offered. */
export function partsIn(blocks: readonly ComparedBlock[]): ReadonlyMap<number, PastPart> {
  const parts = new Map<number, PastPart>();
  const offer = (place: number): void => {
    const { type, change, changed } = blocks[place]!;
    const places = type === 'heading' ? sectionAt(blocks, place) : [place];
    if (!wasThere(blocks[place]!) || !places.some((one) => differs(blocks, one))) return;
    if (type.endsWith('_list') && change === 'same' && !changed) {
      for (const item of childrenOf(blocks, place)) offer(item);
      return;
    }
    if (places.length > MAX_BLOCKS) return;
    const ids = places.map((one) => blocks[one]!.id!);
    parts.set(place, { blocks: ids, isSection: ids.length > 1, words: wordsOf(blocks, place) });
  };
  for (const [place, { depth }] of blocks.entries()) if (depth === 0) offer(place);
  return parts;
}

/** It was there at the earlier moment, and is nowhere else now. */
const wasThere = ({ id, change, movedTo }: ComparedBlock): boolean =>
  id !== undefined && change !== 'inserted' && movedTo === undefined;

/** A heading, and what stood between it and the next of its level or above. */
function sectionAt(blocks: readonly ComparedBlock[], heading: number): number[] {
  const places = [heading];
  for (let place = endOf(blocks, heading); place < blocks.length; place = endOf(blocks, place)) {
    const block = blocks[place]!;
    if (block.change === 'inserted') continue;
    if (block.type === 'heading' && levelBefore(block) <= levelBefore(blocks[heading]!)) break;
    if (wasThere(block)) places.push(place);
  }
  return places;
}

function levelBefore({ attributes, changed = [] }: ComparedBlock): number {
  const other = changed.find(({ name }) => name === 'level');
  return Number(other ? other.before : attributes?.level) || 1;
}

/** Whether a block, or anything in it, is not what it was. */
function differs(blocks: readonly ComparedBlock[], place: number): boolean {
  return blocks
    .slice(place, endOf(blocks, place))
    .some(
      ({ change, changed, runs = [] }) => change !== 'same' || changed || runs.some((run) => run.change !== 'same'),
    );
}

/** The place after a block and what is in it. */
function endOf(blocks: readonly ComparedBlock[], place: number): number {
  let end = place + 1;
  while (end < blocks.length && blocks[end]!.depth > blocks[place]!.depth) end += 1;
  return end;
}

function childrenOf(blocks: readonly ComparedBlock[], place: number): number[] {
  const children: number[] = [];
  for (let child = place + 1; child < endOf(blocks, place); child = endOf(blocks, child)) children.push(child);
  return children;
}

function wordsOf(blocks: readonly ComparedBlock[], place: number): string {
  let words = '';
  for (const { runs = [] } of blocks.slice(place, endOf(blocks, place))) {
    for (const { change, text = '' } of runs) if (change !== 'inserted') words += text;
    if (words.trim() !== '') break;
  }
  const letters = [...words.trim().slice(0, MAX_WORDS * 2 + 2)];
  return letters.length > MAX_WORDS ? `${letters.slice(0, MAX_WORDS).join('')}…` : letters.join('');
}

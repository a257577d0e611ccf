// The runs of one block while it is read: pieces of text that follow each other, had the same fate and look alike become
// one. Marks are followed at both moments at once, and with them who changed them.

import type { Life } from './authors.js';
import { NEVER } from './authors.js';
import type { ComparedRun, Edit, RunChange, Values } from './comparison.js';

/** Edits further apart than this are shown each by itself, for what one person did one after the other is one change. */
const SAME_CHANGE_MS = 10 * 60_000;

export type EditAt = (place: number) => Edit | undefined;

/** What became of something between the two moments, and the place of the entry that did it; null: it was at neither. */
export function changeOf({ inserted, deleted }: Life): { readonly change: RunChange; readonly place: number } | null {
  if (inserted === 0) {
    if (deleted === NEVER) return { change: 'same', place: 0 };
    return deleted === 0 ? null : { change: 'deleted', place: deleted };
  }
  return deleted === NEVER ? { change: 'inserted', place: inserted } : null;
}

interface Mark {
  readonly value: unknown;
  readonly life: Life;
}

/** The marks in force while one text is read. */
export class MarksInForce {
  readonly #before = new Map<string, Mark>();
  readonly #after = new Map<string, Mark>();
  #now: Looks | null = null;

  set(key: string, value: unknown, life: Life): void {
    if (life.inserted === 0 && life.deleted > 0) this.#before.set(key, { value, life });
    if (life.deleted === NEVER) this.#after.set(key, { value, life });
    this.#now = null;
  }

  get now(): Looks {
    this.#now ??= this.#look();
    return this.#now;
  }

  #look(): Looks {
    const before = valuesOf(this.#before);
    const after = valuesOf(this.#after);
    let place = 0;
    for (const key of new Set([...this.#before.keys(), ...this.#after.keys()])) {
      if (isAlike(this.#before.get(key)?.value ?? null, this.#after.get(key)?.value ?? null)) continue;
      // Whoever set what holds now, or took away what held before.
      const since = this.#after.get(key)?.life.inserted ?? 0;
      const until = this.#before.get(key)?.life.deleted ?? NEVER;
      place = Math.max(place, since > 0 ? since : until === NEVER ? 0 : until);
    }
    return { before, after, beforeKey: keyOf(before), afterKey: keyOf(after), place };
  }
}

interface Looks {
  readonly before: Values | undefined;
  readonly after: Values | undefined;
  /** Equal for equal marks. */
  readonly beforeKey: string;
  readonly afterKey: string;
  /** Of the newest entry that made a difference between both; 0 when there is none. */
  readonly place: number;
}

function valuesOf(marks: ReadonlyMap<string, Mark>): Values | undefined {
  const set = [...marks].filter(([, { value }]) => value !== null && value !== undefined);
  return set.length === 0
    ? undefined
    : Object.fromEntries(set.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, { value }]) => [key, value]));
}

const keyOf = (values: Values | undefined): string => (values === undefined ? '' : JSON.stringify(values));

export const isAlike = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

export class RunCollector {
  readonly runs: ComparedRun[] = [];
  readonly #editAt: EditAt;
  /** What the last run has to be alike in for text to be added to it; '' when nothing can be. */
  #lastKey = '';

  constructor(editAt: EditAt) {
    this.#editAt = editAt;
  }

  /**
   * @param looks those of the place where it stands
   * @param writer whose it is, when it was brought back
   */
  addText(text: string, life: Life, looks: Looks, writer?: string): void {
    const found = this.#found(life, looks);
    if (found === null || text === '') return;
    const { change, edit, marks } = found;
    const writtenBy = change === 'inserted' ? writer : undefined;
    const key = [change, edit?.by, writtenBy, marks.key].join('\n');
    const last = this.runs.at(-1);
    if (last?.text !== undefined && key === this.#lastKey && areNear(last.edit, edit)) {
      last.text += text;
      if (edit && edit.seq > last.edit!.seq) last.edit = edit;
      return;
    }
    this.runs.push({
      text,
      change,
      ...(edit && { edit }),
      ...(writtenBy !== undefined && { writtenBy }),
      ...marks.shown,
    });
    this.#lastKey = key;
  }

  addThing(thing: Pick<ComparedRun, 'embed' | 'values'>, life: Life, looks: Looks): void {
    const found = this.#found(life, looks);
    if (found === null) return;
    this.add({ ...thing, change: found.change, ...(found.edit && { edit: found.edit }), ...found.marks.shown });
  }

  add(run: ComparedRun): void {
    this.runs.push(run);
    this.#lastKey = '';
  }

  #found(life: Life, looks: Looks) {
    const found = changeOf(life);
    if (found === null) return null;
    if (found.change !== 'same') {
      const isGone = found.change === 'deleted';
      const marks = isGone ? looks.before : looks.after;
      const shown = marks && { marks };
      return {
        change: found.change,
        edit: this.#editAt(found.place),
        marks: { shown, key: isGone ? looks.beforeKey : looks.afterKey },
      };
    }
    const { before, after, beforeKey, afterKey, place } = looks;
    if (beforeKey === afterKey)
      return { change: found.change, edit: undefined, marks: { shown: after && { marks: after }, key: afterKey } };
    const shown = { ...(after && { marks: after }), marksBefore: before ?? {} };
    return {
      change: 'reformatted' as const,
      edit: this.#editAt(place),
      marks: { shown, key: `${beforeKey}\n${afterKey}` },
    };
  }
}

const areNear = (a: Edit | undefined, b: Edit | undefined): boolean =>
  a === undefined || b === undefined ? a === b : Math.abs(a.atMs - b.atMs) <= SAME_CHANGE_MS;

// Which moment the page of a document's past looks at, and what it compares it with: as its address says it, so that it can be
// sent to somebody, and one can go back.

import type { Moment, Version } from './past-api.js';

/** What is looked at: a version by its id, a time, or now. */
export type LookedAt =
  | { readonly kind: 'now' }
  | { readonly kind: 'version'; readonly id: string }
  | { readonly kind: 'time'; readonly atMs: number };

/** The version before it, what is there now, the beginning, or when one was here last. */
export const COMPARED_WITH = ['before', 'now', 'beginning', 'visit'] as const;
export type ComparedWith = (typeof COMPARED_WITH)[number];

export interface Looking {
  readonly at: LookedAt;
  readonly against: ComparedWith;
}

/** @param isVisitKnown  it is known when one was here last @param search  of the address */
export function readLooking(search: string, isVisitKnown: boolean): Looking {
  const asked = new URLSearchParams(search);
  const at = readAt(asked.get('at') ?? '');
  const wanted = COMPARED_WITH.find((known) => known === asked.get('with')) ?? null;
  return { at, against: againstFor(at, wanted === 'visit' && !isVisitKnown ? null : wanted) };
}

/** What was wanted, where it makes sense. */
export const againstFor = (at: LookedAt, wanted: ComparedWith | null): ComparedWith =>
  wanted !== null && isOffered(at, wanted) ? wanted : firstChoice(at);

/** Whether the document's life is played. */
export const isPlayed = (search: string): boolean => new URLSearchParams(search).has('play');
export const PLAYED = '?play';

/** What follows the path. */
export function writeLooking({ at, against }: Looking): string {
  const asked = new URLSearchParams();
  if (at.kind === 'version') asked.set('at', at.id);
  if (at.kind === 'time') asked.set('at', new Date(at.atMs).toISOString());
  if (against !== firstChoice(at)) asked.set('with', against);
  return asked.size === 0 ? '' : `?${asked}`;
}

const offered: Readonly<Record<LookedAt['kind'], readonly ComparedWith[]>> = {
  now: ['before', 'beginning', 'visit'],
  version: ['before', 'now', 'beginning'],
  time: ['now', 'beginning'],
};

/** Whether it makes sense to compare a moment with that. */
export const isOffered = ({ kind }: LookedAt, against: ComparedWith): boolean => offered[kind].includes(against);

/** A time stands between two versions: what happened since says more. */
const firstChoice = ({ kind }: LookedAt): ComparedWith => (kind === 'time' ? 'now' : 'before');

/** As it is written here, with more or fewer digits. */
const A_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/;

function readAt(text: string): LookedAt {
  if (/^\d{1,15}-\d{1,2}$/.test(text)) return { kind: 'version', id: text };
  const atMs = A_TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? { kind: 'now' } : { kind: 'time', atMs };
}

/** As the server is asked for it; null: now. */
export function momentOf(at: LookedAt): Moment | null {
  if (at.kind === 'version') return { version: at.id };
  return at.kind === 'time' ? { time: new Date(at.atMs).toISOString() } : null;
}

/** The two moments of a comparison, the earlier one first. Where the past was trimmed it begins with what is left; `to` null: now. */
export interface Compared {
  readonly from: Moment | 'beginning';
  readonly to: Moment | null;
}

/**
 * @param versions  that are known, the newest first
 * @param visitMs   when one was here last; null when that is not known
 * @returns         null when what it needs is not known
 */
export function comparedMoments(
  { at, against }: Looking,
  versions: readonly Version[],
  visitMs: number | null,
): Compared | null {
  const moment = momentOf(at);
  if (against === 'beginning') return { from: 'beginning', to: moment };
  if (against === 'visit')
    return visitMs === null ? null : { from: { time: new Date(visitMs).toISOString() }, to: null };
  if (against === 'now') return moment && { from: moment, to: null };
  if (at.kind === 'now') return { from: versions[0] ? { version: versions[0].id } : 'beginning', to: null };
  const version = at.kind === 'version' ? versions.find(({ id }) => id === at.id) : undefined;
  return version ? { from: { seq: version.sinceSeq }, to: moment } : null;
}

/** On which side of the comparison stands what one looks at. */
export const sideOf = ({ against }: Looking): 'before' | 'after' => (against === 'now' ? 'before' : 'after');

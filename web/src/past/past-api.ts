// The past of a document, asked of the server: its versions, what two moments differ in, and bringing one back (docs/api.md).

import type { ComparedBlock, ComparedStep } from '@weft/editor/changes';
import type { Role } from '@weft/protocol';
import { pathOf, readRole } from '../document/documents-api.js';
import { ask, isObject, notUnderstood, tell, textOr } from '../shell/api.js';

/** Which document, and what opens it besides who one is. */
export interface PastOf {
  readonly document: string;
  /** The secret of a share link; '' without one. */
  readonly link: string;
}

export interface Somebody {
  readonly person: string;
  /** Null where the server does not know it. */
  readonly name: string | null;
}

export interface Version {
  readonly id: string;
  /** The number of the entry that the version before pointed to. */
  readonly sinceSeq: number;
  readonly timeMs: number;
  readonly reason: 'automatic' | 'named' | 'before-restore';
  /** '' unless it was named. */
  readonly name: string;
  readonly people: readonly Somebody[];
  readonly morePeople: number;
  /** Characters; null where they were not counted. */
  readonly inserted: number | null;
  readonly deleted: number | null;
}

export interface VersionsPage {
  readonly versions: readonly Version[];
  /** How many of this page cannot be read. */
  readonly unreadable: number;
  /** What to ask for older ones with; null where there are none. */
  readonly next: string | null;
}

/** A moment as the API names it: the id of a version, the number of an entry, or a time. */
export type Moment = { readonly version: string } | { readonly seq: number } | { readonly time: string };

export interface Doer extends Somebody {
  readonly inserted: number;
  readonly deleted: number;
  /** Whatever else they did: marks, moved and restored text, blocks, pictures. */
  readonly others: number;
}

export interface Comparison {
  /** The entry that the earlier moment is after. */
  readonly fromSeq: number;
  /** When that was written; null before the first. */
  readonly fromMs: number | null;
  /** When the newest entry of the later one was written; null before the first. */
  readonly toMs: number | null;
  readonly people: readonly Doer[];
  /** What could not be told apart, in sentences. */
  readonly warnings: readonly string[];
  /** Of the text of the editor. */
  readonly blocks: readonly ComparedBlock[];
  readonly steps: readonly ComparedStep[];
  /** Null where it is the same at both moments. */
  readonly title: { readonly before: string; readonly after: string } | null;
}

/** A moment that is to come back, or some blocks of one, or a restore that is to be taken back: the number of its entry. */
export type RestoreWish =
  | Moment
  | { readonly seq: number; readonly blocks: readonly string[] }
  | { readonly undo: number };

export interface Restored {
  /** The number of its entry; null where nothing differed. */
  readonly seq: number | null;
}

const TEXT_PART = 'prosemirror';
const META_PART = 'meta';

/** @throws Error with a sentence for people */
export async function readDocument(
  { document, link }: PastOf,
  signal: AbortSignal,
): Promise<{ readonly title: string; readonly role: Role | null }> {
  const { title, role } = await ask(`/api/v1/documents/${pathOf(document)}`, signal, link);
  return { title: textOr(title, '').trim(), role: readRole(role) };
}

/** @param before  `next` of the page before; null for the newest @throws Error with a sentence for people */
export async function listVersions(
  { document, link }: PastOf,
  before: string | null,
  signal: AbortSignal,
): Promise<VersionsPage> {
  const query = before === null ? '' : `?before=${encodeURIComponent(before)}`;
  const { versions, unreadable, next } = await ask(`/api/v1/versions/${pathOf(document)}${query}`, signal, link);
  if (!Array.isArray(versions)) throw notUnderstood();
  return {
    versions: versions.filter(isObject).map(readVersion),
    unreadable: Array.isArray(unreadable) ? unreadable.length : 0,
    next: textOr(next, null),
  };
}

/** @param to  null for now @throws Error with a sentence for people */
export async function compareMoments(
  { document, link }: PastOf,
  from: Moment | 'beginning',
  to: Moment | null,
  signal: AbortSignal,
): Promise<Comparison> {
  const query = new URLSearchParams({ from: inAddress(from), ...(to && { to: inAddress(to) }) });
  return readComparison(await ask(`/api/v1/comparisons/${pathOf(document)}?${query}`, signal, link));
}

/** @param at  null for now @throws Error with a sentence for people */
export async function nameVersion({ document, link }: PastOf, name: string, at: Moment | null): Promise<Version> {
  return readVersion(await tell(`/api/v1/versions/${pathOf(document)}`, { name, ...at }, link));
}

/** @param request  an id of this wish: asked again, nothing is done twice @throws Error with a sentence for people */
export async function restore(
  { document, link }: PastOf,
  wish: RestoreWish,
  reason: string,
  request: string,
): Promise<Restored> {
  const body = await tell(`/api/v1/restores/${pathOf(document)}`, { ...wish, reason, request }, link);
  return { seq: numberOr(body.seq) };
}

/** @param at  null for now @returns the name of the new document @throws Error with a sentence for people */
export async function copyMoment({ document, link }: PastOf, at: Moment | null): Promise<string> {
  const { name } = await tell(`/api/v1/copies/${pathOf(document)}`, { ...at }, link);
  if (typeof name !== 'string') throw notUnderstood();
  return name;
}

const inAddress = (moment: Moment | 'beginning'): string =>
  typeof moment === 'string'
    ? moment
    : 'version' in moment
      ? moment.version
      : 'seq' in moment
        ? String(moment.seq)
        : moment.time;

const reasons = ['automatic', 'named', 'before-restore'] as const;

function readVersion(value: Record<string, unknown>): Version {
  const { id, reason, people } = value;
  if (typeof id !== 'string') throw notUnderstood();
  return {
    id,
    sinceSeq: Number(value.sinceSeq) || 0,
    timeMs: Number(value.timeMs) || 0,
    reason: reasons.find((known) => known === reason) ?? 'automatic',
    name: textOr(value.name, ''),
    people: (Array.isArray(people) ? people : []).filter(isObject).map(readSomebody),
    morePeople: Number(value.morePeople) || 0,
    inserted: numberOr(value.inserted),
    deleted: numberOr(value.deleted),
  };
}

const readSomebody = ({ person, name }: Record<string, unknown>): Somebody => ({
  person: textOr(person, ''),
  name: textOr(name, null),
});

function readComparison({ from, to, people, warnings, parts, steps }: Record<string, unknown>): Comparison {
  if (!Array.isArray(people) || !Array.isArray(parts) || !Array.isArray(steps)) throw notUnderstood();
  const named = parts.filter(isObject);
  const at = named.findIndex(({ name }) => name === TEXT_PART);
  const blocksOf = (part: Record<string, unknown> | undefined): ComparedBlock[] =>
    Array.isArray(part?.blocks) ? (part.blocks as ComparedBlock[]) : [];
  return {
    fromSeq: (isObject(from) && Number(from.seq)) || 0,
    fromMs: timeOf(from),
    toMs: timeOf(to),
    people: people.filter(isObject).map((one) => ({
      person: textOr(one.id, ''),
      name: textOr(one.name, null),
      inserted: Number(one.inserted) || 0,
      deleted: Number(one.deleted) || 0,
      others: ['reformatted', 'restored', 'moved', 'others'].reduce((sum, key) => sum + (Number(one[key]) || 0), 0),
    })),
    warnings: (Array.isArray(warnings) ? warnings : []).filter((one) => typeof one === 'string'),
    blocks: blocksOf(named[at]),
    steps: steps.filter((step): step is ComparedStep => isObject(step) && step.part === at),
    title: readTitle(blocksOf(named.find(({ name }) => name === META_PART))[0]),
  };
}

/** The title stands under a key of a part of its own. */
function readTitle(meta: ComparedBlock | undefined): Comparison['title'] {
  const changed = meta?.changed?.find(({ name }) => name === 'title');
  return changed ? { before: textOr(changed.before, ''), after: textOr(changed.after, '') } : null;
}

const timeOf = (moment: unknown): number | null => numberOr(isObject(moment) ? moment.timeMs : null);
const numberOr = (value: unknown): number | null => (typeof value === 'number' ? value : null);

// Moments, people and changes in words.

import { safeColor, safeName } from '@weft/editor';
import type { ChangeKind, ComparedBlock, ComparedEdit, ComparedStep } from '@weft/editor/changes';
import { clockTime, dayInFull, exactTime, whenInWords } from '@weft/element/ui/when';
import * as words from '@weft/words/past';
import { locale } from '@weft/words/times';
import { personColors } from '../sign-in/identity.js';
import type { Doer, Somebody, Version } from './past-api.js';

/** "today, 14:02", "yesterday, 14:02", "3 March, 14:02" */
export function momentInWords(atMs: number, nowMs: number): string {
  return `${dayInWords(atMs, nowMs)}, ${clockTime(atMs)}`;
}

const toTheSecond = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });

/** As it was chosen: "today, 14:02", and "today, 14:02:31" where seconds were. */
export function chosenMomentInWords(atMs: number, nowMs: number): string {
  const isWholeMinute = atMs % 60_000 === 0;
  return isWholeMinute ? momentInWords(atMs, nowMs) : `${dayInWords(atMs, nowMs)}, ${toTheSecond.format(atMs)}`;
}

/** "Today", "Yesterday", "Tuesday", "3 March" */
export function dayHeading(atMs: number, nowMs: number): string {
  const day = dayInWords(atMs, nowMs);
  return day.charAt(0).toUpperCase() + day.slice(1);
}

function dayInWords(atMs: number, nowMs: number): string {
  const dayMs = new Date(atMs).setHours(0, 0, 0, 0);
  const todayMs = new Date(nowMs).setHours(0, 0, 0, 0);
  if (dayMs === todayMs) return words.today;
  // Where the server's clock is ahead of this one, it has a new day first.
  return dayMs > todayMs ? dayInFull(dayMs, nowMs) : whenInWords(dayMs, nowMs);
}

export function versionTitle({ name, reason, timeMs }: Version): string {
  if (name !== '') return name;
  return reason === 'before-restore' ? words.beforeRestore : clockTime(timeMs);
}

export const nameOf = ({ name }: Somebody): string => (name === null ? words.somebody : safeName(name));

/** The same person has the same colour wherever they are seen in the past. */
export function colorOfPerson(person: string): string {
  if (person === '') return safeColor(null);
  let sum = 0;
  for (const letter of person) sum = (sum * 31 + letter.codePointAt(0)!) >>> 0;
  return personColors[sum % personColors.length]![1];
}

/** "Deleted by Noor, Tuesday 24 November 2026 at 15:58"; "Brought back by Noor, written by Tomás, …" */
export function changeInWords(
  kind: ChangeKind,
  { by, atMs }: ComparedEdit,
  people: readonly Somebody[],
  writtenBy = '',
): string {
  const named = (person: string): string | null => {
    const who = people.find((one) => one.person === person && person !== '');
    return who ? nameOf(who) : null;
  };
  return words.change(kind, named(by), writtenBy === '' ? undefined : named(writtenBy), exactTime(atMs));
}

/** In words, with whose text it was where somebody brought it back. */
export function stepInWords(step: ComparedStep, blocks: readonly ComparedBlock[], people: readonly Somebody[]): string {
  const run = step.run === undefined ? undefined : blocks[step.block]?.runs?.[step.run];
  return changeInWords(run?.writtenBy === undefined ? step.kind : 'restored', step.edit, people, run?.writtenBy);
}

/** Who wrote what somebody else brought back is among the people, and has done nothing now. */
export const hasDone = ({ inserted, deleted, others }: Doer): boolean => inserted + deleted + others > 0;

/** "+212 −38", with what cannot be counted so left out */
export function amountOf({ inserted, deleted, others }: Doer): string {
  const counts = [inserted > 0 ? `+${words.count(inserted)}` : '', deleted > 0 ? `−${words.count(deleted)}` : ''];
  const told = counts.filter(Boolean).join(' ');
  return told === '' && others > 0 ? words.otherChanges : told;
}

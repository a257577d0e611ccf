// Moments, people and changes in words.

import { safeName } from '@weft/editor';
import type { ChangeKind, ComparedEdit } from '@weft/editor/changes';
import { personColors } from './identity.js';
import type { Doer, Somebody, Version } from './past-api.js';
import { clockTime, exactTime, whenInWords } from './when.js';

/** "14:02", "yesterday, 14:02", "3 March, 14:02" */
export function momentInWords(atMs: number, nowMs: number): string {
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return isToday ? `today, ${clockTime(atMs)}` : `${dayInWords(atMs, nowMs)}, ${clockTime(atMs)}`;
}

/** "Today", "Yesterday", "Tuesday", "3 March" */
export function dayHeading(atMs: number, nowMs: number): string {
  const day = new Date(atMs).toDateString() === new Date(nowMs).toDateString() ? 'today' : dayInWords(atMs, nowMs);
  return day.charAt(0).toUpperCase() + day.slice(1);
}

/** Said of a day before this one, whenever today it was. */
const dayInWords = (atMs: number, nowMs: number): string => whenInWords(new Date(atMs).setHours(0, 0, 0, 0), nowMs);

export function versionTitle({ name, reason, timeMs }: Version): string {
  if (name !== '') return name;
  return reason === 'before-restore' ? 'Before something was brought back' : clockTime(timeMs);
}

export const nameOf = ({ name }: Somebody): string => (name === null ? 'Somebody' : safeName(name));

/** The same person has the same colour wherever they are seen in the past. */
export function colorOfPerson(person: string): string {
  if (person === '') return '#59636e';
  let sum = 0;
  for (const letter of person) sum = (sum * 31 + letter.codePointAt(0)!) >>> 0;
  return personColors[sum % personColors.length]![1];
}

const done = {
  inserted: 'Written',
  deleted: 'Deleted',
  moved: 'Moved',
  changed: 'Changed',
} as const satisfies Record<ChangeKind, string>;

/** "Deleted by Noor, Tuesday 24 November 2026 at 15:58" */
export function changeInWords(kind: ChangeKind, { by, atMs }: ComparedEdit, people: readonly Somebody[]): string {
  const who = people.find(({ person }) => person === by);
  return `${done[kind]}${who && by !== '' ? ` by ${nameOf(who)}` : ''}, ${exactTime(atMs)}`;
}

/** "+212 −38", with what cannot be counted so left out */
export function amountOf({ inserted, deleted, others }: Doer): string {
  const counts = [
    inserted > 0 ? `+${inserted.toLocaleString('en')}` : '',
    deleted > 0 ? `−${deleted.toLocaleString('en')}` : '',
  ];
  const told = counts.filter(Boolean).join(' ');
  return told === '' && others > 0 ? 'other changes' : told;
}

// Times in words, as one would say them.

import * as words from '@weft/words/times';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const clock = new Intl.DateTimeFormat(words.locale, { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(words.locale, { weekday: 'long' });
const day = new Intl.DateTimeFormat(words.locale, { day: 'numeric', month: 'long' });
const shortDay = new Intl.DateTimeFormat(words.locale, { day: 'numeric', month: 'short' });
const dayAndYear = new Intl.DateTimeFormat(words.locale, { day: 'numeric', month: 'long', year: 'numeric' });
const exact = new Intl.DateTimeFormat(words.locale, { dateStyle: 'full', timeStyle: 'short' });

/** "14:02" */
export const clockTime = (atMs: number): string => clock.format(atMs);

/** "Saturday 21 November 2026 at 14:02", for a tooltip */
export const exactTime = (atMs: number): string => exact.format(atMs);

/** "12 May", "3 Sept" */
export const dayInShort = (atMs: number): string => shortDay.format(atMs);

/** "12 May", "12 May 2024" */
export const dayInFull = (atMs: number, nowMs = Date.now()): string =>
  (new Date(atMs).getFullYear() === new Date(nowMs).getFullYear() ? day : dayAndYear).format(atMs);

/** "just now", "5 minutes ago", "2 hours ago", "yesterday", "Tuesday", "3 March", "3 March 2024" */
export function whenInWords(atMs: number, nowMs: number): string {
  const ageMs = nowMs - atMs;
  if (ageMs < MINUTE_MS) return words.justNow;
  if (ageMs < HOUR_MS) return words.minutesAgo(Math.floor(ageMs / MINUTE_MS));
  const days = Math.round((midnight(nowMs) - midnight(atMs)) / DAY_MS);
  if (days === 0) return words.hoursAgo(Math.floor(ageMs / HOUR_MS));
  if (days === 1) return words.yesterday;
  if (days < 7) return weekday.format(atMs);
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  return (sameYear ? day : dayAndYear).format(atMs);
}

/** When something ends: "14:02 today", "14:02 tomorrow", "3 March", "3 March 2028" */
export function endInWords(atMs: number, nowMs: number): string {
  const days = Math.round((midnight(atMs) - midnight(nowMs)) / DAY_MS);
  if (days <= 1) return (days <= 0 ? words.endsToday : words.endsTomorrow)(clock.format(atMs));
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  return (sameYear ? day : dayAndYear).format(atMs);
}

const midnight = (atMs: number): number => new Date(atMs).setHours(0, 0, 0, 0);

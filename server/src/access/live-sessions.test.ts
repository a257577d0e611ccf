import type { DocumentName } from '@weft/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { defaultLimits } from '../limits.js';
import type { Audit, AuditNote } from './audit.js';
import { type Identity, NOBODY } from './identity.js';
import { type LiveSession, LiveSessions, type SessionNews } from './live-sessions.js';
import { Refusals } from './refusals.js';

const MINUTE_MS = 60_000;
const document = (name: string): DocumentName => name as DocumentName;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const limits = { ...defaultLimits, sessionsPerPerson: 2, sessionsPerDocument: 3 };

const newsOf = (note: Audit['note']): SessionNews => ({ audit: { note }, refusals: new Refusals({ note }, Date.now) });

/** A person whose token ends so much later. */
const somebody = (person: string, inMs = Number.POSITIVE_INFINITY): Identity => ({
  ...NOBODY,
  person,
  expiresAtMs: Date.now() + inMs,
});

/** A session that notes when it is told what. */
function arrive(sessions: LiveSessions, id: string, address = '192.0.2.1'): { live: LiveSession; story: string[] } {
  const story: string[] = [];
  const sinceMs = Date.now();
  const note = (what: string): unknown => story.push(`${what} at ${(Date.now() - sinceMs) / 1000} s`);
  const live = sessions.arrive(
    { id, dialect: 'weft', address },
    {
      askToRenew: (withinMs) => note(`renew within ${Math.round(withinMs / 1000)} s`),
      suspend: () => note('suspended'),
      end: (code) => {
        note(`closed ${code}`);
        live.end();
      },
    },
  );
  return { live, story };
}

test('who does not say in time who it is, is closed and may come back', () => {
  const sessions = new LiveSessions(limits, null);
  const { story } = arrive(sessions, 'a');
  expect(sessions.list()).toEqual([]);
  vi.advanceTimersByTime(MINUTE_MS);
  expect(story).toEqual(['closed 4504 at 10 s']);
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  [10 * MINUTE_MS, ['renew within 60 s at 540 s', 'suspended at 600 s', 'closed 4401 at 603 s']],
  [20_000, ['renew within 10 s at 10 s', 'suspended at 20 s', 'closed 4401 at 23 s']],
  // Shorter than the timer is fine: it is never asked.
  [1000, ['suspended at 1 s', 'closed 4401 at 4 s']],
])('a token of %i ms is asked for anew, then nothing is written under it, then it is closed', (lifeMs, expected) => {
  const sessions = new LiveSessions(limits, null);
  const { live, story } = arrive(sessions, 'a');
  live.identified(somebody('u-a', lifeMs));
  vi.advanceTimersByTime(lifeMs + MINUTE_MS);
  expect(story).toEqual(expected);
  expect(sessions.list()).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test('what is shown in time, or after the end, lets it go on', () => {
  const sessions = new LiveSessions(limits, null);
  const { live, story } = arrive(sessions, 'a');
  live.identified(somebody('u-a', 100_000));
  vi.advanceTimersByTime(50_000);
  live.renewed(somebody('u-a', 100_000));
  vi.advanceTimersByTime(101_000);
  live.renewed(somebody('u-a'));
  vi.advanceTimersByTime(10 * MINUTE_MS);
  expect(story).toEqual(['renew within 50 s at 50 s', 'renew within 50 s at 100 s', 'suspended at 150 s']);
  expect(vi.getTimerCount()).toBe(0);
});

test('a clock that stood still is caught up with, in order', () => {
  const sessions = new LiveSessions(limits, null);
  const { live, story } = arrive(sessions, 'a');
  live.identified(somebody('u-a', 100_000));
  vi.setSystemTime(Date.now() + 10 * MINUTE_MS);
  vi.advanceTimersByTime(1000);
  expect(story).toEqual(['suspended at 601 s', 'closed 4401 at 601 s']);
});

test('one timer serves all, and only while something is to come', () => {
  const sessions = new LiveSessions(defaultLimits, null);
  const all = Array.from({ length: 50 }, (_, i) => arrive(sessions, `${i}`).live);
  expect(vi.getTimerCount()).toBe(1);
  for (const live of all) live.identified(somebody('u-a'));
  expect(vi.getTimerCount()).toBe(0);
});

test('one person has so many sessions and no more; those who have not said who they are, are not one person', () => {
  const sessions = new LiveSessions(limits, null);
  const enter = (id: string, person: string): boolean =>
    arrive(sessions, id).live.identified(somebody(person)) === null;
  expect(['a', 'b', 'c', 'd'].map((id) => enter(id, 'u-a'))).toEqual([true, true, false, false]);
  expect(['e', 'f', 'g', 'h'].map((id) => enter(id, ''))).toEqual([true, true, true, true]);
  sessions.kick('a', 'Out.');
  expect([enter('i', 'u-a'), enter('j', 'u-a')]).toEqual([true, false]);
});

test('a document has so many sessions and no more, and its text and its discussion are one', () => {
  const sessions = new LiveSessions(limits, null);
  const lives = ['a', 'b', 'c', 'd'].map((id) => arrive(sessions, id).live);
  for (const live of lives) live.identified(somebody(''));
  const [first, ...others] = lives as [LiveSession, ...LiveSession[]];
  expect([first.enter(document('x'), 'owner'), first.enter(document('x'), 'owner')]).toEqual([true, true]);
  expect(others.map((live) => live.enter(document('x'), 'reader'))).toEqual([true, true, false]);
  expect(others[2]!.enter(document('y'), 'reader')).toBe(true);
  first.leave(document('x'));
  expect(others[2]!.enter(document('x'), 'reader')).toBe(false);
  first.leave(document('x'));
  expect(others[2]!.enter(document('x'), 'reader')).toBe(true);
  others[0]!.end();
  others[0]!.end();
  expect(first.enter(document('x'), 'owner')).toBe(true);
  expect(first.enter(document('z'), 'owner')).toBe(true);
  expect(sessions.list().map(({ documents }) => documents)).toEqual([['x', 'z'], ['x'], ['y', 'x']]);
});

test('all sessions of whom it is said are ended, and nobody else', () => {
  const sessions = new LiveSessions(limits, null);
  const people = ['u-a', 'u-b', 'u-a'].map((person, i) => {
    const { live, story } = arrive(sessions, `${i}`);
    live.identified(somebody(person));
    return story;
  });
  arrive(sessions, 'unknown');
  expect(sessions.endAll(({ person }) => person === 'u-a', 'Taken back.')).toBe(2);
  expect(people).toEqual([['closed 4401 at 0 s'], [], ['closed 4401 at 0 s']]);
});

test('one address does not take all the places of a document', () => {
  const sessions = new LiveSessions({ ...limits, sessionsPerDocumentAndAddress: 2 }, null);
  const [a, b, c] = ['a', 'b', 'c'].map((id) => arrive(sessions, id).live) as [LiveSession, LiveSession, LiveSession];
  const elsewhere = arrive(sessions, 'd', '192.0.2.2').live;
  expect([a, b, c].map((live) => live.enter(document('plan'), 'reader'))).toEqual([true, true, false]);
  expect(c.enter(document('other'), 'reader')).toBe(true);
  expect(elsewhere.enter(document('plan'), 'reader')).toBe(true);
  a.leave(document('plan'));
  b.end();
  expect(c.enter(document('plan'), 'reader')).toBe(true);
});

test('who opens, closes and renews without end is noted once', () => {
  const notes: string[] = [];
  const sessions = new LiveSessions(
    limits,
    newsOf(({ action }) => notes.push(action)),
  );
  const { live } = arrive(sessions, 'a');
  const guest = somebody('g-a', 60 * MINUTE_MS);
  live.identified(guest);
  for (let times = 0; times < 1000; times++) {
    live.enter(document('plan'), 'reader');
    live.leave(document('plan'));
    live.renewed({ ...guest });
  }
  live.enter(document('plan'), 'editor');
  expect(notes).toEqual(['let-in', 'let-in']);
  live.end();
});

test('admins see who is here; the audit log has who was let in, renewed and refused', () => {
  const notes: AuditNote[] = [];
  const sessions = new LiveSessions(
    limits,
    newsOf((what) => notes.push(what)),
  );
  const { live } = arrive(sessions, 's-1');
  live.identified(somebody('u-a', MINUTE_MS));
  live.called('Ann');
  live.enter(document('plan'), 'editor');
  live.enter(document('plan'), 'editor');
  expect(sessions.list()).toEqual([
    {
      id: 's-1',
      person: 'u-a',
      name: 'Ann',
      address: '192.0.2.1',
      dialect: 'weft',
      sinceMs: Date.now(),
      expiresAtMs: Date.now() + MINUTE_MS,
      documents: ['plan'],
    },
  ]);
  live.renewed(somebody('u-a'));
  live.refused('No.', document('secret'));
  expect(sessions.kick('s-2', 'Out.')).toBe(false);
  expect(sessions.kick('s-1', 'Out.')).toBe(true);
  const detail = { session: 's-1', dialect: 'weft' };
  expect(notes).toEqual([
    { action: 'let-in', person: 'u-a', address: '192.0.2.1', document: 'plan', detail: { ...detail, role: 'editor' } },
    { action: 'renewed', person: 'u-a', address: '192.0.2.1', detail },
    { action: 'refused', person: 'u-a', address: '192.0.2.1', document: 'secret', detail: { why: 'No.' } },
  ]);
});

test('who takes another name while a document is open is seen under it; who has none open, with the next one', () => {
  const seen: string[] = [];
  const sessions = new LiveSessions(limits, null, { seen: ({ person }, name) => void seen.push(`${person} ${name}`) });
  const { live } = arrive(sessions, 'a');
  live.identified(somebody('g-1'));
  live.called('Gentle Finch');
  live.called('Quiet Otter');
  expect(seen).toEqual([]);
  live.enter(document('a'), 'editor');
  live.called('Quiet Otter');
  live.called('Bob Example');
  live.leave(document('a'));
  live.called('Robert');
  expect(seen).toEqual(['g-1 Quiet Otter', 'g-1 Bob Example']);
});

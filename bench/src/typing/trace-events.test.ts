import { expect, test } from 'vitest';
import { PageTrace, type TraceEvent } from './trace-events.js';

const page = { pid: 7, tid: 7, ph: 'X' };
const event = (name: string, ms: number, durMs = 0, cpuMs = durMs, type?: string): TraceEvent => ({
  ...page,
  name,
  ts: ms * 1000,
  dur: durMs * 1000,
  tdur: cpuMs * 1000,
  ...(type && { args: { data: { type } } }),
});
const key = (ms: number): TraceEvent[] => [event('RunTask', ms, 10), event('EventDispatch', ms, 1, 1, 'keydown')];

test('script within script is counted once, in time of the processor', () => {
  const events = [...key(0), event('FunctionCall', 1, 8, 3), event('FunctionCall', 2, 2), event('Layout', 9, 1)];
  expect(new PageTrace(events).scriptInKeyTasksMs()).toEqual([3]);
});

test('a key is charged with all script until the next one, its task alone with what is in it', () => {
  const later = [event('RunTask', 50, 5), event('FireIdleCallback', 50, 4), event('FunctionCall', 51, 1)];
  const trace = new PageTrace([...key(0), event('FunctionCall', 1, 2), ...later, ...key(100)]);
  expect(trace.scriptPerKeyMs()).toEqual([6, 0]);
  expect(trace.scriptInKeyTasksMs()).toEqual([2, 0]);
  expect(trace.longestTaskMs()).toBe(10);
});

test('an idle moment in which no script is called is the browser’s own', () => {
  const spelling = [event('RunTask', 50, 9), event('FireIdleCallback', 50, 8), event('Layout', 51, 2)];
  const trace = new PageTrace([...key(0), event('FunctionCall', 1, 2), ...spelling]);
  expect([trace.scriptPerKeyMs(), trace.longestTaskMs()]).toEqual([[2], 10]);
});

test('messages are told from keys, and other threads are left out', () => {
  const arrival = [event('RunTask', 20, 5), event('WebSocketReceive', 21), event('FunctionCall', 22, 2)];
  const elsewhere = { ...event('RunTask', 0, 500), tid: 8 };
  const trace = new PageTrace([...key(0), event('FunctionCall', 1, 1), ...arrival, elsewhere]);
  expect(trace.scriptInMessageTasksMs()).toEqual([2]);
  expect(trace.scriptPerMessageMs()).toEqual([2]);
  expect(trace.longestTaskMs()).toBe(10);
});

test('a trace of nothing is refused', () => {
  expect(() => new PageTrace([event('RunTask', 0, 1)])).toThrow(/neither a key nor a message/);
});

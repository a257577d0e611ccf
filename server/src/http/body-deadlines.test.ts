import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { afterEach, expect, test, vi } from 'vitest';
import { BodyDeadlines } from './body-deadlines.js';

afterEach(() => void vi.useRealTimers());

function stage() {
  vi.useFakeTimers();
  const server = new EventEmitter() as Server;
  const ended: unknown[] = [];
  server.on('clientError', ({ code }: { code: string }, socket) => ended.push([code, socket]));
  const deadlines = new BodyDeadlines(server);
  const begin = (name: string, mayTakeItsTime: boolean, headers: object = { 'content-length': '9' }) => {
    const request = { headers, complete: false, destroyed: false, socket: name, resume: vi.fn() };
    const response = new EventEmitter();
    deadlines.begun(request as unknown as IncomingMessage, response as ServerResponse, mayTakeItsTime);
    return { request, response };
  };
  return { begin, ended, server };
}

const TOO_SLOW = 'ERR_HTTP_REQUEST_TIMEOUT';

test('a body has 15 s, one that brings a file has as long as it takes, and requests without one are not looked at', () => {
  const { begin, ended } = stage();
  begin('slow', false);
  begin('in chunks', false, { 'transfer-encoding': 'chunked' });
  begin('file', true);
  begin('none', false, {});
  begin('empty', false, { 'content-length': '0' });
  begin('whole', false).request.complete = true;
  begin('gone', false).request.destroyed = true;
  vi.advanceTimersByTime(14_500);
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(1500);
  expect(ended).toEqual([
    [TOO_SLOW, 'slow'],
    [TOO_SLOW, 'in chunks'],
  ]);
  vi.advanceTimersByTime(120_000);
  expect(ended).toHaveLength(2);
});

test('what still comes of a file after the answer is let pass for a moment', () => {
  const { begin, ended } = stage();
  const { request, response } = begin('file', true);
  vi.advanceTimersByTime(60_000);
  response.emit('finish');
  expect(request.resume).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(2500);
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(1500);
  expect(ended).toEqual([[TOO_SLOW, 'file']]);
});

test('a server that is closed leaves no timer', () => {
  const { server } = stage();
  server.emit('close');
  expect(vi.getTimerCount()).toBe(0);
});

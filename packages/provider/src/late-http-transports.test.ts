import { afterEach, expect, test, vi } from 'vitest';
import { FakeFetch } from '../test/fake-fetch.js';
import * as atOnce from './http-transports.js';
import * as late from './late-http-transports.js';
import { DONE, type TransportListener } from './transport.js';

const url = 'wss://weft.test/weft';
const listener = (): TransportListener => ({ opened: vi.fn(), received: vi.fn(), heard: vi.fn(), closed: vi.fn() });

afterEach(() => vi.doUnmock('./http-transports.js'));

test('what comes late is what there is at once', () => {
  expect(Object.keys(late).sort()).toEqual(Object.keys(atOnce).sort());
});

test.for([
  ['events', late.overEvents],
  ['polls', late.overPolls],
] as const)('%s are opened once they have come, and closed', async ([, open]) => {
  const net = new FakeFetch();
  const told = listener();
  const transport = open(net.fetch)(url, told);
  expect(net.requests).toEqual([]);
  await vi.waitFor(() => expect(net.requests).toHaveLength(1));
  transport.close(DONE, '');
  expect(net.requests[0]!.isOver).toBe(true);
  expect(told.closed).not.toHaveBeenCalled();
});

test('asks for nothing when it was closed before it came', async () => {
  const net = new FakeFetch();
  const told = listener();
  late.overPolls(net.fetch)(url, told).close(DONE, '');
  await import('./http-transports.js');
  await Promise.resolve();
  expect(net.requests).toEqual([]);
  expect(told.closed).not.toHaveBeenCalled();
});

test('is a network that breaks where it does not come', async () => {
  vi.resetModules();
  vi.doMock('./http-transports.js', () => {
    throw new Error('no such script');
  });
  const { overEvents } = await import('./late-http-transports.js');
  const told = listener();
  overEvents(new FakeFetch().fetch)(url, told);
  await vi.waitFor(() => expect(told.closed).toHaveBeenCalledOnce());
  expect(told.closed).toHaveBeenCalledWith(expect.objectContaining({ code: 1006 }));
});

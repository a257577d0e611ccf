import { expect, test } from 'vitest';
import { defaultDoor, readDoor } from './door-settings.js';

/** What stands for what is in the environment and in files. */
const source = (source: object): string => Object.values(source).join().padEnd(16, '.');

test('what nobody sets is closed, and what is set is taken', () => {
  expect(readDoor({}, source)).toEqual(defaultDoor);
  const door = {
    origins: ['https://app.example.org', 'http://localhost:5173'],
    hosts: ['Weft.example.org', '[::1]:4400'],
    trustedProxies: ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'],
    tls: { cert: 'a.pem', key: 'b.pem' },
  };
  expect(readDoor(door, source)).toEqual({ ...defaultDoor, ...door, hosts: ['weft.example.org', '[::1]:4400'] });
});

test.each([
  [{ origin: [] }, 'There is no setting "door.origin".'],
  [{ origins: 'https://a.example' }, '"door.origins" has to be a list of texts'],
  [{ origins: ['https://a.example/'] }, '"door.origins" has to list origins'],
  [{ origins: ['https://a.example/path'] }, '"door.origins" has to list origins'],
  [{ origins: ['*'] }, '"door.origins" has to list origins'],
  [{ origins: ['null'] }, '"door.origins" has to list origins'],
  [{ origins: ['file:///'] }, '"door.origins" has to list origins'],
  [{ hosts: ['https://a.example'] }, '"door.hosts" has to list host names'],
  [{ hosts: [''] }, '"door.hosts" has to list host names'],
  [{ hosts: ['a@b'] }, '"door.hosts" has to list host names'],
  [{ trustedProxies: ['proxy.local'] }, '"door.trustedProxies" has to list addresses'],
  [{ trustedProxies: ['10.0.0.0/33'] }, '"door.trustedProxies" has to list addresses'],
  [{ trustedProxies: ['10.0.0.0/8/8'] }, '"door.trustedProxies" has to list addresses'],
  [{ metrics: 9464 }, '"door.metrics" has to name a listener, a token, or both'],
  [{ metrics: {} }, '"door.metrics" has to name a listener, a token, or both'],
  [{ metrics: { host: '127.0.0.1' } }, '"door.metrics" has to name a listener, a token, or both'],
  [{ metrics: { host: '127.0.0.1', token: { env: 'M' } } }, '"door.metrics" has to name a listener, a token, or both'],
  [{ metrics: { port: 70_000 } }, '"door.metrics" has to name a listener, a token, or both'],
  [{ metrics: { port: 9464, path: '/m' } }, '"door.metrics" has to name a listener, a token, or both'],
  [{ metrics: { token: 'a secret in the file' } }, 'no secret belongs in this file'],
  [{ metrics: { token: { env: 'A', file: 'b' } } }, 'no secret belongs in this file'],
  [
    { metrics: { token: { env: 'with spaces in it' } } },
    '"door.metrics.token" has to have 16 characters or more, and no spaces.',
  ],
  [{ tls: 'cert.pem' }, '"door.tls" has to name two files'],
  [{ tls: { cert: 'a.pem' } }, '"door.tls" has to name two files'],
  [{ tls: { cert: 'a', key: 'b', ca: 'c' } }, '"door.tls" has to name two files'],
])('%j is refused with a sentence', (given, sentence) => {
  expect(() => readDoor(given, source)).toThrow(sentence);
});

test('the metrics have a listener, a token, or both', () => {
  const metricsOf = (metrics: object) => readDoor({ metrics }, source).metrics;
  expect(metricsOf({ port: 9464 })).toEqual({ listener: { host: '127.0.0.1', port: 9464 }, token: null });
  expect(metricsOf({ token: { env: 'METRICS' } })).toEqual({ listener: null, token: 'METRICS.........' });
  expect(metricsOf({ host: '::', port: 1, token: { file: 'metrics' } })).toEqual({
    listener: { host: '::', port: 1 },
    token: 'metrics.........',
  });
});

import { expect, test } from 'vitest';
import { defaultDoor, readDoor } from './door-settings.js';

test('what nobody sets is closed, and what is set is taken', () => {
  expect(readDoor({})).toEqual(defaultDoor);
  const door = {
    origins: ['https://app.example.org', 'http://localhost:5173'],
    hosts: ['Weft.example.org', '[::1]:4400'],
    trustedProxies: ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'],
    tls: { cert: 'a.pem', key: 'b.pem' },
  };
  expect(readDoor(door)).toEqual({ ...door, hosts: ['weft.example.org', '[::1]:4400'] });
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
  [{ tls: 'cert.pem' }, '"door.tls" has to name two files'],
  [{ tls: { cert: 'a.pem' } }, '"door.tls" has to name two files'],
  [{ tls: { cert: 'a', key: 'b', ca: 'c' } }, '"door.tls" has to name two files'],
])('%j is refused with a sentence', (given, sentence) => {
  expect(() => readDoor(given)).toThrow(sentence);
});

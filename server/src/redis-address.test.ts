import { expect, test } from 'vitest';
import { parseRedisAddress } from './redis-address.js';

const plain = { master: null, isTls: false, login: {}, sentinelLogin: {} };

test.each([
  ['redis://cache', { ...plain, hosts: [{ host: 'cache', port: 6379 }] }],
  ['redis://127.0.0.1:7000/0', { ...plain, hosts: [{ host: '127.0.0.1', port: 7000 }] }],
  [
    'rediss://weft:p%40ss:w@rd@[::1]:7000',
    { ...plain, isTls: true, login: { username: 'weft', password: 'p@ss:w@rd' }, hosts: [{ host: '::1', port: 7000 }] },
  ],
  [
    'redis://:secret@a:7000,b',
    {
      ...plain,
      login: { password: 'secret' },
      hosts: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 6379 },
      ],
    },
  ],
  [
    'rediss+sentinel://:secret@a,b:26380/main%20one?sentinelPassword=o%26ther',
    {
      hosts: [
        { host: 'a', port: 26_379 },
        { host: 'b', port: 26_380 },
      ],
      master: 'main one',
      isTls: true,
      login: { password: 'secret' },
      sentinelLogin: { password: 'o&ther' },
    },
  ],
])('%s says where Redis is', (text, address) => {
  expect(parseRedisAddress(text)).toEqual(address);
});

test.each([
  'cache:6379',
  'http://cache',
  'redis://',
  'redis://a:0',
  'redis://a:65536',
  'redis://a,',
  'redis://a b:c',
  'redis://a/name',
  'redis://%zz@a',
  'redis+sentinel://a',
  'redis+sentinel://a/',
  'redis://a/0?sentinelPassword=x',
  'redis+sentinel://a/name?other=x',
])('%s does not', (text) => {
  expect(parseRedisAddress(text)).toBeNull();
});

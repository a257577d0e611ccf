import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defaultDoor } from '../door-settings.js';
import { isLoopback, refuseOpenDoor } from './open-door.js';

const door = defaultDoor;

test.each(['localhost', '127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])('%s is this machine', (host) => {
  expect(isLoopback(host)).toBe(true);
  refuseOpenDoor({ host, door, isOpen: true, allowsAnonymous: false });
});

test.each(['0.0.0.0', '::', '192.168.1.2', '127.0.0.1.example.org', 'localhost.example.org', '', '1127.0.0.1'])(
  'an open server does not listen on %j unless somebody says so',
  (host) => {
    expect(isLoopback(host)).toBe(false);
    const refuse = (isOpen: boolean, allowsAnonymous: boolean) => () =>
      refuseOpenDoor({ host, door, isOpen, allowsAnonymous });
    expect(refuse(true, false)).toThrow(expect.objectContaining({ code: 'BAD_USAGE' }));
    expect(refuse(true, false)).toThrow('--allow-anonymous');
    refuse(true, true)();
    refuse(false, false)();
  },
);

test.each([
  [{ hosts: ['weft.example.org:8443'] }, 'weft.example.org:8443'],
  [{ trustedProxies: ['127.0.0.1'] }, 'the proxy before it'],
])(
  'an open server on loopback with the door %j is not for this machine alone, and does not start',
  (given, reached) => {
    const refuse = (isOpen: boolean, allowsAnonymous: boolean) => () =>
      refuseOpenDoor({ host: '127.0.0.1', door: { ...defaultDoor, ...given }, isOpen, allowsAnonymous });
    expect(refuse(true, false)).toThrow(`everybody who can reach ${reached} could read and change every document`);
    refuse(true, true)();
    refuse(false, false)();
  },
);

test('names of this machine are for this machine', () => {
  const hosts = ['localhost:4400', '127.0.0.1', '[::1]:4400'];
  refuseOpenDoor({ host: '127.0.0.1', door: { ...defaultDoor, hosts }, isOpen: true, allowsAnonymous: false });
});

test('the README shows the sentence as it is', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const refuse = () => refuseOpenDoor({ host: '0.0.0.0', door, isOpen: true, allowsAnonymous: false });
  expect(refuse).toThrow(/weft: (Nothing says who may come in.*)/.exec(readme)?.[1] ?? 'a sentence that is not there');
});

import { expect, test } from 'vitest';
import { readConfig, readDataFolder } from './config.js';
import { defaultDoor } from './door-settings.js';
import { defaultLimits } from './limits.js';
import { defaultVersionPolicy } from './version-settings.js';

const withoutFile = {
  access: null,
  documents: { roots: null, versions: defaultVersionPolicy, keepPastDays: null, trashDays: 30 },
  limits: defaultLimits,
  door: defaultDoor,
};

test('there are defaults, the environment overrides them, the command line overrides both', () => {
  const defaults = {
    host: '127.0.0.1',
    port: 4400,
    dataFolder: './weft-data',
    store: null,
    nodes: 'one',
    redis: null,
    reserveBytes: null,
    ...withoutFile,
  };
  expect(readConfig({}, {})).toEqual(defaults);
  const store = 'postgres://weft@db/weft';
  const env = { WEFT_HOST: '::1', WEFT_PORT: '1', WEFT_DATA: 'a', WEFT_STORE: store, WEFT_RESERVE_MIB: '3' };
  const ofEnv = {
    ...{ host: '::1', port: 1, dataFolder: 'a', store, nodes: 'one', redis: null, reserveBytes: 3 * 1024 * 1024 },
    ...withoutFile,
  };
  expect(readConfig({}, env)).toEqual(ofEnv);
  expect(readConfig({ port: '0', data: 'b' }, env)).toEqual({ ...ofEnv, port: 0, dataFolder: 'b' });
  expect(readConfig({ reserve: 'auto' }, env)).toEqual({ ...ofEnv, reserveBytes: null });
  expect(readDataFolder({ data: 'c' }, env)).toBe('c');
  const redis = 'rediss://weft:secret@cache';
  expect(readConfig({ nodes: 'several', redis }, env)).toEqual({ ...ofEnv, nodes: 'several', redis });
});

test.each([
  [{ port: '70000' }, 'The port has to be a number from 0 to 65535, not "70000".'],
  [{ port: 'http' }, 'The port has to be a number from 0 to 65535, not "http".'],
  [{ host: '' }, 'The host cannot be empty.'],
  [{ data: '' }, 'The data folder cannot be empty.'],
  [{ store: 'db:5432' }, 'The store has to be an address like postgres://user:password@host:5432/database.'],
  [{ nodes: '2' }, 'The nodes have to be "one" or "several", not "2".'],
  [{ nodes: 'several' }, 'Several nodes need a --store that all of them reach: a data folder is for one.'],
  [
    { redis: 'cache:6379' },
    'Redis has to be an address like redis://user:password@host:6379, or redis+sentinel://user:password@host:26379/master.',
  ],
  [{ redis: 'redis://cache' }, '--redis is for --nodes several.'],
  [{ reserve: '5%' }, 'The reserve has to be a number of MiB or "auto", not "5%".'],
])('%j is refused in a sentence', (given, message) => {
  expect(() => readConfig(given, {})).toThrow(expect.objectContaining({ code: 'BAD_USAGE', message }));
});

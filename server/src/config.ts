// What can be set, where it comes from, and what it is when nobody says: command line before environment before default.
// Nothing else reads the environment.

import { type FileSettings, readConfigFile, withoutFile } from './config-file.js';
import { parseRedisAddress } from './redis-address.js';
import { SyncError } from './sync-error.js';

export interface Config extends FileSettings {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly dataFolder: string;
  /** Address of the Postgres that holds the documents; null when they are in the data folder. */
  readonly store: string | null;
  /** Whether other servers may have the same store. */
  readonly nodes: 'one' | 'several';
  /** Address of the Redis by which they tell each other what they wrote; null when they only compare. */
  readonly redis: string | null;
  /** Free bytes under which no edits are taken; null for what suits the disk. */
  readonly reserveBytes: number | null;
}

/** One thing that can be set, as `--name VALUE` or as a variable of the environment. */
export interface Setting {
  readonly name: string;
  /** What help calls its value. */
  readonly value: string;
  readonly summary: string;
  readonly variable: string;
  readonly fallback: string;
}

export const settings = {
  host: {
    name: 'host',
    value: 'HOST',
    summary: 'address to listen on',
    variable: 'WEFT_HOST',
    fallback: '127.0.0.1',
  },
  port: {
    name: 'port',
    value: 'PORT',
    summary: 'port; 0 takes a free one',
    variable: 'WEFT_PORT',
    fallback: '4400',
  },
  data: {
    name: 'data',
    value: 'DIR',
    summary: 'folder of the documents',
    variable: 'WEFT_DATA',
    fallback: './weft-data',
  },
  store: {
    name: 'store',
    value: 'URL',
    summary: 'postgres://user:password@host:port/database for the documents; else they are in the folder',
    variable: 'WEFT_STORE',
    fallback: '',
  },
  nodes: {
    name: 'nodes',
    value: 'HOW_MANY',
    summary: 'one, or several that have the same --store, each of which serves every document; see docs/operations.md',
    variable: 'WEFT_NODES',
    fallback: 'one',
  },
  redis: {
    name: 'redis',
    value: 'URL',
    summary:
      'redis://user:password@host:port by which several nodes show at once what was written at another; see docs/operations.md',
    variable: 'WEFT_REDIS',
    fallback: '',
  },
  reserve: {
    name: 'reserve',
    value: 'MIB',
    summary: 'with less free space than this no edits are taken; auto is 5 % of the disk, 1024 at most',
    variable: 'WEFT_RESERVE_MIB',
    fallback: 'auto',
  },
  config: {
    name: 'config',
    value: 'FILE',
    summary:
      'JSON file that says who may come in, and the limits; without it everybody on this machine may do everything',
    variable: 'WEFT_CONFIG',
    fallback: '',
  },
} as const satisfies Record<string, Setting>;

const MIB = 1024 * 1024;

/** What the command line gave, by name of the setting. */
export type GivenSettings = Readonly<Record<string, string | undefined>>;

/** @throws SyncError `BAD_USAGE` */
export function readConfig(given: GivenSettings, env: NodeJS.ProcessEnv = process.env): Config {
  const port = readSetting(settings.port, given, env);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new SyncError('BAD_USAGE', `The port has to be a number from 0 to 65535, not "${port}".`);
  }
  const host = readSetting(settings.host, given, env);
  if (host === '') throw new SyncError('BAD_USAGE', 'The host cannot be empty.');
  const reserve = readSetting(settings.reserve, given, env);
  if (reserve !== 'auto' && !/^\d{1,9}$/.test(reserve)) {
    throw new SyncError('BAD_USAGE', `The reserve has to be a number of MiB or "auto", not "${reserve}".`);
  }
  const reserveBytes = reserve === 'auto' ? null : Number(reserve) * MIB;
  const store = readSetting(settings.store, given, env);
  if (store !== '' && !/^postgres(?:ql)?:\/\/./.test(store)) {
    // It may hold a password, and is not said again.
    throw new SyncError(
      'BAD_USAGE',
      'The store has to be an address like postgres://user:password@host:5432/database.',
    );
  }
  const nodes = readSetting(settings.nodes, given, env);
  if (nodes !== 'one' && nodes !== 'several') {
    throw new SyncError('BAD_USAGE', `The nodes have to be "one" or "several", not "${nodes}".`);
  }
  if (nodes === 'several' && store === '') {
    throw new SyncError('BAD_USAGE', 'Several nodes need a --store that all of them reach: a data folder is for one.');
  }
  const redis = readSetting(settings.redis, given, env);
  if (redis !== '' && parseRedisAddress(redis) === null) {
    throw new SyncError(
      'BAD_USAGE',
      'Redis has to be an address like redis://user:password@host:6379, or redis+sentinel://user:password@host:26379/master.',
    );
  }
  if (redis !== '' && nodes === 'one') throw new SyncError('BAD_USAGE', '--redis is for --nodes several.');
  const file = readSetting(settings.config, given, env);
  const inFile = file === '' ? withoutFile() : readConfigFile(file, env);
  const dataFolder = readDataFolder(given, env);
  return {
    ...{ host, port: Number(port), dataFolder, store: store === '' ? null : store, reserveBytes },
    ...{ nodes, redis: redis === '' ? null : redis },
    ...inFile,
  };
}

/** @throws SyncError `BAD_USAGE` */
export function readDataFolder(given: GivenSettings, env: NodeJS.ProcessEnv = process.env): string {
  const dataFolder = readSetting(settings.data, given, env);
  if (dataFolder === '') throw new SyncError('BAD_USAGE', 'The data folder cannot be empty.');
  return dataFolder;
}

/** Where `weft migrate` moves documents. */
export const moveSetting: Setting = {
  name: 'to',
  value: 'WHERE',
  summary: 'postgres://user:password@host:port/database, or the word "folder": the data folder',
  variable: 'WEFT_TO',
  fallback: '',
};

/** What `weft migrate` moves documents between; each is '' where nothing is said. */
export const readMove = (
  given: GivenSettings,
  env: NodeJS.ProcessEnv = process.env,
): { readonly to: string; readonly from: string } => ({
  to: readSetting(moveSetting, given, env),
  from: readSetting(settings.store, given, env),
});

const readSetting = ({ name, variable, fallback }: Setting, given: GivenSettings, env: NodeJS.ProcessEnv): string =>
  given[name] ?? env[variable] ?? fallback;

// Starts a Postgres of its own for tests, or with --redis a Redis: on a free port of the loopback, in a temporary folder, with
// what Debian or somebody else has installed. It says `postgres ADDRESS` (or `redis ADDRESS`) on a line when it is ready, or
// `missing REASON` and ends with 3.
//
// With --no-sync Postgres does not wait for the disk: a process that is killed loses nothing by that, and tests are quicker.
//
// It takes words, one a line, and answers each with a line: `kill` ends the service as a loss of power would and answers
// `killed`, `start` brings it back at the same address and says so as before. When its input ends, or it is told
// to stop, it ends what it started, by its process id, and removes the folder.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** Newest first; then whatever the path leads to. @returns {string | null} a folder with `initdb` and `postgres` */
function findBinaries() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)))) ?? null;
}

/** Postgres does not run as root: then it runs as the user Debian makes for it. @returns {{ uid?: number, gid?: number }} */
function findUser() {
  if (process.getuid?.() !== 0) return {};
  /** @param {string} flag */
  const idOf = (flag) =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** @param {string} reason @returns {never} */
function missing(reason) {
  process.stdout.write(`missing ${reason}\n`);
  process.exit(3);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * A service that is to be started: what to prepare once, what to run, and the line that says that it is ready.
 * @typedef {{ name: string, address: string, prepare: () => void, command: string, args: string[], isReady: (line: string) => boolean, signal: NodeJS.Signals, user: { uid?: number, gid?: number } }} Service
 */

/** @param {string} folder @param {number} port @returns {Service} */
function postgres(folder, port) {
  const binaries = findBinaries() ?? missing('Postgres is not installed (apt-get install postgresql)');
  const user = (() => {
    try {
      return findUser();
    } catch {
      return missing('Postgres does not run as root, and there is no user "postgres"');
    }
  })();
  const data = join(folder, 'data');
  const initdb = ['-D', data, '-U', 'weft', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const options = [
    `fsync=${process.argv.includes('--no-sync') ? 'off' : 'on'}`,
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=150',
  ];
  return {
    name: 'Postgres',
    address: `postgres postgres://weft@127.0.0.1:${port}/postgres`,
    prepare: () => {
      if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
      execFileSync(join(binaries, 'initdb'), initdb, { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    },
    command: join(binaries, 'postgres'),
    args: ['-D', data, ...options.flatMap((option) => ['-c', option])],
    isReady: (line) => line.includes('database system is ready to accept connections'),
    // Immediate shutdown: nothing is written any more, and the next start recovers from the log.
    signal: 'SIGQUIT',
    user,
  };
}

/** @param {string} folder @param {number} port @returns {Service} */
function redis(folder, port) {
  const names = ['redis-server', 'valkey-server'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const command = folders.flatMap((one) => names.map((name) => join(one, name))).find((file) => existsSync(file));
  return {
    name: 'Redis',
    address: `redis redis://127.0.0.1:${port}`,
    prepare: () => undefined,
    command: command ?? missing('Redis is not installed (apt-get install redis-server)'),
    args: ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'],
    isReady: (line) => /ready to accept connections/i.test(line),
    signal: 'SIGKILL',
    user: {},
  };
}

const folder = mkdtempSync(join(tmpdir(), 'weft-service-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const port = await freePort();
const service = (process.argv.includes('--redis') ? redis : postgres)(folder, port);
/** @type {import('node:child_process').ChildProcess | null} */
let running = null;

async function start() {
  const { address, args, command, isReady, name, user } = service;
  const server = spawn(command, args, { ...user, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  running = server;
  /** @type {string[]} */
  const said = [];
  await new Promise((resolve, reject) => {
    // Read to the end: a server whose complaints nobody takes stops at a full pipe.
    for (const input of [server.stdout, server.stderr]) {
      createInterface({ input }).on('line', (line) => {
        if (isReady(line)) resolve(undefined);
        else said.push(line);
        if (said.length > 50) said.shift();
      });
    }
    server.on('exit', () => reject(new Error(`${name} did not start:\n${said.join('\n')}`)));
  });
  process.stdout.write(`${address}\n`);
}

async function kill() {
  if (running === null) return;
  const ended = once(running, 'exit');
  if (running.exitCode === null && running.kill(service.signal)) await ended;
  running = null;
}

process.on('SIGTERM', () => process.stdin.destroy());
process.on('SIGINT', () => process.stdin.destroy());
try {
  service.prepare();
  await start();
  for await (const word of createInterface({ input: process.stdin })) {
    if (word === 'start') await start();
    if (word === 'kill') {
      await kill();
      process.stdout.write('killed\n');
    }
  }
} finally {
  await kill();
}

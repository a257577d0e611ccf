import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Progress } from '../admin/operation.js';
import { SyncError } from '../sync-error.js';
import { VERSION } from '../version.js';
import { ControlClient } from './control-client.js';
import { ControlServer, type Task } from './control-server.js';
import { holdStore } from './hold-store.js';
import { socketPath } from './socket-path.js';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-control-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function listen(dataFolder: string, perform: (task: Task) => Promise<unknown>): Promise<ControlServer> {
  const control = await ControlServer.listen({ dataFolder, holder: 'weft serve', perform });
  onTestFinished(() => control.close());
  return control;
}

const noProgress = { onProgress: (_progress: Progress) => {}, signal: new AbortController().signal };

async function ask(dataFolder: string, command: string, args: unknown = null, options = noProgress): Promise<unknown> {
  const client = await ControlClient.connect(dataFolder);
  return client!.ask(command, args, options);
}

test('L6: a command asks whoever holds the folder, and gets progress, then the result or the error', async () => {
  const dataFolder = await newFolder();
  await listen(dataFolder, async ({ command, args, onProgress }) => {
    onProgress({ doing: 'Thinking', done: 1, total: 2 });
    if (command === 'fail') throw new SyncError('NO_SUCH_DOCUMENT', 'There is none.');
    return { command, args };
  });
  const seen: Progress[] = [];
  const options = { ...noProgress, onProgress: (progress: Progress) => void seen.push(progress) };
  expect(await ask(dataFolder, 'echo', { text: 'ä\n' }, options)).toEqual({ command: 'echo', args: { text: 'ä\n' } });
  expect(seen).toEqual([{ doing: 'Thinking', done: 1, total: 2 }]);
  await expect(ask(dataFolder, 'fail')).rejects.toMatchObject({ code: 'NO_SUCH_DOCUMENT', message: 'There is none.' });
});

test('several are served at a time, and none waits for another', async () => {
  const dataFolder = await newFolder();
  const waiting: (() => void)[] = [];
  await listen(dataFolder, ({ args }) => new Promise((resolve) => waiting.push(() => resolve(args))));
  const answers = [ask(dataFolder, 'wait', 1), ask(dataFolder, 'wait', 2), ask(dataFolder, 'wait', 3)];
  await expect.poll(() => waiting.length).toBe(3);
  for (const answer of waiting.reverse()) answer();
  expect(await Promise.all(answers)).toEqual([1, 2, 3]);
});

test('nobody answers for a folder without a server, nor for one whose server was killed; the next one replaces its socket', async () => {
  const dataFolder = await newFolder();
  expect(await ControlClient.connect(dataFolder)).toBe(null);
  // What a kill leaves: a socket file that nobody listens on.
  await writeFile(socketPath(dataFolder), '');
  expect(await ControlClient.connect(dataFolder)).toBe(null);
  const control = await listen(dataFolder, async () => 'here');
  expect(await ask(dataFolder, 'x')).toBe('here');
  await control.close();
  expect(await ControlClient.connect(dataFolder)).toBe(null);
  await expect(stat(socketPath(dataFolder))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('who finds the store in use is told by whom, and what to do', async () => {
  const dataFolder = await newFolder();
  const store = await holdStore(dataFolder, () => {});
  onTestFinished(() => store.close());
  const open = (): Promise<unknown> => holdStore(dataFolder, () => {});
  await expect(open()).rejects.toMatchObject({
    code: 'STORE_IN_USE',
    message: expect.stringMatching(/ is in use by another process\. Stop that one first, or choose another folder\.$/),
  });
  for (const [holder, advice] of [
    ['weft compact', 'It ends by itself when it is done: try again then.'],
    ['weft serve', 'Stop that one first, or choose another folder.'],
  ] as const) {
    const control = await ControlServer.listen({ dataFolder, holder, perform: async () => null });
    await expect(open()).rejects.toMatchObject({
      code: 'STORE_IN_USE',
      message: `The data folder ${dataFolder} is in use by another process: ${holder}, process ${process.pid}. ${advice}`,
    });
    await control.close();
  }
});

test('the socket is for its owner alone', async () => {
  const dataFolder = await newFolder();
  await listen(dataFolder, async () => null);
  expect((await stat(socketPath(dataFolder))).mode & 0o777).toBe(0o600);
});

test('a folder whose path is too long for a socket has one among the temporary files, in a folder of its own', async () => {
  const deep = join(await newFolder(), ...Array.from({ length: 12 }, () => 'a-folder-deep-down'));
  await mkdir(deep, { recursive: true });
  const path = socketPath(deep);
  expect(path.length).toBeLessThan(100);
  await listen(deep, async () => 'from the depths');
  expect(await ask(deep, 'x')).toBe('from the depths');
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('that folder has to be ours alone: a link, or one that others may use, is refused', async () => {
  const deep = '/'.padEnd(150, 'x');
  const temporary = await newFolder();
  const uid = process.getuid!();
  await mkdir(join(temporary, `weft-${uid}`), { mode: 0o755 });
  expect(() => socketPath(deep, temporary)).toThrow(expect.objectContaining({ code: 'NOT_PERMITTED' }));
  const linked = await newFolder();
  await symlink(temporary, join(linked, `weft-${uid}`));
  expect(() => socketPath(deep, linked)).toThrow(expect.objectContaining({ code: 'NOT_PERMITTED' }));
});

test('that folder is of the user by number, for whom a container may have no name', async () => {
  const getuid = vi.spyOn(process, 'getuid').mockReturnValue(54_321);
  onTestFinished(() => getuid.mockRestore());
  const temporary = await newFolder();
  expect(() => socketPath('/'.padEnd(150, 'x'), temporary)).toThrow(
    'weft-54321 has to be a folder that belongs to you',
  );
});

/** A bare connection, and what comes over it until it ends. */
async function bare(dataFolder: string): Promise<{ socket: Socket; ended: Promise<string> }> {
  const socket = createConnection(socketPath(dataFolder));
  await new Promise((resolve) => socket.once('connect', resolve));
  let text = '';
  const ended = new Promise<string>((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text.split('\n').slice(1).join('\n')));
  });
  return { socket, ended };
}

test.each([
  ['garbage', 'not json\n', 'BAD_REQUEST'],
  ['something else', '[1]\n', 'BAD_REQUEST'],
  ['a line without end', 'x'.repeat(70_000), 'BAD_REQUEST'],
  ['another version', `${JSON.stringify({ weft: '0.0.1', command: 'x', args: null })}\n`, 'OTHER_VERSION'],
])('%s is answered with an error and cut off, and nothing is done', async (_, text, code) => {
  const dataFolder = await newFolder();
  let calls = 0;
  await listen(dataFolder, async () => ++calls);
  const { socket, ended } = await bare(dataFolder);
  socket.write(text);
  expect(JSON.parse(await ended)).toMatchObject({ error: { code } });
  expect(calls).toBe(0);
  expect(await ask(dataFolder, 'x')).toBe(1);
});

test('a second request on a connection ends it, and what the first one began', async () => {
  const dataFolder = await newFolder();
  let signal: AbortSignal | undefined;
  await listen(dataFolder, (task) => {
    signal = task.signal;
    return new Promise((_, reject) => task.signal.addEventListener('abort', () => reject(new Error('ended'))));
  });
  const { socket, ended } = await bare(dataFolder);
  const line = `${JSON.stringify({ weft: VERSION, command: 'x', args: null })}\n`;
  socket.write(line + line);
  expect(await ended).toContain('BAD_REQUEST');
  await expect.poll(() => signal?.aborted).toBe(true);
});

test('a command checks the version of the server, too', async () => {
  const dataFolder = await newFolder();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(`${JSON.stringify({ weft: '9.0.0', holder: 'weft serve', pid: 1 })}\n`);
  });
  await new Promise<void>((resolve) => server.listen(socketPath(dataFolder), resolve));
  onTestFinished(() => void server.close());
  await expect(ask(dataFolder, 'x')).rejects.toMatchObject({
    code: 'OTHER_VERSION',
    message: expect.stringContaining('Weft 9.0.0 holds the data folder'),
  });
});

test('a command that is ended, ends what the server does for it', async () => {
  const dataFolder = await newFolder();
  const begun = withResolvers<AbortSignal>();
  await listen(dataFolder, ({ signal }) => {
    begun.resolve(signal);
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('ended'))));
  });
  const abort = new AbortController();
  const answer = ask(dataFolder, 'x', null, { ...noProgress, signal: abort.signal });
  const signal = await begun.promise;
  abort.abort();
  await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect.poll(() => signal.aborted).toBe(true);
});

test('a server that stops tells what runs to end, and waits for it', async () => {
  const dataFolder = await newFolder();
  const begun = withResolvers<void>();
  const steps: string[] = [];
  const control = await listen(dataFolder, async ({ signal }) => {
    begun.resolve();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await new Promise(setImmediate);
    steps.push('ended');
    throw new SyncError('CANCELLED', 'It was ended.');
  });
  const answer = ask(dataFolder, 'x');
  await begun.promise;
  const closed = control.close().then(() => steps.push('closed'));
  await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' });
  await closed;
  expect(steps).toEqual(['ended', 'closed']);
});

test('a server that goes away leaves no answer, and the command says so', async () => {
  const dataFolder = await newFolder();
  const server = createServer((socket) => {
    socket.write(`${JSON.stringify({ weft: VERSION, holder: 'weft serve', pid: 1 })}\n`);
    socket.once('data', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(socketPath(dataFolder), resolve));
  onTestFinished(() => void server.close());
  await expect(ask(dataFolder, 'x')).rejects.toMatchObject({ code: 'SERVER_SILENT' });
});

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

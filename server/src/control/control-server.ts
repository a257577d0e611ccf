// The holder of a data folder on its control socket: answers who it is, and does what a command of the same user asks (L6).
// One request for each connection, several connections at a time. Whoever listens holds the store, whose lock lets
// one process in: so what lies at the path of the socket is left over from a process that was killed, and is replaced.

import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Progress } from '../admin/operation.js';
import { SyncError } from '../sync-error.js';
import { VERSION } from '../version.js';
import { type Answer, errorAnswer, type Request, readLines, readRequest, toLine } from './control-wire.js';
import { socketPath } from './socket-path.js';

const MAX_REQUEST_BYTES = 64 * 1024;
const MAX_CONNECTIONS = 32;
const REQUEST_WITHIN_MS = 10_000;
/** Progress goes out this often at most. */
const PROGRESS_EVERY_MS = 200;

export interface Task {
  readonly command: string;
  readonly args: unknown;
  readonly onProgress: (progress: Progress) => void;
  /** Aborted when whoever asked has gone, or the server closes. */
  readonly signal: AbortSignal;
}

export interface ControlServerOptions {
  /** An absolute path of a folder that exists, whose store this process holds. */
  readonly dataFolder: string;
  /** As in "weft serve". */
  readonly holder: string;
  /** @returns the result, plain JSON. What it throws is the answer. */
  readonly perform: (task: Task) => Promise<unknown>;
}

export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #server: Server;
  readonly #tasks = new Map<Socket, { readonly abort: AbortController; readonly done: Promise<void> }>();
  readonly #sockets = new Set<Socket>();
  #closed: Promise<void> | null = null;

  private constructor(options: ControlServerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#greet(socket));
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Resolves once it can be reached. @throws SyncError `NOT_PERMITTED` when no socket can be made */
  static async listen(options: ControlServerOptions): Promise<ControlServer> {
    const control = new ControlServer(options);
    await control.#listen(socketPath(options.dataFolder));
    return control;
  }

  /** Tells what runs to end, waits for it, and removes the socket. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= this.#finishThenRelease();
    return this.#closed;
  }

  async #listen(path: string): Promise<void> {
    try {
      rmSync(path, { force: true });
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        // The socket is made within this call: at no moment may anybody but its owner use it.
        const before = process.umask(0o177);
        this.#server.listen(path, resolve);
        process.umask(before);
      });
    } catch (cause) {
      const sentence = `The control socket ${path} cannot be made: ${(cause as Error).message}`;
      throw new SyncError('NOT_PERMITTED', sentence, { cause });
    }
    this.#server.removeAllListeners('error');
    // An accept that fails, as without free file handles, costs that command alone.
    this.#server.on('error', () => {});
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#tasks.get(socket)?.abort.abort();
    });
    socket.on('error', () => socket.destroy());
    const deadline = setTimeout(() => socket.destroy(), REQUEST_WITHIN_MS);
    socket.on('close', () => clearTimeout(deadline));
    socket.write(toLine({ weft: VERSION, holder: this.#options.holder, pid: process.pid }));
    const take = (message: unknown): void => {
      if (this.#tasks.has(socket)) throw new SyncError('BAD_REQUEST', 'A connection takes one request.');
      clearTimeout(deadline);
      this.#start(socket, readRequest(message));
    };
    readLines(socket, MAX_REQUEST_BYTES, take, (error) => say(socket, errorAnswer(error)));
  }

  #start(socket: Socket, request: Request): void {
    const abort = new AbortController();
    const done = this.#answer(socket, request, abort.signal).finally(() => this.#tasks.delete(socket));
    this.#tasks.set(socket, { abort, done });
  }

  async #answer(socket: Socket, { weft, command, args }: Request, signal: AbortSignal): Promise<void> {
    let toldAtMs = Number.NEGATIVE_INFINITY;
    const onProgress = (progress: Progress): void => {
      if (performance.now() - toldAtMs < PROGRESS_EVERY_MS || socket.writableNeedDrain) return;
      toldAtMs = performance.now();
      say(socket, { progress });
    };
    try {
      if (weft !== VERSION) throw otherVersion(VERSION, weft);
      if (this.#closed) throw new SyncError('CANCELLED', 'The server is being stopped. Ask again when it runs.');
      const result = await this.#options.perform({ command, args, onProgress, signal });
      say(socket, { result });
    } catch (error) {
      say(socket, errorAnswer(error));
    }
    socket.end();
  }

  async #finishThenRelease(): Promise<void> {
    // Closing removes the socket's file.
    const released = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    const tasks = [...this.#tasks.values()];
    for (const { abort } of tasks) abort.abort();
    await Promise.all(tasks.map(({ done }) => done));
    for (const socket of this.#sockets) socket.destroySoon();
    await released;
  }
}

export const otherVersion = (server: string, command: string): SyncError =>
  new SyncError(
    'OTHER_VERSION',
    `Weft ${server} holds the data folder, and this command is of Weft ${command}. Use the command of that installation.`,
  );

function say(socket: Socket, answer: Answer): void {
  if (socket.writable) socket.write(toLine(answer));
}

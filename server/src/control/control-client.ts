// A command's end of the control socket: finds out who holds the data folder, and asks it (L6).

import { createConnection, type Socket } from 'node:net';
import type { Progress } from '../admin/operation.js';
import { SyncError } from '../sync-error.js';
import { VERSION } from '../version.js';
import { otherVersion } from './control-server.js';
import { type Answer, errorFrom, type Greeting, readAnswer, readGreeting, readLines, toLine } from './control-wire.js';
import { socketPath } from './socket-path.js';

/** A list of a million documents is shorter. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
const GREETING_WITHIN_MS = 10_000;

export class ControlClient {
  readonly greeting: Greeting;
  readonly #socket: Socket;
  readonly #inbox: Inbox;

  private constructor(socket: Socket, inbox: Inbox, greeting: Greeting) {
    this.#socket = socket;
    this.#inbox = inbox;
    this.greeting = greeting;
  }

  /**
   * @param dataFolder an absolute path of a folder that exists
   * @returns null when nobody answers for the folder
   * @throws SyncError `NOT_PERMITTED`, or `SERVER_SILENT` when somebody is there and does not speak
   */
  static async connect(dataFolder: string): Promise<ControlClient | null> {
    const socket = createConnection(socketPath(dataFolder));
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('error', reject);
      });
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      // No socket, one left over from a process that was killed, or no socket at all.
      if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTSOCK') return null;
      const sentence = `The server of ${dataFolder} cannot be asked: ${message}. Use the command as the user it runs as.`;
      throw new SyncError('NOT_PERMITTED', sentence, { cause });
    }
    const inbox = new Inbox(socket, dataFolder);
    const deadline = setTimeout(() => inbox.fail(silent(dataFolder, false)), GREETING_WITHIN_MS);
    try {
      return new ControlClient(socket, inbox, readGreeting(await inbox.next()));
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(deadline);
    }
  }

  /**
   * Asks, and resolves with the result. Once `signal` is aborted the holder ends what it does where that is safe.
   * @throws SyncError the error it answers with; `OTHER_VERSION`; `SERVER_SILENT` when it goes without an answer; `CANCELLED`
   */
  async ask(
    command: string,
    args: unknown,
    { onProgress, signal }: { onProgress: (progress: Progress) => void; signal: AbortSignal },
  ): Promise<unknown> {
    if (this.greeting.weft !== VERSION) throw otherVersion(this.greeting.weft, VERSION);
    const cancel = (): void => {
      this.#inbox.fail(new SyncError('CANCELLED', `The server was told to end "weft ${command}".`));
    };
    signal.addEventListener('abort', cancel);
    try {
      this.#inbox.hasAsked = true;
      this.#socket.write(toLine({ weft: VERSION, command, args }));
      for (;;) {
        const answer: Answer = readAnswer(await this.#inbox.next());
        if ('result' in answer) return answer.result;
        if ('error' in answer) throw errorFrom(answer.error);
        onProgress(answer.progress);
      }
    } finally {
      signal.removeEventListener('abort', cancel);
      this.close();
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** The messages that came and were not asked for yet. */
class Inbox {
  hasAsked = false;
  readonly #messages: unknown[] = [];
  #failure: SyncError | null = null;
  #wake: () => void = () => {};

  constructor(socket: Socket, dataFolder: string) {
    const take = (message: unknown): void => {
      this.#messages.push(message);
      this.#wake();
    };
    readLines(socket, MAX_ANSWER_BYTES, take, (error) => this.fail(error));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.fail(silent(dataFolder, this.hasAsked)));
  }

  async next(): Promise<unknown> {
    while (this.#messages.length === 0) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#messages.shift();
  }

  /** The first reason counts. */
  fail(error: SyncError): void {
    this.#failure ??= error;
    this.#wake();
  }
}

/** @param asked whether it has been given something to do */
function silent(dataFolder: string, asked: boolean): SyncError {
  const what = asked
    ? `The server of ${dataFolder} went away before it answered: whether the command was carried out is not known. ` +
      'Use the command again, once the server runs again or is stopped for good.'
    : `The server of ${dataFolder} does not answer, and nothing was done. If it goes on like this, start it again.`;
  return new SyncError('SERVER_SILENT', what);
}

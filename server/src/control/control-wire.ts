// What goes over the control socket (L6): lines of JSON. The server begins with a greeting, the command sends one request,
// and gets any number of lines of progress and one with the result or the error. Then the line is closed.

import type { Socket } from 'node:net';
import type { Progress } from '../admin/operation.js';
import { messageOf, SyncError, type SyncErrorCode } from '../sync-error.js';

/** Whoever answers on the socket holds the data folder. */
export interface Greeting {
  /** Version of Weft. Both ends have to have the same. */
  readonly weft: string;
  /** As in "weft serve" or "weft compact". */
  readonly holder: string;
  readonly pid: number;
}

export interface Request {
  readonly weft: string;
  readonly command: string;
  readonly args: unknown;
}

export type Answer =
  | { readonly progress: Progress }
  | { readonly result: unknown }
  | { readonly error: { readonly code: string; readonly message: string } };

export const toLine = (message: Greeting | Request | Answer): string => `${JSON.stringify(message)}\n`;

/**
 * Hands over each line of a socket, read as JSON.
 *
 * @param maxBytes a longer line ends the socket
 * @param take     may throw: that, too, ends it
 * @param giveUp   called once, before the socket is destroyed for what came over it
 */
export function readLines(
  socket: Socket,
  maxBytes: number,
  take: (message: unknown) => void,
  giveUp: (error: SyncError) => void,
): void {
  let pieces: Buffer[] = [];
  let bytes = 0;
  const refuse = (error: unknown): void => {
    socket.removeAllListeners('data');
    giveUp(error instanceof SyncError ? error : new SyncError('BAD_REQUEST', 'What came is not a line of JSON.'));
    socket.destroySoon();
  };
  socket.on('data', (chunk: Buffer) => {
    let rest = chunk;
    try {
      for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
        const line = Buffer.concat([...pieces, rest.subarray(0, end)]);
        pieces = [];
        bytes = 0;
        rest = rest.subarray(end + 1);
        if (line.length > maxBytes) throw tooLong(maxBytes);
        take(JSON.parse(line.toString('utf8')));
      }
      bytes += rest.length;
      if (bytes > maxBytes) throw tooLong(maxBytes);
      if (rest.length > 0) pieces.push(rest);
    } catch (error) {
      refuse(error);
    }
  });
}

const tooLong = (maxBytes: number): SyncError =>
  new SyncError('BAD_REQUEST', `A line of the control socket has at most ${maxBytes} bytes.`);

/** @throws SyncError `BAD_REQUEST` */
export function readGreeting(message: unknown): Greeting {
  const { weft, holder, pid } = asObject(message);
  if (typeof weft !== 'string' || typeof holder !== 'string' || typeof pid !== 'number') throw notOurs();
  return { weft, holder, pid };
}

/** @throws SyncError `BAD_REQUEST` */
export function readRequest(message: unknown): Request {
  const { weft, command, args } = asObject(message);
  if (typeof weft !== 'string' || typeof command !== 'string') throw notOurs();
  return { weft, command, args };
}

/** @throws SyncError `BAD_REQUEST` */
export function readAnswer(message: unknown): Answer {
  const object = asObject(message);
  if ('result' in object) return { result: object.result };
  if ('error' in object) {
    const { code, message: sentence } = asObject(object.error);
    if (typeof code === 'string' && typeof sentence === 'string') return { error: { code, message: sentence } };
  }
  if ('progress' in object) {
    const { doing, done, total } = asObject(object.progress);
    if (typeof doing === 'string' && typeof done === 'number' && typeof total === 'number') {
      return { progress: { doing, done, total } };
    }
  }
  throw notOurs();
}

/** An error as it travels. What is not meant for people keeps its own words. */
export function errorAnswer(error: unknown): Answer {
  if (error instanceof SyncError) return { error: { code: error.code, message: error.message } };
  return { error: { code: 'INTERNAL', message: messageOf(error) } };
}

/** The other end has the same version, so the codes are ours. */
export const errorFrom = ({ code, message }: { readonly code: string; readonly message: string }): SyncError =>
  new SyncError(code as SyncErrorCode, message);

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notOurs();
  return value as Record<string, unknown>;
}

const notOurs = (): SyncError =>
  new SyncError('BAD_REQUEST', 'What came over the control socket is not said as Weft says it.');

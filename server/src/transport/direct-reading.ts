// Reading a socket into one buffer that all sockets share. Node makes 64 kB for each reading otherwise, to cut it off behind what came,
// and passes that through a stream. For a socket that connects it offers this as the option `onread`; for one that was accepted it
// has no option, so what the option does is done here. Where that is not possible, the socket is read as ever.

import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface DirectReader {
  /** @param bytes the first `length` of them were read; overwritten after the call */
  read(bytes: Buffer, length: number): void;
}

const READ_BYTES = 64 * 1024;
const shared = Buffer.allocUnsafeSlow(READ_BYTES);

const readerKey = Symbol('reader');

/** How a socket notes what it was given as `onread`. */
interface OnreadKeys {
  readonly buffer: symbol;
  readonly callback: symbol;
}

type OpenSocket = Socket & {
  [readerKey]?: DirectReader;
  [key: symbol]: unknown;
  readonly _handle?: { useUserBuffer?: (buffer: Buffer) => void } | null;
};

/** Node calls it on the socket. @returns whether to read on */
function onread(this: OpenSocket, length: number, bytes: Buffer): boolean {
  this[readerKey]!.read(bytes, length);
  return true;
}

/** They are found by what they hold in a socket that was given the option. */
function findKeys(): OnreadKeys | null {
  const socket = new Socket({ onread: { buffer: shared, callback: onread } } as object) as OpenSocket;
  const keys = Object.getOwnPropertySymbols(socket);
  const buffer = keys.find((key) => socket[key] === shared);
  const callback = keys.find((key) => socket[key] === onread);
  return buffer === undefined || callback === undefined ? null : { buffer, callback };
}

const onreadKeys = findKeys();

/**
 * From here on all that `socket` reads goes to `reader`, and none of it is `data`; all else is as it was.
 * @returns false when it is not, and stays as it was: it is no plain socket, or has read something already
 */
export function readDirectly(socket: Duplex, reader: DirectReader): boolean {
  if (onreadKeys === null || Object.getPrototypeOf(socket) !== Socket.prototype) return false;
  const open = socket as OpenSocket;
  if (open.readableLength > 0 || typeof open._handle?.useUserBuffer !== 'function') return false;
  if (open[onreadKeys.buffer] !== null || open[onreadKeys.callback] !== null) return false;
  open[readerKey] = reader;
  open[onreadKeys.buffer] = shared;
  open[onreadKeys.callback] = onread;
  open._handle.useUserBuffer(shared);
  return true;
}

// The body of a request, a piece at a time and no faster than it is used. Unlike a loop over the request it may be left before the
// end: the line stays, and the answer can be sent.

import type { IncomingMessage } from 'node:http';
import { now } from '../token-bucket.js';

/** How long a body is waited for. What is spent on writing it does not count. */
export interface Patience {
  /** Within which the next piece has to come. */
  readonly idleMs: number;
  /** In the long run, after the first `idleMs`. */
  readonly leastBytesPerSecond: number;
}

/** The body ended before all of it was there, or nothing of it, or too little, came for too long. */
export class BodyBrokenOff extends Error {
  readonly why: 'gone' | 'too-slow';

  constructor(why: BodyBrokenOff['why']) {
    super(why === 'gone' ? 'whoever sent it has gone' : 'too little came for too long');
    this.why = why;
  }
}

/**
 * @param signal  ends it with its reason
 * @throws BodyBrokenOff
 */
export async function* piecesOf(
  body: IncomingMessage,
  signal: AbortSignal,
  { idleMs, leastBytesPerSecond }: Patience,
): AsyncGenerator<Uint8Array, void, void> {
  let bytes = 0;
  let waitedMs = 0;
  for (;;) {
    signal.throwIfAborted();
    for (let piece = body.read(); piece !== null; piece = body.read()) {
      bytes += (piece as Uint8Array).length;
      yield piece as Uint8Array;
    }
    if (body.readableEnded) return;
    if (body.destroyed) throw new BodyBrokenOff('gone');
    const leftMs = idleMs + (bytes / leastBytesPerSecond) * 1000 - waitedMs;
    if (leftMs <= 0) throw new BodyBrokenOff('too-slow');
    const sinceMs = now();
    await more(body, signal, Math.min(idleMs, leftMs));
    waitedMs += now() - sinceMs;
  }
}

const EVENTS = ['readable', 'end', 'close', 'error'] as const;

/** Resolves when there may be more to read. */
async function more(body: IncomingMessage, signal: AbortSignal, withinMs: number): Promise<void> {
  let end = (): void => {};
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new BodyBrokenOff('too-slow')), withinMs);
      const abort = (): void => reject(signal.reason);
      const wake = (): void => resolve();
      signal.addEventListener('abort', abort);
      for (const event of EVENTS) body.on(event, wake);
      end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        for (const event of EVENTS) body.off(event, wake);
      };
    });
  } finally {
    end();
  }
}

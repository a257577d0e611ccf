// Plays the life of a document beside the page, which goes on meanwhile. What is wanted to be seen goes before what comes in.

import { Replay, TrimmedMeanwhile } from '@weft/editor/replay';
import type { FromPlayer, ToPlayer } from './play-messages.js';

/** A page's types know no workers. */
const port = self as unknown as {
  postMessage(message: FromPlayer, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToPlayer>) => void): void;
};

const pages: Uint8Array[] = [];
const fetched = new Map<number, (bytes: Uint8Array) => void>();
let wanted: (ToPlayer & { kind: 'show' }) | null = null;
let hasEnd = false;
let isAtWork = false;
let known: ReadonlySet<string> = new Set();
let inline: ReadonlySet<string> = new Set();

const replay = new Replay({
  isInline: (name) => inline.has(name) || !known.has(name),
  fetchPage: async (after) => {
    const bytes = await new Promise<Uint8Array>((resolve) => {
      fetched.set(after, resolve);
      port.postMessage({ kind: 'fetch', after });
    });
    fetched.delete(after);
    return bytes;
  },
});

port.addEventListener('message', ({ data }) => {
  if (data.kind === 'names') {
    known = new Set(data.known);
    inline = new Set(data.inline);
  } else if (data.kind === 'page') pages.push(data.bytes);
  else if (data.kind === 'again') fetched.get(data.after)?.(data.bytes);
  else if (data.kind === 'end') hasEnd = true;
  else wanted = data;
  void work();
});

async function work(): Promise<void> {
  if (isAtWork) return;
  isAtWork = true;
  try {
    while (wanted !== null || pages.length > 0 || hasEnd) {
      if (wanted !== null) await show();
      else if (pages.length > 0) await take(pages.shift()!);
      else {
        hasEnd = false;
        replay.endOfLog();
        port.postMessage({ kind: 'ready' });
      }
    }
  } catch (error) {
    const isTrimmed = error instanceof TrimmedMeanwhile;
    port.postMessage(isTrimmed ? { kind: 'trimmed' } : { kind: 'failed', reason: String(error) });
  }
  isAtWork = false;
}

async function show(): Promise<void> {
  const { wanted: moment } = wanted!;
  wanted = null;
  const frame = await replay.frame(moment);
  port.postMessage({ kind: 'frame', frame });
}

async function take(bytes: Uint8Array): Promise<void> {
  const { epoch, head, first, last, people, timesMs, authors } = replay.add(bytes);
  const everybody = replay.people;
  port.postMessage({ kind: 'page', epoch, head, first, last, people, timesMs, authors, everybody }, [timesMs.buffer]);
  for await (const _ of replay.keepStates()) {
    await hearing();
    if (wanted !== null) await show();
  }
}

/** What was sent meanwhile comes in. */
const hearing = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve);
  });

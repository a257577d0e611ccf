// A long text with a long past, as one author leaves it after months: typed and deleted in runs, with jumps, over several
// sessions, each under a client id of its own. Made from a seed, in the shape of a recorded paper: 260,000 key presses, two
// fifths of the inserted letters deleted again, near 11,000 structs and 270 kB of state. A recording can take its place.

import * as prng from 'lib0/prng';
import { applyUpdate, Doc, decodeStateVector, encodeStateAsUpdate, encodeStateVector, type Text } from 'yjs';
import { updatesOf } from '../replay/typing.js';
import type { Trace, Transaction } from '../trace.js';

export interface Paper {
  /** In order; each holds what was typed in some seconds. They are given to a server one by one. */
  readonly updates: readonly Uint8Array[];
  /** The text is the root `text`. */
  readonly text: string;
  /** Ever typed, the deleted ones too: clocks. */
  readonly letters: number;
  /** All of it as one collected update. */
  readonly state: Uint8Array;
}

const KEY_PRESSES = 260_000;
const SESSIONS = 8;
/** Of those that somebody sends at once: a client gathers while it waits. */
const MAX_KEY_PRESSES_PER_UPDATE = 50;
const SEED = 260_000;

/** Lengths of runs and jumps at the 10th, 25th, 50th, 75th, 90th, 99th and 100th percentile of the recording. */
const typedRuns = [1, 2, 8, 27, 70, 200, 350];
const deletedRuns = [1, 1, 2, 6, 17, 180, 1100];
const jumps = [6, 16, 53, 184, 945, 28_000, 60_000];
const shares = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1];

/** Lengths as they are distributed in the recording, straight lines between its percentiles. */
function drawLength(random: prng.PRNG, lengths: readonly number[]): number {
  const share = prng.real53(random);
  const above = shares.findIndex((bound) => share <= bound);
  const [fromShare, from] = above === 0 ? [0, 1] : [shares[above - 1]!, lengths[above - 1]!];
  const part = (share - fromShare) / (shares[above]! - fromShare);
  return Math.round(from + part * (lengths[above]! - from));
}

/** The same for the same arguments. */
export function makePaper(keyPresses: number = KEY_PRESSES): Paper {
  const random = prng.create(SEED);
  const clientIdsOfSessions = Array.from({ length: SESSIONS }, () => prng.uint32(random, 2 ** 28, 2 ** 32 - 1));
  const writing = new Writing();
  let caret = 0;
  for (let done = 0; done < keyPresses; ) {
    writing.doc.clientID = clientIdsOfSessions[Math.floor((done * SESSIONS) / keyPresses)]!;
    const { length } = writing.text;
    if (prng.real53(random) < 0.6) {
      const jump = drawLength(random, jumps) * (prng.bool(random) ? 1 : -1);
      caret = Math.min(Math.max(caret + jump, 0), length);
    }
    const isDeleting = prng.real53(random) < 0.4;
    let left = Math.min(drawLength(random, isDeleting ? deletedRuns : typedRuns), keyPresses - done);
    if (isDeleting) left = Math.min(left, caret);
    done += left;
    for (; left > 0; left -= MAX_KEY_PRESSES_PER_UPDATE) {
      const piece = Math.min(left, MAX_KEY_PRESSES_PER_UPDATE);
      if (isDeleting) {
        caret -= piece;
        writing.edit((text) => text.delete(caret, piece));
      } else {
        const typed = prng.word(random, piece, piece).replaceAll(/[0-5]/g, ' ');
        writing.edit((text) => text.insert(caret, typed));
        caret += piece;
      }
    }
  }
  return writing.finish();
}

/** @param trace of one author, as `readTrace` gives it @throws Error when several typed at once */
export function paperOf({ agents, startContent, endContent, transactions }: Trace): Paper {
  if (agents !== 1) throw new Error('This recording is of several people; a paper is of one.');
  const inUpdates: Transaction[] = [];
  for (let at = 0; at < transactions.length; at += MAX_KEY_PRESSES_PER_UPDATE) {
    const patches = transactions
      .slice(at, at + MAX_KEY_PRESSES_PER_UPDATE)
      .flatMap((transaction) => transaction.patches);
    inUpdates.push({ patches, agent: 0, builtOn: null, parents: [] });
  }
  const updates = [...updatesOf({ agents, startContent, endContent, transactions: inUpdates })];
  const doc = new Doc();
  for (const update of updates) applyUpdate(doc, update);
  return describe(updates, doc);
}

function describe(updates: readonly Uint8Array[], doc: Doc): Paper {
  let letters = 0;
  for (const clock of decodeStateVector(encodeStateVector(doc)).values()) letters += clock;
  return { updates, text: doc.getText('text').toString(), letters, state: encodeStateAsUpdate(doc) };
}

class Writing {
  readonly doc = new Doc();
  readonly text = this.doc.getText('text');
  readonly #updates: Uint8Array[] = [];

  constructor() {
    this.doc.on('update', (update: Uint8Array) => this.#updates.push(update));
  }

  edit(change: (text: Text) => void): void {
    this.doc.transact(() => change(this.text));
  }

  finish(): Paper {
    return describe(this.#updates, this.doc);
  }
}

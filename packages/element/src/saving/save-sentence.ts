// The save state as a sentence: what happened, what it means for the text. Pure; the element around it keeps the time.

import type { Role } from '@weft/protocol';
import type { BusyReason, LocalState, SaveState } from '@weft/provider';
import { readingSentence } from '../ui/role-words.js';
import { clockTime } from '../ui/when.js';

/** "Saving…" that is over sooner than this is never said. */
export const QUIET_SAVING_MS = 400;

/** Saving that takes longer than this is not going well: the connection stands, but nothing comes back. */
export const SLOW_SAVING_MS = 2_000;

export interface SaveSentence {
  readonly text: string;
  readonly tone: 'quiet' | 'warn' | 'bad';
  readonly icon: 'check' | 'offline' | 'warning' | null;
}

/**
 * Null for the first moments of saving: whatever was said before still holds well enough.
 *
 * @param isBlank  there is nothing in the document that could have been saved
 * @param role     what one may do in it; null when the server has not said it
 * @param local    what becomes of unsaved text when the tab is closed
 */
export function saveSentence(
  state: SaveState,
  nowMs: number,
  isBlank: boolean,
  role: Role | null = null,
  local: LocalState = 'none',
): SaveSentence | null {
  switch (state.kind) {
    case 'saved':
      if (state.atMs === null && isBlank) return { text: 'Nothing written yet', tone: 'quiet', icon: null };
      return { text: state.atMs === null ? 'Saved' : `Saved · ${clockTime(state.atMs)}`, tone: 'quiet', icon: 'check' };
    case 'saving':
      return savingSentence(state.changes, nowMs - state.sinceMs, local);
    case 'offline':
      return {
        text: `Offline · ${state.changes > 0 ? changes(state.changes) : 'what you write is'} kept ${whereKept(local)}`,
        tone: 'warn',
        icon: 'offline',
      };
    case 'busy':
      return { text: busySentence(state.reason, state.changes, local), tone: 'warn', icon: 'warning' };
    case 'refused':
      return { text: 'This change was refused · your text is kept', tone: 'bad', icon: 'warning' };
    case 'read-only':
      return readingOnly(state.reason, role);
  }
}

/** Where unsaved text is, as the end of a sentence. */
function whereKept(local: LocalState): string {
  if (local === 'kept') return 'on this device';
  return local === 'full' ? 'in this tab only: this browser has no room left' : 'in this tab';
}

/** The same as two sentences. */
function keptSentence(what: string, local: LocalState): string {
  return local === 'kept' ? `${what} kept on this device.` : `${what} kept here: leave this tab open.`;
}

/** Who may write by their role is told why they cannot. */
function readingOnly(reason: string, role: Role | null): SaveSentence {
  const byRole = readingSentence(role);
  if (byRole !== null) return { text: byRole, tone: 'quiet', icon: null };
  const isTold = role !== null && reason !== '';
  return { text: isTold ? reason : 'You can read, but not write here', tone: isTold ? 'warn' : 'quiet', icon: null };
}

const whatIsWrong: Readonly<Record<BusyReason, string>> = {
  busy: 'the server has too much to do',
  'cannot-open': 'the server cannot open this document',
  stuck: 'the server does not answer; the connection is being made anew',
  differs: 'this page and the server did not have the same text, and what either lacks is being sent',
  'disk-full': 'the server’s disk is full',
  'disk-failing': 'the server cannot write to its disk',
  'store-silent': 'the server’s database does not answer',
};

function busySentence(reason: BusyReason, changes: number, local: LocalState): string {
  if (reason === 'cannot-open' && changes === 0) {
    return 'The server cannot open this document. Whoever runs it was told; it is tried again.';
  }
  return changes > 0
    ? `Not saved yet · ${whatIsWrong[reason]}. ${keptSentence('Your changes are', local)}`
    : `Nothing can be saved now · ${whatIsWrong[reason]}. ${keptSentence('What you write is', local)}`;
}

function savingSentence(changes: number, waitedMs: number, local: LocalState): SaveSentence | null {
  if (waitedMs < QUIET_SAVING_MS) return null;
  if (waitedMs <= SLOW_SAVING_MS) return { text: 'Saving…', tone: 'quiet', icon: null };
  const text =
    changes > 0
      ? `Not saved yet · the server is not answering. ${keptSentence('Your changes are', local)}`
      : 'Still fetching the text · the server is not answering.';
  return { text, tone: 'warn', icon: 'warning' };
}

/** A trouble as it is read aloud: once, and so without a number that grows. Null when it need not be said here. */
export function spokenTrouble(state: SaveState, shown: SaveSentence, local: LocalState = 'none'): string | null {
  switch (state.kind) {
    case 'offline':
      return `Offline. Your changes are kept ${whereKept(local)}.`;
    case 'busy':
    case 'saving':
    case 'read-only':
      return shown.text;
    // A refusal has a banner, which speaks for itself.
    default:
      return null;
  }
}

/** Whether something is not on the server. */
export function hasUnsaved(state: SaveState): boolean {
  return 'changes' in state && state.changes > 0;
}

function changes(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'change' : 'changes'}`;
}

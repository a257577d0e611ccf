// The save state as a sentence: what happened, what it means for the text. Pure; the element around it keeps the time.

import type { Role } from '@weft/protocol';
import type { BusyReason, LocalState, SaveState } from '@weft/provider';
import * as words from '@weft/words/save';
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
      if (state.atMs === null && isBlank) return { text: words.nothingWritten, tone: 'quiet', icon: null };
      return {
        text: state.atMs === null ? words.saved : words.savedAt(clockTime(state.atMs)),
        tone: 'quiet',
        icon: 'check',
      };
    case 'saving':
      return savingSentence(state.changes, nowMs - state.sinceMs, local);
    case 'offline':
      return {
        text: words.offline(state.changes, placeOf(local)),
        tone: 'warn',
        icon: 'offline',
      };
    case 'busy':
      return { text: busySentence(state.reason, state.changes, local), tone: 'warn', icon: 'warning' };
    case 'refused':
      return { text: words.refused, tone: 'bad', icon: 'warning' };
    case 'read-only':
      return readingOnly(state.reason, role);
  }
}

/** Where unsaved text is. */
const placeOf = (local: LocalState): keyof typeof words.where =>
  local === 'kept' ? 'device' : local === 'full' ? 'onlyTab' : 'tab';

/** Who may write by their role is told why they cannot. */
function readingOnly(reason: string, role: Role | null): SaveSentence {
  const byRole = readingSentence(role);
  if (byRole !== null) return { text: byRole, tone: 'quiet', icon: null };
  const isTold = role !== null && reason !== '';
  return { text: isTold ? words.onlyReading(reason) : words.cannotWrite, tone: isTold ? 'warn' : 'quiet', icon: null };
}

function busySentence(reason: BusyReason, changes: number, local: LocalState): string {
  if (reason === 'cannot-open' && changes === 0) return words.cannotOpen;
  return (changes > 0 ? words.notSaved : words.cannotSave)(reason, local === 'kept');
}

function savingSentence(changes: number, waitedMs: number, local: LocalState): SaveSentence | null {
  if (waitedMs < QUIET_SAVING_MS) return null;
  if (waitedMs <= SLOW_SAVING_MS) return { text: words.saving, tone: 'quiet', icon: null };
  const text = changes > 0 ? words.notSaved('not-answering', local === 'kept') : words.stillFetching;
  return { text, tone: 'warn', icon: 'warning' };
}

/** A trouble as it is read aloud: once, and so without a number that grows. Null when it need not be said here. */
export function spokenTrouble(state: SaveState, shown: SaveSentence, local: LocalState = 'none'): string | null {
  switch (state.kind) {
    case 'offline':
      return words.offlineSpoken(placeOf(local));
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

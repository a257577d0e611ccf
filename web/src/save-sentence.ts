// The save state as a sentence: what happened, what it means for the text. Pure; the element around it keeps the time.

import type { SaveState } from '@weft/provider';
import { clockTime } from './when.js';

/** "Saving…" that is over sooner than this is never said. */
export const QUIET_SAVING_MS = 400;

export interface SaveSentence {
  readonly text: string;
  readonly tone: 'quiet' | 'warn' | 'bad';
  readonly icon: 'check' | 'offline' | 'warning' | null;
}

/** Null for the first moments of saving: whatever was said before still holds well enough. */
export function saveSentence(state: SaveState, nowMs: number): SaveSentence | null {
  switch (state.kind) {
    case 'saved':
      return { text: state.atMs === null ? 'Saved' : `Saved · ${clockTime(state.atMs)}`, tone: 'quiet', icon: 'check' };
    case 'saving':
      return nowMs - state.sinceMs < QUIET_SAVING_MS ? null : { text: 'Saving…', tone: 'quiet', icon: null };
    case 'offline':
      return {
        text: `Offline · ${state.changes > 0 ? changes(state.changes) : 'what you write is'} kept in this tab`,
        tone: 'warn',
        icon: 'offline',
      };
    case 'busy':
      return {
        text: 'Not saved yet · kept in this tab until the server is ready',
        tone: 'warn',
        icon: 'warning',
      };
    case 'refused':
      return { text: 'This change was refused · your text is kept', tone: 'bad', icon: 'warning' };
    case 'read-only':
      return { text: 'You can read, but not write here', tone: 'quiet', icon: null };
  }
}

/** Whether closing the tab now would lose something. */
export function hasUnsaved(state: SaveState): boolean {
  return 'changes' in state && state.changes > 0;
}

function changes(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'change' : 'changes'}`;
}

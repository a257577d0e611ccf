// What a writer is told about the safety of their text, as one pure function of what is known.
// "Saved" is a promise: nothing waits here, and what is shown is what the server has on disk.

import type { StorageTrouble } from '@weft/protocol';

export type SaveState =
  /** `atMs`: the server's time of the last write of this tab; null when nothing was written here yet. */
  | { readonly kind: 'saved'; readonly atMs: number | null }
  /** Also while the text is still being fetched: then `changes` may be 0. */
  | { readonly kind: 'saving'; readonly changes: number; readonly sinceMs: number }
  /** Changes wait, kept in this tab. */
  | { readonly kind: 'offline'; readonly changes: number }
  /** Connected, but the server can save nothing, also when nothing waits, or asks to wait: "Not saved yet". */
  | { readonly kind: 'busy'; readonly reason: BusyReason; readonly changes: number }
  /** Until `acknowledgeRefusal()`. The changes are in a draft. */
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string; readonly changes: number }
  | { readonly kind: 'read-only'; readonly reason: string };

/**
 * `busy`: too much at once; `cannot-open`: the server fails to open this document; `stuck`: nothing has come of what was sent for
 * 10 s, and the connection is made anew; `differs`: page and server were found to hold different text, and what either lacks is being
 * sent. Else what is wrong with the server's storage.
 */
export type BusyReason = 'busy' | 'cannot-open' | 'stuck' | 'differs' | StorageTrouble;

/** Everything the save state depends on. */
export interface SaveFacts {
  readonly refusal: { readonly code: string; readonly reason: string; readonly changes: number } | null;
  /** Why the document cannot be written, or null when it can. */
  readonly readOnlyReason: string | null;
  /** Joined to the server or about to be, on a connection that stands. */
  readonly connected: boolean;
  /** The connection was given up in step, for nobody sees the page. */
  readonly rests: boolean;
  /** The server failed to open the document when it was last asked to. */
  readonly turnedDown: boolean;
  /** Everything up to the head has been applied since the last connect, and nothing is pending in the Y.Doc. */
  readonly synced: boolean;
  /** The server, asked since the last connect, holds what is here; it is asked when there was something to compare. */
  readonly agreed: boolean;
  /** It does not, and that is being mended. */
  readonly differs: boolean;
  /** Nothing has come of what was sent for too long. */
  readonly stuck: boolean;
  /** What keeps the server from saving anything, as it said. */
  readonly trouble: StorageTrouble | null;
  /** The server asked to wait and has saved nothing since. */
  readonly busy: boolean;
  /** Local changes not known to be on disk. */
  readonly changes: number;
  /** Time of the oldest of them or, without any, since when the text is being fetched. */
  readonly sinceMs: number;
  readonly savedAtMs: number | null;
}

export function deriveSaveState(facts: SaveFacts): SaveState {
  const { refusal, readOnlyReason, changes } = facts;
  if (refusal) return { kind: 'refused', ...refusal };
  if (readOnlyReason !== null) return { kind: 'read-only', reason: readOnlyReason };
  // Between two tries, too.
  if (facts.turnedDown) return { kind: 'busy', reason: 'cannot-open', changes };
  if (!facts.connected) return { kind: 'offline', changes };
  if (facts.trouble !== null) return { kind: 'busy', reason: facts.trouble, changes };
  if (facts.differs) return { kind: 'busy', reason: 'differs', changes };
  const isInStep = (facts.synced && facts.agreed) || facts.rests;
  if (isInStep && changes === 0) return { kind: 'saved', atMs: facts.savedAtMs };
  if (facts.busy) return { kind: 'busy', reason: 'busy', changes };
  if (facts.stuck) return { kind: 'busy', reason: 'stuck', changes };
  return { kind: 'saving', changes, sinceMs: facts.sinceMs };
}

/** Whether something is not on the server. */
export const hasUnsaved = (state: SaveState): boolean => 'changes' in state && state.changes > 0;

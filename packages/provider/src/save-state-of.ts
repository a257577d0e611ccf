// Gathers what the save state of a document depends on: its place on the wire, the connection that carries it, and the text itself.

import type { Channel } from './channel.js';
import type { Carrier } from './channel-owner.js';
import type { Refusal } from './replacement.js';
import { deriveSaveState, type SaveState } from './save-state.js';

export interface TextFacts {
  readonly refusal: Refusal | null;
  /** Why the document cannot be written, or null when it can. */
  readonly readOnlyReason: string | null;
  /** Not known to be on disk, those in a Y.Doc that is about to be replaced among them. */
  readonly changes: number;
}

export function saveStateOf(channel: Channel, carrier: Carrier, text: TextFacts): SaveState {
  const { refusal, readOnlyReason, changes } = text;
  const returnsSinceMs = channel.joined ? null : carrier.returnsSinceMs();
  return deriveSaveState({
    refusal: refusal && {
      code: refusal.code,
      reason: refusal.reason,
      changes: refusal.outboxes.reduce((sum, outbox) => sum + outbox.changes, 0),
    },
    readOnlyReason,
    turnedDown: channel.turnedDown,
    rests: carrier.rests(),
    connected: channel.joined || carrier.rests() || returnsSinceMs !== null,
    synced: channel.synced && !channel.replica.hasPending,
    agreed: channel.agreed,
    differs: channel.differs,
    stuck: channel.stuck,
    trouble: carrier.storageTrouble(),
    busy: channel.busy,
    changes,
    sinceMs: channel.replica.outbox.sinceMs ?? returnsSinceMs ?? channel.openingSinceMs,
    savedAtMs: channel.savedAtMs,
  });
}

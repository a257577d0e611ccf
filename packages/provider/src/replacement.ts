// Why a Y.Doc that is shown is replaced by another one: a code, and words for whoever finds the draft.

import type { DraftReason } from './drafts.js';
import type { Outbox } from './outbox.js';

/** Why the Y.Doc that is shown is being replaced, and what is to become of what is unsaved in it. */
export interface Replacement extends DraftReason {
  readonly unsaved: 'draft' | 'write-again';
}

/** What the server refused of a document, until whoever wrote it has seen that. */
export interface Refusal {
  readonly code: string;
  readonly reason: string;
  /** What was not saved. */
  readonly outboxes: readonly Outbox[];
  readonly isAcknowledged: boolean;
}

export const REPLACED: Replacement = {
  code: 'replaced',
  reason:
    'The document was replaced on the server, as by a backup or when what was deleted in it was erased, and lacks text that was here.',
  unsaved: 'draft',
};
export const DIVERGED: Replacement = {
  code: 'diverged',
  reason: 'This page showed some text otherwise than the server has it. It was loaded afresh.',
  unsaved: 'draft',
};
export const ANOTHER_PERSON: Replacement = {
  code: 'another-person',
  reason: 'This was written before somebody else signed in here, and had not been saved yet.',
  unsaved: 'draft',
};
export const WRITE_AGAIN: Replacement = {
  code: 'client-id-taken',
  reason: 'This text could not be brought into the document under a new id.',
  unsaved: 'write-again',
};

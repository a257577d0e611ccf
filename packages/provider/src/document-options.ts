// What a shared document is opened with, what it tells, and what it gets from its connection.

import type { Role } from '@weft/protocol';
import type * as Y from 'yjs';
import type { Carrier, DocumentKind } from './channel-owner.js';
import type { Draft } from './drafts.js';
import type { LocalState } from './local-copy.js';
import type { LocalStore } from './local-store.js';
import type { PresenceChange, PresenceState } from './presence.js';
import type { SaveState } from './save-state.js';
import type { SyncError } from './sync-error.js';
import type { OpenTabLine } from './tab-line.js';

export interface OpenOptions {
  /** Default `content`. */
  readonly kind?: DocumentKind;
  /** The secret of a share link, which lets in who has it. */
  readonly link?: string;
  /** Makes the clientID of each Y.Doc; default: by chance. */
  readonly clientId?: () => number;
}

export interface SharedDocumentEvents {
  /** Another Y.Doc is to be shown from now on. */
  doc: (doc: Y.Doc) => void;
  save: (state: SaveState) => void;
  synced: (synced: boolean) => void;
  /** There is a text to show, from here or from the server; once. */
  readable: () => void;
  /** What becomes of unsaved text when the page is closed is another now. */
  local: (state: LocalState) => void;
  draft: (draft: Draft) => void;
  /** What one may do here is another now. */
  access: (access: DocumentAccess) => void;
  /** Who is here, or where their caret is, is another now: what `presence` tells as `change`. */
  presence: (change: PresenceChange) => void;
  /** Something was refused, or the document cannot be had: what happened, in a sentence for people. Also in `saveState` or `closed`. */
  error: (error: SyncError) => void;
  /** The server turned the document down or closed it, for good. */
  closed: (end: { readonly code: number; readonly reason: string }) => void;
}

/** `role` is null until the server said so. `reason` is for people, and may be empty. */
export interface DocumentAccess {
  readonly role: Role | null;
  readonly mayWrite: boolean;
  readonly reason: string;
}

/** What a document gets from its connection besides the wire. */
export interface DocumentSetup {
  readonly name: string;
  readonly kind: DocumentKind;
  readonly link: string;
  readonly clientId: (() => number) | undefined;
  readonly user: PresenceState;
  readonly carrier: Carrier;
  readonly newOutboxId: () => string;
  /** null where nothing is kept beyond the page. */
  readonly store: LocalStore | null;
  /** Reaches the other tabs of this person; null where there are none. */
  readonly openTabLine: OpenTabLine | null;
  readonly onClose: () => void;
}

export { Connection, type ConnectionOptions } from './connection.js';
export type { ConnectionStatus, Identity, Lack, Person } from './connection-status.js';
export type { DocumentAccess, OpenOptions } from './document-options.js';
export type { Draft } from './drafts.js';
export type { LocalState } from './local-copy.js';
export type {
  CopyChange,
  LocalStore,
  Place,
  RetiredCopy,
  StoreChange,
  StoredAccess,
  StoredCopy,
  StoredDocument,
  StoredDraft,
  StoredEntry,
  WriteResult,
} from './local-store.js';
export type { Presence, PresenceChange, PresenceState } from './presence.js';
export type { TokenSource } from './proofs.js';
export type { BusyReason, SaveState } from './save-state.js';
export type { SharedDocument } from './shared-document.js';
export { SyncError } from './sync-error.js';
export type { BroadcastChannelConstructor, BroadcastChannelLike } from './tab-line.js';
export type { Rung } from './transport.js';
export { UploadError, type UploadedAsset, type UploadOptions, uploadAsset } from './upload-asset.js';
export type { WaitOptions } from './waiters.js';
export type { WebSocketConstructor, WebSocketLike } from './websocket-transport.js';

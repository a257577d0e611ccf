export {
  Connection,
  type ConnectionOptions,
  type ConnectionStatus,
  type Identity,
  type Person,
} from './connection.js';
export type { Presence, PresenceChange, PresenceState } from './presence.js';
export type { TokenSource } from './proofs.js';
export type { BusyReason, SaveState } from './save-state.js';
export type { DocumentAccess, Draft, OpenOptions, SharedDocument } from './shared-document.js';
export type { WebSocketConstructor, WebSocketLike } from './socket.js';

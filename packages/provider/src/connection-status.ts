// What a connection says of itself, and whom it is for, as an application shows it.

export interface Person {
  readonly name: string;
  /** `#rrggbb` */
  readonly color: string;
}

/** Whom the server takes this connection for. */
export interface Identity {
  /** An opaque id, '' for nobody in particular. */
  readonly person: string;
  /** What others are shown. */
  readonly name: string;
  readonly color: string;
  /** When it ends unless it is renewed, by the server's clock; 0 is never. */
  readonly expiresAtMs: number;
}

/** What was not to be had: a connection, a token, or a server that is as new as this client. */
export type Lack = 'connection' | 'token' | 'newer-server';

export type ConnectionStatus =
  | { readonly kind: 'connecting' }
  /** `renewalFails`: who one is could not be shown anew when it had to be; it is tried again until the end. */
  | { readonly kind: 'connected'; readonly renewalFails: boolean }
  /** Between two tries. */
  | { readonly kind: 'waiting'; readonly retryAtMs: number; readonly lacks: Lack }
  /** Nobody sees the page, and nothing has to be sent: it connects when either changes. */
  | { readonly kind: 'resting' }
  /** A 44xx close code: does not come back by itself. */
  | { readonly kind: 'stopped'; readonly code: number; readonly reason: string }
  /** `close()` was called. */
  | { readonly kind: 'closed' };

// Close codes and the one rule they carry: 44xx stop, everything else come back after a pause.
// The same codes close a WebSocket and, in `Closed`, a single document. PROTOCOL.md §closing has a sentence for each.

export const CloseCode = {
  /** A frame that is not the protocol. Sending it again would not help. */
  BadFrame: 4400,
  /** A token, ticket or guest identity was not accepted, or ended and was not renewed. */
  Unauthorized: 4401,
  /** One may not open this document, or there is none: which of the two is not said. */
  NoAccess: 4403,
  /** The client speaks an older version of the protocol than the server: a newer client is needed. */
  VersionUnsupported: 4406,
  /** A document name outside the grammar. */
  BadName: 4409,
  /** A frame, update or number of open documents beyond the limit. */
  TooMuch: 4413,
  /** Something failed in the server; the document is unharmed. */
  InternalError: 4500,
  /** The server is being stopped or restarted. */
  GoingAway: 4503,
  /** Nothing was heard for too long. */
  Timeout: 4504,
  /** The connection could not keep up with what was to be sent to it, or in one channel with what was written there. */
  SlowReader: 4508,
  /** The document is being replaced on the server: whoever comes back finds what stands there now. */
  Replaced: 4509,
  /** Too many sessions of one person, one address or one document at once. */
  TooMany: 4510,
  /** The Yjs client id named in Open belongs to somebody else: open again under another. */
  ClientIdTaken: 4511,
  /** The server speaks an older version of the protocol than the client; it may be newer the next time. */
  ServerOutdated: 4512,
} as const;

export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** Whether a client closed with this code may try again by itself. */
export function mayComeBack(code: number): boolean {
  return code < 4400 || code > 4499;
}

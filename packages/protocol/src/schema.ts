// The weft wire as one table: every message, its tag, its direction and its fields in order.
// The codec (codec.ts), the types of the messages and the pinned hash are all derived from this table, so that nothing
// can change on the wire without PROTOCOL_VERSION and the hash in schema.test.ts being looked at.

/** The version this build speaks. Raised when a message changes its shape or meaning; see PROTOCOL.md §versions. */
export const PROTOCOL_VERSION = 4;

/** How a field is written. `uint` is a lib0 varUint below 2^53; `bytes[]` is a count and then that many `bytes`. */
export type FieldType = 'uint' | 'string' | 'bytes' | 'bytes[]';

interface FieldValues {
  uint: number;
  string: string;
  bytes: Uint8Array;
  'bytes[]': readonly Uint8Array[];
}

type Fields = Readonly<Record<string, FieldType>>;
interface Shape {
  readonly tag: number;
  readonly fields: Fields;
}

/** What a client may send. */
export const clientSchema = {
  /**
   * First message of a connection; sent again when the person changes name or colour. `token`: a token or a one-time
   * ticket, `guest`: a guest's identity; '' when there is none. What they say counts in the first Hello only.
   */
  Hello: {
    tag: 1,
    fields: { version: 'uint', client: 'string', name: 'string', color: 'string', token: 'string', guest: 'string' },
  },
  /**
   * Opens a channel (0 content, 1 discussion) of a document. `epoch` 0: nothing held yet. `seq`: last entry applied,
   * `proof` what was told with it. `link`: the secret of a share link, or ''.
   */
  Open: {
    tag: 2,
    fields: {
      ref: 'uint',
      document: 'string',
      kind: 'uint',
      clientId: 'uint',
      outboxId: 'string',
      epoch: 'uint',
      seq: 'uint',
      proof: 'bytes',
      link: 'string',
    },
  },
  /** One Yjs v1 update. `clientSeq` rises within an outbox; numbers may be left out, never reused. */
  Update: { tag: 3, fields: { channel: 'uint', clientSeq: 'uint', update: 'bytes' } },
  /** Ends the discarding that Refused, Resync and Busy begin: the next Update is `fromClientSeq`. */
  Resume: { tag: 4, fields: { channel: 'uint', fromClientSeq: 'uint' } },
  /** Where this person is: JSON of an object, or empty for nowhere. Shown once `clientSeq` and before are on disk. */
  Presence: { tag: 5, fields: { channel: 'uint', clientSeq: 'uint', state: 'string' } },
  Close: { tag: 6, fields: { channel: 'uint' } },
  Ping: { tag: 7, fields: { nonce: 'uint' } },
  /** New proofs of the same person, before the old ones end; answered by Identity. */
  Renew: { tag: 8, fields: { token: 'string', guest: 'string' } },
  /** What the client holds, having every entry up to `seq` and nothing unsaved: see state-digest.ts. Answered by Checked. */
  Check: { tag: 9, fields: { channel: 'uint', seq: 'uint', digest: 'bytes' } },
} as const satisfies Record<string, Shape>;

/** What a server may send. */
export const serverSchema = {
  /** Who the server takes the client for: `person` is an opaque id, '' for nobody. `expiresAtMs`: when that ends, 0 is never. */
  Welcome: {
    tag: 64,
    fields: {
      version: 'uint',
      server: 'string',
      session: 'string',
      maxUpdateBytes: 'uint',
      person: 'string',
      name: 'string',
      color: 'string',
      expiresAtMs: 'uint',
    },
  },
  /**
   * Answers Open. The entries after `checkpointSeq` up to `head` follow in Entries. With a checkpoint (raw DEFLATE of a
   * Yjs v1 update) that is the whole state at `checkpointSeq`; without one (`checkpoint` empty) `checkpointSeq` is the
   * seq the client said it had, or 0 when it has to begin anew. `access`: 0 read, 1 write. `savedClientSeq`: what of this
   * outbox is on disk; 0 is nothing. `held`: the seq the client named, or 0 when the server does not have what it holds.
   * `proof` is for `head`. `role`: see roles.ts.
   */
  Opened: {
    tag: 65,
    fields: {
      ref: 'uint',
      channel: 'uint',
      epoch: 'uint',
      access: 'uint',
      savedClientSeq: 'uint',
      held: 'uint',
      head: 'uint',
      proof: 'bytes',
      checkpointSeq: 'uint',
      checkpoint: 'bytes',
      role: 'uint',
    },
  },
  /** Entries of the log, on disk, with seqs `firstSeq`, `firstSeq` + 1, … `proof` is for the last of them, or empty when more follow. */
  Entries: { tag: 66, fields: { channel: 'uint', firstSeq: 'uint', updates: 'bytes[]', proof: 'bytes' } },
  /** Everything of this outbox up to `clientSeq` is on disk, and every entry up to `seq` has been sent before this. `proof` is for `seq`. */
  Saved: { tag: 67, fields: { channel: 'uint', clientSeq: 'uint', seq: 'uint', proof: 'bytes', timeMs: 'uint' } },
  Refused: { tag: 68, fields: { channel: 'uint', clientSeq: 'uint', code: 'string', reason: 'string' } },
  /** The update builds on something the server lacks: send one update made against `stateVector` instead. */
  Resync: { tag: 69, fields: { channel: 'uint', clientSeq: 'uint', stateVector: 'bytes' } },
  Busy: { tag: 70, fields: { channel: 'uint', clientSeq: 'uint', retryAfterMs: 'uint' } },
  /** An awareness update in the encoding of y-protocols, built by the server. */
  Presence: { tag: 71, fields: { channel: 'uint', entries: 'bytes' } },
  /** A channel is closed, or an Open was turned down (`channel` 0, and the Open's `ref`). */
  Closed: { tag: 72, fields: { ref: 'uint', channel: 'uint', code: 'uint', reason: 'string' } },
  Pong: { tag: 73, fields: { nonce: 'uint' } },
  /** Why nothing can be saved now, see storage.ts; '' when it can again. For the whole connection. */
  Storage: { tag: 74, fields: { code: 'string' } },
  /** Who the server takes the client for from now on: answers Renew. `expiresAtMs`: when that ends, 0 is never. */
  Identity: { tag: 75, fields: { person: 'string', name: 'string', color: 'string', expiresAtMs: 'uint' } },
  /** What the client showed ends in `withinMs`: it is to send Renew until then. */
  Renew: { tag: 76, fields: { withinMs: 'uint' } },
  /** What one may do in a channel has changed, from the next Update on. `role` 0 is none, `access` as in Opened. */
  Access: { tag: 77, fields: { channel: 'uint', role: 'uint', access: 'uint', reason: 'string' } },
  /** What the document shows when it has every entry up to `seq` and nothing else, see content-hash.ts (G3). */
  Hash: { tag: 78, fields: { channel: 'uint', seq: 'uint', hash: 'bytes' } },
  /**
   * Answers the Check that named this `seq`. `verdict`: 0 something is being written, ask again later; 1 the server holds the
   * same; 2 it does not, and `stateVector` (else empty) says what it has: what it lacks is to be sent.
   */
  Checked: { tag: 79, fields: { channel: 'uint', seq: 'uint', verdict: 'uint', stateVector: 'bytes' } },
} as const satisfies Record<string, Shape>;

type MessageOf<S extends Record<string, Shape>> = {
  [Name in keyof S]: { readonly type: Name } & {
    readonly [F in keyof S[Name]['fields']]: FieldValues[S[Name]['fields'][F]];
  };
}[keyof S];

export type ClientMessage = MessageOf<typeof clientSchema>;
export type ServerMessage = MessageOf<typeof serverSchema>;

/** Picks one message type out of a union by its name. */
export type Message<Union extends { type: string }, Name extends Union['type']> = Extract<Union, { type: Name }>;

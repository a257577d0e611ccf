// What the bench is made of: a scenario drives one running server for one round and gives figures. Which servers there are,
// how they are started and what a client of each says on the wire is behind these types, so that a scenario reads the same for all.

import type { FigureSpec } from './results.js';

/** Also of an editor, where editors are compared: each on a server of ours. */
export type ServerName =
  | 'weft'
  | 'weft-yjs'
  | 'yws-0.1.5'
  | 'yws-0.1.1-leveldb'
  | 'y-websocket-1.5-leveldb'
  | 'hocuspocus-sqlite'
  | 'y-prosemirror'
  | 'ws-send'
  | 'ws-turn';

/** What clients of a server say. `relay`: the frames of `yjs`, without anybody who answers. */
export type Wire = 'yjs' | 'weft' | 'hocuspocus' | 'relay';

export interface Scenario {
  /** As in 'fan-out-100'. */
  readonly name: string;
  /** One line: what is done. */
  readonly summary: string;
  /** Who takes part. */
  readonly servers: readonly ServerName[];
  readonly figures: Readonly<Record<string, FigureSpec>>;
  /** Where a round takes long and its figures spread little: no more rounds than these, whatever is asked. */
  readonly maxRounds?: number;
  /** It tells nothing of one server beside another: it is run only when it is named, or with `--check`. */
  readonly isOnRequest?: true;
  /**
   * One round on a fresh server, with an empty data folder.
   *
   * @returns a number for each of `figures`; one that could not be had is left out
   * @throws Error with a sentence when a character was lost or doubled
   */
  run(server: RunningServer): Promise<Readonly<Record<string, number>>>;
}

export interface RunningServer {
  readonly name: ServerName;
  /** Changes with `restart`. */
  readonly pid: number;
  readonly port: number;
  readonly wire: Wire;
  readonly dataFolder: string;
  /**
   * One connection that has joined a document and is in sync. Clients come from many addresses of the loopback, so that no
   * limit per address is met.
   *
   * @throws Error when it is turned away, or has not joined within 30 s
   */
  client(document: string, options?: ClientOptions): Promise<BenchClient>;
  /** Of all its threads since it was started. */
  cpuMs(): number;
  /** How much of that was checkpoints and descriptions of documents; null for a server that has no threads for them. */
  upkeepCpuMs(): number | null;
  /** Its own share of memory (Pss), as the system counts it. */
  rssBytes(): number;
  /** Ends it as a supervisor does (SIGTERM), and starts it on the same folder and port. */
  restart(): Promise<void>;
  /** Ends it at once (SIGKILL), and starts it on the same folder and port. */
  kill(): Promise<void>;
}

export interface ClientOptions {
  /** Of the loopback; each client has another one of a few hundred when none is named. */
  readonly localAddress?: string;
  /** Of the Y.Doc whose updates and presence it sends: who writes names it. */
  readonly clientId?: number;
  /** It has been here before; nothing when it comes for the first time. */
  readonly held?: Held | null;
}

/** What a client kept of a document: it tells the server, and is told less. */
export interface Held {
  /** As Yjs encodes it. */
  readonly stateVector: Uint8Array;
  /** What a stock client answers a server that has all of it: everything that is deleted, and nothing else. */
  readonly deletes: Uint8Array;
  /** What it answers a server that has nothing, or has not loaded it yet. */
  readonly state: Uint8Array;
  readonly place: Place | null;
}

/** An entry of a log, as the `weft` wire names it. */
export interface Place {
  readonly epoch: number;
  readonly seq: number;
  readonly proof: Uint8Array;
}

/** Bytes `from` up to `to` of `bytes` are the message; they are valid during the call only. */
export type MessageListener = (bytes: Uint8Array, from: number, to: number) => void;

/** The other end of one connection: no Y.Doc, it hands on what it is told and says what it is asked to say. */
export interface BenchClient {
  /** What it was given when it joined, and after that until somebody listened: Yjs updates, of which the whole state is made. */
  readonly joined: readonly Uint8Array[];
  /** Where it joined; null on a wire that numbers no entries. */
  readonly place: Place | null;
  /** A Yjs update of somebody, or of its own: most servers send everybody everything. Each is told once. */
  onUpdate: MessageListener;
  /** A state told again as a whole: what it holds may have been told before. */
  onState: MessageListener;
  /** An awareness update in the encoding of y-protocols. */
  onAwareness: MessageListener;
  /** So many of its updates are acknowledged. Never called where the wire has no word for it (`yjs`, `relay`). */
  onSaved: (updates: number) => void;
  /** The connection has ended, and `end` was not called. */
  onClosed: (code: number, reason: string) => void;
  /** All bytes that came since it connected. */
  readonly receivedBytes: number;
  /** Sends one Yjs update in a frame of its own; what is sent in one go leaves in one write. */
  update(update: Uint8Array): void;
  /** Sends where this person is. @param json of an object @param clock rises with every call */
  awareness(clientId: number, clock: number, json: string): void;
  /** Says what its library says every 15 s while nobody does anything: a renewal of what `awareness` said, or a ping. */
  beat(): void;
  /** Resolves when what was sent has left for the system's buffers. */
  whenDrained(): Promise<void>;
  /** Reads nothing until `resume`. */
  pause(): void;
  resume(): void;
  /** Goes away without a goodbye. */
  end(): void;
}

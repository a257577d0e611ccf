// What an operation on the data is: one function that works the same in a running server, on its live log, and in a
// command that opened the log itself because no server runs (L6). Arguments and result are plain JSON: they may travel.

import type { AuditKeeper } from '../access/audit.js';
import type { Persons } from '../access/persons.js';
import type { Trash } from '../access/trash.js';
import type { AssetStore } from '../assets/asset-store.js';
import type { HistoryWorkers } from '../history/history-workers.js';
import type { Past } from '../history/past.js';
import type { StorePlace, VerifiableLog } from '../log/verify-report.js';
import type { RoomRegistry } from '../room/room-registry.js';
import { throwIfCancelled } from '../sync-error.js';
import type { PastKeeping } from './past-keeping.js';

/** How far something is. */
export interface Progress {
  /** What is being done, as the beginning of a sentence: "Reading documents". */
  readonly doing: string;
  readonly done: number;
  /** In the unit of `done`; 0 when nobody knows. */
  readonly total: number;
}

/** Whoever waits for some work. */
export interface WorkContext {
  /** May be called as often as one likes. */
  readonly onProgress: (progress: Progress) => void;
  /** Aborted when whoever asked wants no more of it. An operation ends then where that is safe, with `CANCELLED`. */
  readonly signal: AbortSignal;
}

/** What an operation has when it does not open the log. */
export interface FolderContext extends WorkContext {
  /** An absolute path. */
  readonly dataFolder: string;
}

/** What an operation works on. */
export interface AdminContext extends FolderContext {
  readonly log: VerifiableLog;
  /** Whether people may write meanwhile. */
  readonly isServed: boolean;
  /** Whether other servers may have the store as well. */
  readonly isShared: boolean;
  /** Where the log is. */
  readonly place: StorePlace;
  /** The files of its documents. */
  readonly assets: AssetStore;
  /** As RoomRegistry.withClosed; without a server nobody is in a room, and the action is run. */
  readonly withClosed: RoomRegistry['withClosed'];
  readonly audit: AuditKeeper;
  /** Makes a new admin token; the one before ends, and in a running server all that came with it. */
  readonly replaceAdminToken: () => Promise<string>;
  /** Takes a sentence about what was done to a document, for whoever runs the server; a command tells it itself. */
  readonly tell: (sentence: string) => void;
  /** The names behind ids. */
  readonly persons: Pick<Persons, 'lookUp' | 'forget'>;
  /** What documents were, and a way back to it. */
  readonly past: Past;
  /** For how long it is kept. */
  readonly keeping: Pick<PastKeeping, 'of' | 'keep'>;
  readonly trash: Pick<Trash, 'put' | 'takeOut' | 'list'>;
  /** Reads and makes documents, beside this thread. */
  readonly history: Pick<HistoryWorkers, 'buildCheckpoint' | 'renderJson' | 'renderFile' | 'compose'>;
}

export interface Operation<Args, Result> {
  /** As the command line and the control socket call it. */
  readonly name: string;
  /** Reads arguments that came over the socket. @throws SyncError `BAD_REQUEST` */
  readonly readArgs: (input: unknown) => Args;
  readonly run: (args: Args, context: AdminContext) => Promise<Result>;
  /** Whether a data folder that is not there yet, or empty, is made into one. */
  readonly mayMakeStore?: boolean;
  /** The database that is opened where no server runs and the documents are in one; else the running server is needed. */
  readonly storeOf?: (args: Args) => string | null;
  /** Where no server runs and the log must not be opened for it: works on the folder alone. */
  readonly runAlone?: (args: Args, context: FolderContext) => Promise<Result>;
}

/** For operations that take none. */
export const noArguments = (): null => null;

/** Throws `CANCELLED` once nobody wants the operation's result any more. */
export function checkWanted({ signal }: Pick<WorkContext, 'signal'>): void {
  throwIfCancelled(signal);
}

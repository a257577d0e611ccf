// The contract of the log: per channel a dense row of entries 1, 2, 3, …, the newest checkpoint, and an index of documents.
// An entry counts once its listener has heard of it: then it is on disk, and not before (I1, I2, I3).

import type { DocumentName } from '@weft/protocol';
import type { SyncError } from '../sync-error.js';
import type { Duties, Duty } from './duties.js';

/** Entry number in a channel: 1, 2, 3, … without a gap. 0 stands for "before the first". */
export type Seq = number;

/**
 * `content` is the text, `discussion` comments and chat. Each is one Yjs document with its own log. Their places in this row
 * stand for them on disk, in archives and on the wire.
 */
export const CHANNEL_KINDS = ['content', 'discussion'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

export interface ChannelId {
  readonly document: DocumentName;
  readonly kind: ChannelKind;
}

/** One string per channel, for maps. */
export const channelName = ({ document, kind }: ChannelId): string => `${document}\0${kind}`;

/** Both channels of a document. */
export const channelsOf = (document: DocumentName): readonly [content: ChannelId, discussion: ChannelId] => [
  { document, kind: 'content' },
  { document, kind: 'discussion' },
];

/** The epoch of a channel that nothing was put in the place of, and that has lost nothing. */
export const FIRST_EPOCH = 1;

/** One accepted update. `update` belongs to the log from `append` on and is never changed. */
export interface Entry {
  readonly seq: Seq;
  /** Milliseconds since 1970; never goes backwards within a channel (L7). */
  readonly timeMs: number;
  /** Opaque id of the person, or '' when nobody is known. */
  readonly author: string;
  /** Outbox and number the author's client gave it; '' and 0 for stock clients (S1). */
  readonly outboxId: string;
  readonly clientSeq: number;
  /** Yjs v1 update. */
  readonly update: Uint8Array;
}

export type NewEntry = Omit<Entry, 'seq'>;

/** The whole state of a channel at `seq`, as it is served to everyone who joins. */
export interface Checkpoint {
  readonly seq: Seq;
  /** Raw DEFLATE of one garbage-collected Yjs v1 update. */
  readonly state: Uint8Array;
  /** `Y.encodeStateVector` of that state. */
  readonly stateVector: Uint8Array;
  /** Its delete set, as at the end of a Yjs v1 update. */
  readonly deleteSet: Uint8Array;
  /** What whoever is served this state shows, as `contentHash` of @weft/protocol says it (G3). */
  readonly contentHash: Uint8Array;
  /** Newest clientSeq per outbox at `seq`, for the outboxes seen last. */
  readonly outboxes: ReadonlyMap<string, number>;
  /** The person each client id in that state belongs to: the author of the first entry that holds structs of it. */
  readonly owners: ReadonlyMap<number, string>;
}

/** What stands in a channel for its first entries, which were taken out of the past (L5). */
export interface ChannelBase {
  /** At the last of them. */
  readonly checkpoint: Checkpoint;
  /** The channel's link after that entry, and the entry's time. */
  readonly link: Uint8Array;
  readonly timeMs: number;
}

/** What the list of documents shows; derived from the text by the history worker (J4). */
export interface DocumentInfo {
  readonly name: DocumentName;
  readonly title: string;
  readonly excerpt: string;
  /** UTF-16 units of text. */
  readonly characters: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What a document takes in the store. */
export interface DocumentUsage {
  /** In both channels together. */
  readonly entries: number;
  /** As they are stored; the store itself adds a little, and keeps what was deleted until it next tidies up. */
  readonly bytes: number;
}

export interface ChannelListener {
  /**
   * The entries up to `lastSeq` are on disk. Called once per group and channel, in seq order, never inside `append`.
   * Must not throw.
   *
   * @param link the channel's link after `lastSeq`, 16 bytes; a view that is valid until the call returns
   */
  durable(lastSeq: Seq, link: Uint8Array): void;

  /**
   * In a store that several servers write: these entries of others are on disk behind `head`, and come before all that was
   * appended here and is not on disk, whose numbers are higher by as many from here on. Called as `durable` is.
   * @returns false when what was appended cannot follow them: the channel is let go. So it is without this function
   */
  overtaken?(entries: readonly Entry[]): boolean;

  /**
   * Nothing of what was appended and is not on disk ever will be: others changed the channel so that it cannot follow. The
   * channel takes nothing more, and is to be closed. Called once at most, as `durable` is.
   */
  letGo?(): void;

  /** The past was trimmed up to this checkpoint, the base, which is on disk: what it stands for is not to be told any more. */
  trimmed?(base: Checkpoint): void;

  /** What a listener of the same channel at another server said (`OpenChannel.sayToOthers`). It may throw: then it was no sense. */
  othersSaid?(server: string, message: Uint8Array): void;
}

/**
 * A channel as it is on disk at one moment; entries that come later do not show. It holds nothing and needs no closing:
 * once the channel's epoch has changed, its calls throw SyncError `CHANNEL_REPLACED`. Of entries that were trimmed, before the view
 * was made or since, they throw `PAST_TRIMMED`.
 */
export interface ChannelView {
  readonly id: ChannelId;
  /** Generation of the channel, 1 or more. */
  readonly epoch: number;
  /** Newest seq on disk; 0 when there is none. */
  readonly head: Seq;
  /** The channel's link after `head`: 16 bytes that stand for all entries up to it (L1). */
  readonly link: Uint8Array;
  readonly checkpoint: Checkpoint | null;

  /**
   * The entries on disk with `after` < seq <= `upTo`, in order. `upTo` is `head` unless given, and not above it.
   * @param maxBytes once its updates have about so many bytes, the row ends, before `upTo`; the first is in it whatever it has
   */
  entriesAfter(after: Seq, upTo?: Seq, maxBytes?: number): Promise<Entry[]>;

  /** The channel's link after entry `seq`, from 0 to `head`. Of those that were trimmed the last has one. */
  linkAt(seq: Seq): Promise<Uint8Array>;

  /** The newest checkpoint at `seq` or before, whether it serves joins or is kept for history. */
  checkpointAt(seq: Seq): Promise<Checkpoint | null>;

  /** What stands for the entries that were trimmed; null while all are there. @throws SyncError `PAST_TRIMMED` where it lies after `head` */
  base(): Promise<ChannelBase | null>;
}

/** What a client says it holds: every entry up to `seq` of `epoch`, for which it shows `proof`. Nothing: seq 0. */
export interface HeldClaim {
  readonly epoch: number;
  readonly seq: Seq;
  readonly proof: Uint8Array;
}

/**
 * What becomes of such a claim (L3): the log holds the same; it has other entries there, or none, or is of an earlier epoch,
 * although the client was told of them; or the client was never told that, or in an epoch that has ended.
 */
export type Claim = 'held' | 'lost' | 'unproven';

/** One channel, opened once. Its head moves with what is written, and its calls throw `LOG_CLOSED` after close. */
export interface OpenChannel extends ChannelView {
  /** Time of the newest entry, written or not; 0 when there is none. */
  readonly lastTimeMs: number;

  /** What a client that was told of every entry up to `head` shows for it later: 16 bytes that nobody can make up. */
  readonly proof: Uint8Array;

  judge(claim: HeldClaim): Promise<Claim>;

  /** Whether the proof is as some store makes them, for a seq above 0, and this store has not made it in that epoch. */
  isForeign(claim: HeldClaim): boolean;

  /**
   * Takes the next seq for an entry and joins it to the group being gathered. Not yet on disk when it returns. In a store
   * that several servers write, it is the number it will have unless the listener is told that others were quicker.
   *
   * @param mayWaitMs how long its group may be put off, so that more goes with it; the one that may wait least decides
   * @throws SyncError `LOG_CLOSED` after close, `LOG_FAILED` once writing was given up, `CHANNEL_REPLACED` once it was let go
   */
  append(entry: NewEntry, mayWaitMs?: number): Seq;

  /**
   * Resolves once the listener was told of all that was on disk when this was called, whoever wrote it. Null where nobody else
   * writes: it was told already.
   * @throws SyncError `STORE_SILENT`, `STORE_UNREADABLE`
   */
  catchUp(): Promise<void> | null;

  /**
   * Says something to those who have the channel open at other servers, where there is a way to. It is not kept, and may be lost.
   * @returns whether there is a way
   */
  sayToOthers(message: Uint8Array): boolean;

  /**
   * Replaces the checkpoint by a newer one; an older one is ignored. Entries stay, and so does now and then the checkpoint
   * before, where it bounds the work of rebuilding what was. Resolves once it is on disk.
   */
  putCheckpoint(checkpoint: Checkpoint): Promise<void>;

  /** Resolves once everything appended is on disk (and its listener told). The channel may then be opened again. */
  close(): Promise<void>;
}

/** All of a channel: entries 1, 2, 3, …, or those that follow a base; and a checkpoint at one of them. */
export interface ChannelContent {
  /** Left out, or null, where nothing was trimmed. */
  readonly base?: ChannelBase | null;
  readonly entries: readonly Entry[];
  readonly checkpoint: Checkpoint | null;
}

/** Which entries of a channel are trimmed, and what stands for them. */
export interface ChannelTrim {
  readonly id: ChannelId;
  /** Of the content that is meant. */
  readonly epoch: number;
  /** At the last entry that goes: the base, unless there is one already that is as new. */
  readonly checkpoint: Checkpoint;
  /**
   * The channel begins a new epoch with the base, in the same batch: who has something of it from before lets go of it. It must not
   * be open here then, and is not opened meanwhile; what others write meanwhile stays behind the base.
   */
  readonly beginsEpoch?: boolean;
  /** What the document's record says of its text from then on. */
  readonly description?: Pick<DocumentInfo, 'title' | 'excerpt' | 'characters'>;
}

/** How far something long has come. `total` does not change once it was said. */
export type OnProgress = (progress: { readonly done: number; readonly total: number }) => void;

/** What a document has to be where other servers may change it, too: of a store that one server has alone its caller sees to it. */
export interface GivenDocument {
  /** Records that are on disk as given. */
  readonly known?: readonly RecordChange[];
  /** Nothing was ever written in it. */
  readonly isUnwritten?: boolean;
}

/** What is put in the place of what is stored, or taken out of it. */
export interface Rearranging {
  /**
   * Puts `content` in the place of everything a channel holds, in one synced batch, under a new epoch; creates the
   * document's record if there is none. With the content of a document go its versions and restores, which point into it.
   * The channel must not be open, and is not opened meanwhile.
   * @param before what is known of what it holds, where other servers may write it, too
   * @returns the epoch: the second it began in, since 1970, or the one after the epoch before; null where it holds something else than
   *          what is known: nothing is replaced then
   */
  replaceChannel(
    id: ChannelId,
    content: ChannelContent,
    before?: Pick<ChannelView, 'epoch' | 'head' | 'link'>,
  ): Promise<number | null>;

  /**
   * Takes entries out of the past of channels, which may be open: seqs, links and the epoch go on as they were. All of `trims`, and
   * of `forget`, which are records of those documents that point to what goes, in one synced batch. On a disk of ours no file of the
   * store holds a byte of it when this resolves, nor of what the documents' records said of them before; of a crash in between, the
   * next `trim` or `compact` removes what is left.
   * @param known records that have to be on disk as given, where other servers may write them, too
   * @returns false when one of them is not: nothing is trimmed then
   * @throws SyncError `CHANNEL_REPLACED` when a channel has another epoch by now: then nothing is trimmed
   */
  trim(
    trims: readonly ChannelTrim[],
    forget: readonly RecordChange[],
    known?: readonly RecordChange[],
  ): Promise<boolean>;

  /** Removes a record, if it is there, and on a disk of ours every byte of it, as `trim` does. */
  eraseRecord(table: Table, key: string): Promise<void>;

  /**
   * Removes both channels of a document, its record, and what tables say of it. What remains is an epoch under a hash of its
   * name, for those who come back with an older one. On a disk of ours no file of the store holds a byte of its text or its name
   * when it resolves; a database keeps on its disk what was deleted until it tidies up by itself. The channels must not be open,
   * and are not opened meanwhile; what other servers write meanwhile goes with it. A document that does not exist is erased all the same.
   * @returns false where it is not as `given`: nothing is erased then
   */
  eraseDocument(name: DocumentName, given?: GivenDocument): Promise<boolean>;
}

/**
 * The tables of small records, which never change. `access`: by the name of a document. PART_TABLES: by document, U+0000, and a
 * word, which is a person for `request` and the id of a file for `asset`. All these go with the document when it is erased;
 * `version` and `restore`, which point into its content, also when another takes its place. `audit`: by a number of 16 digits.
 * The others: by an id, or a word.
 */
export const PART_TABLES = ['request', 'asset', 'version', 'restore', 'keeping'] as const;
export const TABLES = ['access', ...PART_TABLES, 'person', 'alias', 'setting', 'audit', 'revoked', 'ticket'] as const;
export type Table = (typeof TABLES)[number];

/** Bytes of a record's value, at most; and of its key in UTF-8, which has at least 1. */
export const MAX_RECORD_BYTES = 1024 * 1024;
export const MAX_RECORD_KEY_BYTES = 512;

export interface StoredValue {
  readonly key: string;
  readonly value: Uint8Array;
}

export interface RecordChange {
  readonly table: Table;
  readonly key: string;
  /** Null removes the record. It belongs to the log from here on. */
  readonly value: Uint8Array | null;
}

export interface ListOptions {
  /** Only what comes after this key in the order asked for. */
  readonly after?: string;
  readonly limit?: number;
  /** From the last key to the first. */
  readonly reverse?: boolean;
  /** Only keys that begin with it. */
  readonly prefix?: string;
  /** Takes what is damaged, and under which key, and the others are listed; without it the list throws. */
  readonly damaged?: (error: SyncError, key: string) => void;
}

/**
 * Small records beside the log. Keys are 1–512 bytes of UTF-8 without U+0000 but the one in PART_TABLES; they are
 * ordered by their bytes. What is read is on disk.
 */
export interface RecordStore {
  /** @throws SyncError `STORE_UNREADABLE`, naming the record, when it is damaged: the others can be read */
  get(table: Table, key: string): Promise<Uint8Array | null>;

  /** All of a table unless the options say less. @throws SyncError `STORE_UNREADABLE` */
  list(table: Table, options?: ListOptions): Promise<StoredValue[]>;

  /**
   * All of it or nothing. Resolves once it is on disk; writes reach the disk in the order they were asked for.
   * @throws SyncError `LOG_FAILED`, `LOG_CLOSED`
   */
  write(changes: readonly RecordChange[]): Promise<void>;

  /**
   * The same, if these records are on disk as given, where other servers may write them, too. Calls take effect in their order,
   * but not in that of `write`.
   * @returns false when one of them is not: nothing is written then
   */
  writeIf(known: readonly RecordChange[], changes: readonly RecordChange[]): Promise<boolean>;

  /**
   * Has `listener` told which records were written of those that servers keep in memory (`access`, `alias`, `revoked`, the admin token),
   * by this server or another, within a moment of that and one after the other; with null that any may have been. Where it fails it is told again. Of a store that one server has alone
   * nothing is told. @returns ends it
   */
  onWritten(listener: WrittenListener): () => void;
}

export type WrittenListener = (written: WrittenRecord | null) => Promise<void>;

export type WrittenRecord = Pick<RecordChange, 'table' | 'key'>;

/** Of what it has of `Rearranging`, each waits for its own turn. */
export interface DocumentLog extends Rearranging {
  /** Who may do what, who is who, and what was done: beside the documents, in the same store. */
  readonly records: RecordStore;

  /** What one of the servers that have the store does for all. */
  readonly duties: Duties;

  /** Opens a channel, which needs not exist; nothing is written by it (J4). A channel is open once at a time: it throws otherwise. */
  open(id: ChannelId, listener: ChannelListener): Promise<OpenChannel>;

  /** Any channel, open or not, existing or not, as it is on disk now. */
  view(id: ChannelId): Promise<ChannelView>;

  /**
   * Gives a channel that is not open a new epoch; its content stays. An epoch is numbered by the second in which it began
   * (seconds since 1970, and more than the one before), so that two histories that part ways never share one. Resolves with
   * it once it is on disk.
   *
   * @param after an epoch this log does not know, and the new one has to follow
   */
  beginEpoch(id: ChannelId, after?: number): Promise<number>;

  /** Bytes appended and not yet on disk, over all channels. */
  readonly queuedBytes: number;

  /** Every document that has an entry or was created, in the order of names. */
  documents(): Promise<DocumentInfo[]>;
  document(name: DocumentName): Promise<DocumentInfo | null>;
  /** What each document takes, as of one moment. Reads the whole store. */
  usage(): Promise<ReadonlyMap<DocumentName, DocumentUsage>>;
  /** Whether a document of that name was ever erased. */
  wasErased(name: DocumentName): Promise<boolean>;
  /** @returns false when the document existed already; it is then unchanged. Resolves once it is on disk. */
  createDocument(name: DocumentName, nowMs: number): Promise<boolean>;
  /**
   * Stores what was derived from the text. A document that does not exist is not created by it.
   * @param epoch of the text: where another server has begun another one since, nothing is stored
   */
  describeDocument(
    info: Pick<DocumentInfo, 'name' | 'title' | 'excerpt' | 'characters' | 'updatedAtMs'>,
    epoch: number,
  ): Promise<void>;

  /**
   * Runs `action` when it is its turn to change what is stored, which may take as long as a check of the whole store:
   * channels are best kept open until it is called. It must not wait for another `rearrange`, `compact` or check.
   * @param duty what it is done for: once that is another server's, nothing is changed, and it fails with `CANCELLED`
   */
  rearrange<T>(action: (moves: Rearranging) => Promise<T>, duty?: Duty): Promise<T>;

  /**
   * Moves everything to where it takes the least room: the journal into segments, small segments into larger ones, and
   * what was deleted off the disk. Documents are written and read meanwhile. Progress counts documents.
   */
  compact(onProgress: OnProgress): Promise<void>;

  /** Stops taking work, writes what was taken, releases. May be called twice. */
  close(): Promise<void>;
}

// The records of versions as they stand in the store: read by the page, by id, by moment; and written only where what they take the
// place of is what was read, for other servers on the same store write them, too.

import { isDeepStrictEqual } from 'node:util';
import type { DocumentName } from '@weft/protocol';
import type { ChannelView, DocumentLog, ListOptions, RecordChange, Seq, StoredValue } from '../log/document-log.js';
import { messageOf, SyncError } from '../sync-error.js';
import { parseVersionId, versionId } from '../version-id.js';
import { mayNotAnyMore, replacedMeanwhile } from './refusals.js';
import {
  momentPrefix,
  placeOfVersion,
  readVersion,
  type UnreadableVersion,
  unreadableVersion,
  type Version,
  versionKey,
  versionPrefix,
} from './version-record.js';

/** What there is of one moment. */
export interface OfMoment {
  readonly versions: readonly Version[];
  readonly unreadable: readonly UnreadableVersion[];
}

/** A part of a list of versions, the newest first. */
export interface VersionPage extends OfMoment {
  /** The id that the next part comes before; null when there is none. */
  readonly next: string | null;
}

export interface VersionChange {
  /** What it takes the place of; null for nothing. */
  readonly before: Version | null;
  readonly change: RecordChange;
}

interface WriteOptions {
  /** Asked right before it is written. */
  readonly mayStill?: () => boolean;
  /** Finds the records beside them because of which it is written, as they are on disk; null where it is not to be any more. */
  readonly because?: () => Promise<readonly RecordChange[] | null>;
}

const PAGE = 500;

export class StoredVersions {
  readonly #log: Pick<DocumentLog, 'view' | 'records'>;

  constructor(log: Pick<DocumentLog, 'view' | 'records'>) {
    this.#log = log;
  }

  /** The newest first. @param before id of the version that they come before; null for the newest */
  async list(document: DocumentName, options: { before: string | null; limit: number }): Promise<VersionPage> {
    const after = options.before === null ? null : versionKey(document, options.before);
    const { stored, damaged } = await this.#stored({
      prefix: versionPrefix(document),
      reverse: true,
      limit: options.limit + 1,
      ...(after !== null && { after }),
    });
    const last = stored.length > options.limit ? stored[options.limit - 1]! : null;
    const { versions, unreadable } = read(stored.slice(0, options.limit));
    // What is damaged behind the last one comes with the next page.
    const place = last && placeOfVersion(last.key);
    const here = [...unreadable, ...damaged.filter(({ seq }) => seq >= (place?.seq ?? 0))];
    return { versions, unreadable: here.sort((a, b) => b.seq - a.seq), next: place && versionId(place) };
  }

  /** null: there is none of that id. @throws SyncError `NO_SUCH_VERSION` when it cannot be read */
  async find(document: DocumentName, id: string): Promise<Version | null> {
    const key = versionKey(document, id);
    const { records } = this.#log;
    const value = key === null ? null : await records.get('version', key).catch((error: unknown) => messageOf(error));
    const found = value === null || typeof value === 'string' ? value : readVersion({ key: key!, value });
    if (typeof found !== 'string') return found;
    const { seq } = parseVersionId(id)!;
    throw new SyncError('NO_SUCH_VERSION', `${found} Its text is there all the same: ask for entry ${seq}.`);
  }

  /** The newest version before one; what cannot be read is one as well, of which nothing but its place is known. */
  async newest(document: DocumentName, before: string | null): Promise<{ seq: Seq; version: Version | null }> {
    const { versions, unreadable } = await this.list(document, { before, limit: 1 });
    const [version = null] = versions;
    const [lost] = unreadable;
    const isLost = lost !== undefined && lost.seq > (version?.seq ?? 0);
    return isLost ? { seq: lost.seq, version: null } : { seq: version?.seq ?? 0, version };
  }

  /** The oldest first; without those that cannot be read. */
  async all(document: DocumentName): Promise<Version[]> {
    const versions: Version[] = [];
    let before: string | null = null;
    do {
      const page: VersionPage = await this.list(document, { before, limit: PAGE });
      versions.push(...page.versions);
      before = page.next;
    } while (before !== null);
    return versions.reverse();
  }

  async ofMoment(document: DocumentName, seq: Seq): Promise<OfMoment> {
    const { stored, damaged } = await this.#stored({ prefix: momentPrefix(document, seq) });
    const { versions, unreadable } = read(stored);
    return { versions, unreadable: [...unreadable, ...damaged] };
  }

  /** Records of versions, and those whose bytes are not what was written. */
  async #stored(range: Omit<ListOptions, 'damaged'>): Promise<{ stored: StoredValue[]; damaged: UnreadableVersion[] }> {
    const damaged: UnreadableVersion[] = [];
    const stored = await this.#log.records.list('version', {
      ...range,
      damaged: ({ message }, key) => damaged.push(unreadableVersion(key, message)),
    });
    return { stored, damaged };
  }

  /**
   * @returns false when somebody at another server was quicker, or there is no reason any more: nothing is written from there on, and
   *          what is there is to be looked at again
   * @throws SyncError `CHANNEL_REPLACED`: what they point into is gone; `NO_ACCESS`
   */
  async write(
    { id, epoch }: ChannelView,
    changes: readonly VersionChange[],
    { mayStill = () => true, because = async () => [] }: WriteOptions = {},
  ): Promise<boolean> {
    const log = this.#log;
    for (let at = 0; at < changes.length; at += PAGE) {
      const page = changes.slice(at, at + PAGE);
      const known = await Promise.all(page.map((change) => this.#storedBefore(change)));
      if ((await log.view(id)).epoch !== epoch) throw replacedMeanwhile(id.document);
      const reasons = await because();
      if (!mayStill()) throw mayNotAnyMore();
      if (reasons === null || !known.every((record) => record !== null)) return false;
      const records = page.map(({ change }) => change);
      if (!(await log.records.writeIf([...known, ...reasons], records))) return false;
    }
    return true;
  }

  /** What has to be on disk before a change. @returns null when that is something else by now */
  async #storedBefore({ before, change }: VersionChange): Promise<RecordChange | null> {
    if (before === null) return { ...change, value: null };
    const value = await this.#log.records.get('version', change.key);
    const there = value && readVersion({ key: change.key, value });
    return value !== null && isDeepStrictEqual(there, before) ? { ...change, value } : null;
  }
}

function read(stored: readonly StoredValue[]): { versions: Version[]; unreadable: UnreadableVersion[] } {
  const versions: Version[] = [];
  const unreadable: UnreadableVersion[] = [];
  for (const record of stored) {
    const found = readVersion(record);
    if (typeof found === 'string') unreadable.push(unreadableVersion(record.key, found));
    else versions.push(found);
  }
  return { versions, unreadable };
}

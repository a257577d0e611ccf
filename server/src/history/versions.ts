// The versions of documents: moments that are kept by name, or by themselves when those who wrote came to rest. They are
// pointers into the log beside the documents, so a list of them is one read of a range. What is made by itself is found in
// the times of entries, so a version that a stop of the server prevented is made the next time.

import type { DocumentName } from '@weft/protocol';
import type { ChannelView, DocumentLog, Entry, RecordChange, Seq } from '../log/document-log.js';
import { Rows } from '../rows.js';
import { messageOf, SyncError } from '../sync-error.js';
import type { Turns } from '../turns.js';
import { MAX_OF_ONE_MOMENT, parseVersionId, versionId } from '../version-id.js';
import type { VersionPolicy } from '../version-settings.js';
import { isContinued, joined, MAX_ENTRIES } from './continued-version.js';
import type { ChangeCounter, Changes } from './count-changes.js';
import { countWhole, countWritten } from './count-stretches.js';
import { replacedMeanwhile } from './refusals.js';
import { type OfMoment, StoredVersions, type VersionChange, type VersionPage } from './stored-versions.js';
import { MAX_STRETCH_BYTES, readStretch, type Stretch, stretchesOf } from './stretch.js';
import { isAnotherDay, outlived, restsIn } from './version-policy.js';
import { MAX_PEOPLE, putVersion, removeVersion, type Version } from './version-record.js';

export interface VersionsOptions {
  readonly log: Pick<DocumentLog, 'view' | 'records'>;
  readonly counter: ChangeCounter;
  readonly policy: VersionPolicy;
  /** The records because of which those of a document that were made by themselves go with age; null: none go. By default they do. */
  readonly thinnedBy?: ThinnedBy;
  readonly turns: Turns;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
  readonly nowMs?: () => number;
}

/** As they are on disk. */
export type ThinnedBy = (document: DocumentName) => Promise<readonly RecordChange[] | null>;

/** Versions, and whether the first of them takes the place of the one before. */
interface Told {
  readonly versions: readonly Version[];
  readonly goesOn: boolean;
}

/** A moment as it was found: of this content, and of none that takes its place. */
export interface MeantMoment {
  readonly seq: Seq;
  readonly epoch: number;
}

export interface Naming {
  readonly name: string;
  /** Opaque id of who names it. */
  readonly by: string;
  /** Whose turn it is, see Turns. */
  readonly asker: string;
  /** Asked right before it is written. */
  readonly mayStill: () => boolean;
}

/** The version of the moment before a restore, and what there was of that moment until then. */
export interface KeptBefore {
  readonly version: Version;
  readonly was: Version | null;
}

/** What is not told after so many is told when it was edited again. */
const MAX_TRIES = 10;

type Making = Pick<Version, 'reason' | 'name' | 'by'>;
const BY_ITSELF: Making = { reason: 'automatic', name: '', by: '' };

export class Versions {
  readonly #options: VersionsOptions;
  readonly #stored: StoredVersions;
  readonly #nowMs: () => number;
  /** What changes the versions of a document. */
  readonly #rows = new Rows<DocumentName>();
  /** Documents that came to rest, one after the other. */
  #resting: Promise<void> = Promise.resolve();
  readonly #isWaiting = new Set<DocumentName>();
  #isStopped = false;

  constructor(options: VersionsOptions) {
    this.#options = options;
    this.#stored = new StoredVersions(options.log);
    this.#nowMs = options.nowMs ?? Date.now;
  }

  /** As `StoredVersions.list`. */
  list(...asked: Parameters<StoredVersions['list']>): Promise<VersionPage> {
    return this.#stored.list(...asked);
  }

  /** As `StoredVersions.find`. */
  find(document: DocumentName, id: string): Promise<Version | null> {
    return this.#stored.find(document, id);
  }

  /**
   * Gives the moment after an entry a name. One that was kept by itself is that version from then on.
   * @throws SyncError `TOO_MANY`; `TOO_MANY_NAMES` when it has as many as it can; `NO_SUCH_ENTRY`; `CHANNEL_REPLACED`, `NO_ACCESS`
   */
  name(document: DocumentName, moment: MeantMoment, { name, by, asker, mayStill }: Naming): Promise<Version> {
    const making = { reason: 'named', name, by } as const;
    const keep = (): Promise<Version> => this.#keep(document, moment, making, mayStill);
    return this.#options.turns.run(() => this.#rows.run(document, keep), asker);
  }

  /**
   * Keeps the moment before a restore.
   * @param epoch of the content that is meant
   * @throws SyncError `CHANNEL_REPLACED` when it is another one by now
   */
  keepBefore(document: DocumentName, seq: Seq, by: string, epoch: number): Promise<KeptBefore> {
    return this.#rows.run(document, async () => {
      const { versions: ofMoment } = await this.#stored.ofMoment(document, seq);
      const there = ofMoment.find(({ reason }) => reason !== 'automatic');
      if (there) return { version: there, was: there };
      const version = await this.#keep(document, { seq, epoch }, { reason: 'before-restore', name: '', by });
      return { version, was: ofMoment.find(({ id }) => id === version.id) ?? null };
    });
  }

  /** Has it be as if there had been no restore. Of content that was replaced nothing is left to take back. */
  takeBack(document: DocumentName, { version, was }: KeptBefore, epoch: number): Promise<void> {
    return this.#rows.run(document, async () => {
      if (was === version) return;
      const view = await this.#options.log.view({ document, kind: 'content' });
      const isGone = was === null || view.epoch !== epoch;
      const change = isGone ? removeVersion(document, version) : putVersion(document, was);
      // Where somebody gave it a name at another server meanwhile, it stays.
      await this.#stored.write(view, [{ before: version, change }]);
    });
  }

  /** Those who wrote in it have come to rest: a moment later there is a version, if anything was new. */
  rested(document: DocumentName): void {
    if (this.#isStopped || this.#isWaiting.has(document)) return;
    this.#isWaiting.add(document);
    this.#resting = this.#resting
      .then(() => {
        this.#isWaiting.delete(document);
        return this.#isStopped ? undefined : this.#rows.run(document, () => this.#catchUp(document));
      })
      .catch((error: unknown) => this.#failed(document, error));
  }

  /** Runs `action` while nothing changes the versions of these documents. One such action at a time: it is to be seen to by whoever calls. */
  async whileAsTheyAre(documents: readonly DocumentName[], action: () => Promise<void>): Promise<void> {
    const [first, ...others] = documents;
    if (first === undefined) return action();
    return this.#rows.run(first, () => this.whileAsTheyAre(others, action));
  }

  /** Resolves once there are versions of all that has come to rest. */
  settled(): Promise<void> {
    return this.#resting;
  }

  /** Makes no more by itself; resolves once what is under way has ended. */
  stop(): Promise<void> {
    this.#isStopped = true;
    return this.#resting;
  }

  #failed(document: DocumentName, error: unknown): void {
    const isStopping = error instanceof SyncError && (error.code === 'LOG_CLOSED' || error.code === 'CHANNEL_REPLACED');
    if (isStopping) return;
    this.#options.complain(
      `No version of "${document}" could be made: ${messageOf(error)} Its text is saved, and every moment of it can be seen. ` +
        'It is tried again when it was edited.',
    );
  }

  /** Where servers tell the same at once, each time all but one of them begin again. */
  async #catchUp(document: DocumentName): Promise<void> {
    for (let tries = 0; tries < MAX_TRIES; tries++) if (await this.#tellNew(document)) return;
  }

  /** @returns false when another server has told something meanwhile */
  async #tellNew(document: DocumentName): Promise<boolean> {
    const { log, policy } = this.#options;
    const view = await log.view({ document, kind: 'content' });
    const newest = await this.#stored.newest(document, null);
    // What was trimmed has no versions any more, and none is made of it.
    const begin = view.head > newest.seq ? ((await view.base())?.checkpoint.seq ?? 0) : 0;
    let last = newest.seq < begin ? null : newest.version;
    const firstMs = last?.madeAtMs ?? 0;
    let made = 0;
    // It points beyond the end where the disk was set back; what came since has none yet.
    for (let from = Math.max(newest.seq, begin); !this.#isStopped && view.head > from; from = last!.seq) {
      const upTo = Math.min(view.head, from + MAX_ENTRIES);
      const fresh = await view.entriesAfter(from, upTo, MAX_STRETCH_BYTES);
      const rests = restsIn(fresh, policy.pauseMs);
      // Where reading ends nobody paused.
      if (fresh.at(-1)!.seq < view.head && rests.length > 1) rests.pop();
      const isSameAgain =
        last !== null && last.sinceSeq >= begin && isContinued(last, upToSeq(fresh, rests[0]!), policy.pauseMs);
      const { versions, goesOn } =
        (await this.#tellWritten(view, stretchesOf(fresh, from, rests), isSameAgain ? last! : null)) ??
        (await this.#tellWhole(view, fresh, rests, isSameAgain ? last! : null));
      const changes = versions.map((version) => ({ before: null, change: putVersion(document, version) }));
      const gone = goesOn ? [{ before: last!, change: removeVersion(document, last!) }] : [];
      if (!(await this.#stored.write(view, [...gone, ...changes]))) return false;
      last = versions.at(-1)!;
      made += versions.length;
    }
    if (made > 1 || isAnotherDay(firstMs, this.#nowMs())) await this.#thin(view);
    return true;
  }

  /**
   * Versions of what is fresh, the first of them joined with the one that it goes on with. That costs what is fresh, and the same
   * people come and go all day.
   * @returns null when something older was deleted: what was written does not tell how much
   */
  async #tellWritten(
    view: ChannelView,
    stretches: readonly Stretch[],
    continued: Version | null,
  ): Promise<Told | null> {
    if (continued?.changes === null) return null;
    const changes = await countWritten(this.#options.counter, stretches);
    if (changes === null) return null;
    const [first, ...others] = await this.#describe(view, stretches, changes, BY_ITSELF);
    const isNew = continued === null;
    return { versions: [isNew ? first! : joined(continued, first!), ...others], goesOn: !isNew };
  }

  /** The same from all that the version is made of which they go on with, and the document before that. */
  async #tellWhole(
    view: ChannelView,
    fresh: readonly Entry[],
    rests: readonly Seq[],
    continued: Version | null,
  ): Promise<Told> {
    const from = fresh[0]!.seq - 1;
    const earlier = continued ? await view.entriesAfter(continued.sinceSeq, from, MAX_STRETCH_BYTES) : [];
    // One that has all the bytes it may have is not gone on with.
    const goesOn = continued !== null && bytesOf(earlier) < MAX_STRETCH_BYTES;
    const stretches = goesOn
      ? stretchesOf([...earlier, ...fresh], continued.sinceSeq, rests)
      : stretchesOf(fresh, from, rests);
    return {
      versions: await this.#describe(
        view,
        stretches,
        await countWhole(this.#options.counter, view, stretches),
        BY_ITSELF,
      ),
      goesOn,
    };
  }

  async #keep(
    document: DocumentName,
    { seq, epoch }: MeantMoment,
    making: Making,
    mayStill = (): boolean => true,
  ): Promise<Version> {
    const { log } = this.#options;
    const view = await log.view({ document, kind: 'content' });
    if (view.epoch !== epoch) throw replacedMeanwhile(document);
    if (seq < 1 || seq > view.head) {
      const there = view.head === 0 ? 'Nothing was written in it yet' : `Choose a moment from 1 to ${view.head}`;
      throw new SyncError('NO_SUCH_ENTRY', `"${document}" has no moment ${seq}. ${there}.`);
    }
    for (;;) {
      const ofMoment = await this.#stored.ofMoment(document, seq);
      const automatic = ofMoment.versions.find(({ reason }) => reason === 'automatic');
      const version = automatic ?? (await this.#makeAt(view, seq, ofMoment, making));
      const kept = { ...version, ...making, madeAtMs: this.#nowMs() };
      const change = { before: automatic ?? null, change: putVersion(document, kept) };
      if (await this.#stored.write(view, [change], { mayStill })) return kept;
    }
  }

  async #makeAt(view: ChannelView, seq: Seq, ofMoment: OfMoment, making: Making): Promise<Version> {
    const { document } = view.id;
    const ids = [...ofMoment.versions, ...ofMoment.unreadable].map(({ id }) => parseVersionId(id)?.ordinal ?? 0);
    const ordinal = Math.max(0, ...ids) + 1;
    if (ordinal > MAX_OF_ONE_MOMENT) {
      throw new SyncError(
        'TOO_MANY_NAMES',
        'This moment has as many names as one can have. Write something, and name that.',
      );
    }
    const newest = await this.#stored.newest(document, versionId({ seq, ordinal: 0 }));
    // Of what was trimmed nothing can be said; nor is it read. Of a long past without versions only the end is: somebody waits.
    const base = await view.base();
    const begin = base?.checkpoint.seq ?? 0;
    const told = Math.max(newest.seq, begin);
    const since = Math.max(told, seq - MAX_ENTRIES);
    const stretch = await readStretch(view, since, seq);
    const stretches = [base !== null && seq === begin ? { ...stretch, timeMs: base.timeMs } : stretch];
    const changes =
      (await countWritten(this.#options.counter, stretches)) ??
      (since > told ? [] : await countWhole(this.#options.counter, view, stretches));
    const [version] = await this.#describe(view, stretches, changes, making);
    return { ...version!, id: versionId({ seq, ordinal }) };
  }

  /** @param stretches one after the other, none of them empty */
  async #describe(
    view: ChannelView,
    stretches: readonly Stretch[],
    changes: readonly Changes[],
    making: Making,
  ): Promise<Version[]> {
    const madeAtMs = this.#nowMs();
    const versions: Version[] = [];
    for (const [index, { seq, sinceSeq, timeMs, ...stretch }] of stretches.entries()) {
      const people = [...stretch.people];
      versions.push({
        id: versionId({ seq, ordinal: 1 }),
        seq,
        sinceSeq,
        timeMs,
        link: Buffer.from(await view.linkAt(seq)).toString('base64url'),
        ...making,
        madeAtMs,
        people: people.slice(0, MAX_PEOPLE),
        morePeople: Math.max(0, people.length - MAX_PEOPLE),
        changes: changes[index] ?? null,
      });
    }
    return versions;
  }

  /** What is kept no longer is counted with the version after it. */
  async #thin(view: ChannelView): Promise<void> {
    const { document } = view.id;
    const { thinnedBy = async () => [] } = this.#options;
    if ((await thinnedBy(document)) === null) return;
    const versions = await this.#stored.all(document);
    const gone = outlived(versions, this.#nowMs(), this.#options.policy);
    if (gone.size === 0) return;
    const changes: VersionChange[] = [];
    let taken: Version | null = null;
    for (const version of versions) {
      const whole: Version = taken === null ? version : joined(taken, version);
      taken = gone.has(version) ? whole : null;
      if (gone.has(version)) changes.push({ before: version, change: removeVersion(document, version) });
      else if (whole !== version) changes.push({ before: version, change: putVersion(document, whole) });
    }
    // Where somebody was quicker at another server, it is done another time. Who says meanwhile that all are kept keeps all.
    await this.#stored.write(view, changes, { because: () => thinnedBy(document) });
  }
}

const bytesOf = (entries: readonly Entry[]): number => entries.reduce((sum, { update }) => sum + update.length, 0);

const upToSeq = (entries: readonly Entry[], seq: Seq): readonly Entry[] => entries.filter((entry) => entry.seq <= seq);

// Checks one channel: its entries one after the other from the first on, or from the base that stands for the first, from segments
// and then from the journal, against the links in segments, meta, runs and checkpoints, and against what checkpoints say of the
// text. After a fault it goes on from what the next sound record says, so that one fault is told once and hides no other.

import type { ChannelId, Entry, Seq } from '../document-log.js';
import type { CheckpointClaim, Findings, StateChecks, StateFollower } from '../verify-report.js';
import { CHAIN_START, sameLink } from './chain.js';
import { ChainWalk, readEntries } from './entries.js';
import { journalKey, metaKey, printableKey } from './keys.js';
import { badRecord, RecordKind, readContent, unseal } from './record.js';
import type { Inflate } from './segment.js';
import { entriesOfSegment, type Meta, readBase, readCheckpoint, readMeta, readSegment } from './stored-values.js';
import type { Stretches } from './stretches.js';
import type { FoundRun } from './verify-journal.js';

interface FoundCheckpoint {
  readonly key: Uint8Array;
  readonly seq: Seq;
  readonly link: Uint8Array;
  /** Null when it cannot be read, which was told. */
  readonly claim: CheckpointClaim | null;
}

export interface ChannelCheckParts {
  readonly findings: Findings;
  readonly states: StateChecks;
  readonly inflate: Inflate;
  readonly stretches: Stretches;
}

export class ChannelCheck {
  readonly id: ChannelId;
  readonly #parts: ChannelCheckParts;
  readonly #checkpoints: FoundCheckpoint[] = [];
  readonly #walk = new ChainWalk();
  #meta: Meta | null = null;
  #hasBadMeta = false;
  /** The newest entry that was read or is known to be missing. */
  #seq: Seq = 0;
  /** The channel's link after it; null after a fault, until a sound record says it. */
  #link: Uint8Array | null = CHAIN_START.slice();
  /** The text up to it; null after a fault. */
  #state: StateFollower | null;
  #timeMs = 0;
  #hasBadBase = false;

  constructor(id: ChannelId, parts: ChannelCheckParts) {
    this.id = id;
    this.#parts = parts;
    this.#state = parts.states.follow();
  }

  /** To be called before everything else. */
  addBase(key: Uint8Array, value: Uint8Array): void {
    this.#hasBadBase = !this.#attempt(null, () => {
      const { checkpoint, link, timeMs } = readBase(key, value);
      this.#state = readContent(key, () => this.#parts.states.followFrom(checkpoint));
      this.#seq = checkpoint.seq;
      this.#link = link.slice();
      this.#timeMs = timeMs;
    });
  }

  /** To be called before the entry it stands for. */
  addCheckpoint(key: Uint8Array, value: Uint8Array, seq: Seq): void {
    this.#attempt(seq, () => {
      const { hash } = unseal(key, value, RecordKind.checkpoint);
      const { checkpoint } = readCheckpoint(key, value);
      if (checkpoint.seq !== seq) throw badRecord(key, `it says it stands for entry ${checkpoint.seq}`);
      let claim: CheckpointClaim | null = null;
      this.#attempt(seq, () => {
        claim = readContent(key, () => this.#parts.states.claimOf(checkpoint));
      });
      this.#checkpoints.push({ key, seq, link: hash.slice(), claim });
    });
  }

  addMeta(value: Uint8Array): void {
    this.#hasBadMeta = !this.#attempt(null, () => {
      this.#meta = readMeta(this.id, value);
    });
  }

  /** Segments come in the order of their keys. */
  async addSegment(key: Uint8Array, value: Uint8Array, firstSeq: Seq, lastSeq: Seq): Promise<void> {
    this.#reach(firstSeq, `${printableKey(key)} begins`);
    try {
      const segment = readSegment(key, value);
      if (segment.firstSeq !== firstSeq || segment.lastSeq !== lastSeq) {
        throw badRecord(key, `it says it holds the entries ${segment.firstSeq}–${segment.lastSeq}`);
      }
      const entries = await entriesOfSegment(key, segment, this.#parts.inflate);
      await this.#follow(key, entries, lastSeq, segment.hash);
    } catch (error) {
      this.#parts.findings.damageOf(this.id, firstSeq, error);
      this.#lose(lastSeq);
    }
  }

  /**
   * Goes on with what the journal holds, and ends the check.
   * @param runs in the order of their records
   */
  async finish(runs: readonly FoundRun[]): Promise<void> {
    this.#compareMeta();
    for (const { recordNumber, run } of runs) {
      const key = journalKey(recordNumber);
      this.#reach(run.firstSeq, `${printableKey(key)} goes on`);
      try {
        await this.#follow(
          key,
          readContent(key, () => readEntries(run)),
          run.lastSeq,
          run.hash,
        );
      } catch (error) {
        this.#parts.findings.damageOf(this.id, run.firstSeq, error);
        this.#lose(run.lastSeq);
      }
    }
    for (const { key, seq } of this.#checkpoints.filter(({ seq }) => seq > this.#seq)) {
      const message = `The entries ${this.#seq + 1}–${seq} are missing: ${printableKey(key)} stands for them.`;
      this.#parts.findings.damageOf(this.id, this.#seq + 1, message);
    }
  }

  get hasEntries(): boolean {
    return this.#seq > 0;
  }

  #compareMeta(): void {
    const { findings } = this.#parts;
    if (this.#hasBadMeta) return;
    if (this.#meta === null) {
      if (this.#seq > 0) findings.damageOf(this.id, null, badRecord(metaKey(this.id), 'it is gone'));
      return;
    }
    const { lastSeq, hash, lastTimeMs } = this.#meta;
    if (lastSeq > this.#seq) this.#reach(lastSeq + 1, 'its meta says that there is more');
    else if (lastSeq < this.#seq)
      this.#bad(metaKey(this.id), `it ends at entry ${lastSeq}, and segments at ${this.#seq}`);
    else if (this.#link && !sameLink(this.#link, hash))
      this.#bad(metaKey(this.id), 'it does not follow on the segments');
    else if (this.#state && lastTimeMs !== this.#timeMs)
      this.#bad(metaKey(this.id), 'it has another time than its last entry');
    if (lastSeq >= this.#seq) this.#link = hash.slice();
  }

  #bad(key: Uint8Array, reason: string): void {
    this.#parts.findings.damageOf(this.id, null, badRecord(key, reason));
  }

  /** Notices what is missing before entry `firstSeq`, or there twice. */
  #reach(firstSeq: Seq, where: string): void {
    const missing = this.#seq + 1;
    if (firstSeq === missing) return;
    if (this.#seq === 0 && this.#hasBadBase) {
      // What it stood for is not missing.
      this.#lose(firstSeq - 1);
      return;
    }
    const { findings } = this.#parts;
    if (firstSeq > missing) {
      const which = firstSeq - 1 === missing ? `Entry ${missing} is` : `The entries ${missing}–${firstSeq - 1} are`;
      findings.damageOf(this.id, missing, `${which} missing: ${where} at ${firstSeq}.`);
      this.#lose(firstSeq - 1);
    } else {
      findings.damageOf(
        this.id,
        firstSeq,
        `Entry ${firstSeq} is there twice: ${where} at it, after entry ${this.#seq}.`,
      );
      this.#lose(firstSeq - 1);
    }
  }

  /** Nothing is known of the channel up to `seq`, and so of its text after it. */
  #lose(seq: Seq): void {
    this.#seq = seq;
    this.#link = null;
    this.#state = null;
  }

  async #follow(key: Uint8Array, entries: readonly Entry[], lastSeq: Seq, link: Uint8Array): Promise<void> {
    const { findings, stretches } = this.#parts;
    for (const entry of entries) {
      if (this.#link) this.#walk.add(this.#link, entry);
      this.#seq = entry.seq;
      findings.entries += 1;
      if (entry.timeMs < this.#timeMs) {
        findings.damageOf(this.id, entry.seq, `Entry ${entry.seq} is older than the one before it.`);
      }
      this.#timeMs = entry.timeMs;
      this.#followState(entry);
      // The last entry's link is compared with the record's first.
      if (entry.seq < lastSeq) this.#compareCheckpoints();
      if (stretches.isOver) await stretches.next();
    }
    if (this.#link && !sameLink(this.#link, link)) {
      const first = entries[0]?.seq ?? lastSeq;
      findings.damageOf(
        this.id,
        first,
        badRecord(key, `its entries from ${first} on do not follow on the ones before`),
      );
    }
    this.#link = link.slice();
    this.#seq = lastSeq;
    this.#compareCheckpoints();
  }

  #followState(entry: Entry): void {
    const { seq } = entry;
    const reason = this.#state?.add(entry) ?? null;
    if (reason === null) return;
    this.#parts.findings.damageOf(this.id, seq, `Entry ${seq} cannot be applied: ${reason}.`);
    this.#state = null;
  }

  #compareCheckpoints(): void {
    for (const { key, link, claim } of this.#checkpoints.filter(({ seq }) => seq === this.#seq)) {
      if (this.#link && !sameLink(this.#link, link)) {
        this.#parts.findings.damageOf(this.id, this.#seq, badRecord(key, 'it stands for other entries'));
      }
      const reason = (this.#state && claim?.differsFrom(this.#state)) ?? null;
      if (reason !== null) this.#parts.findings.damageOf(this.id, this.#seq, badRecord(key, reason));
    }
  }

  /** @returns whether it went without a fault */
  #attempt(seq: Seq | null, action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      this.#parts.findings.damageOf(this.id, seq, error);
      return false;
    }
  }
}

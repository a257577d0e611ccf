// Every session there is: who it is, since when, from where, what it has open, and until when what it showed is good. One
// timer sees to all of them: who says too late who it is, who is to show something newer, whose token has ended. What one
// person or one document may have at once is counted here; connections, and those of one address, are counted at the door.

import { CloseCode, type DocumentName, type Role } from '@weft/protocol';
import type { Limits } from '../limits.js';
import type { Audit, AuditNote } from './audit.js';
import { lineOf } from './doorkeeper.js';
import type { Identity } from './identity.js';
import type { Persons } from './persons.js';
import type { Refusals } from './refusals.js';

/** What one session, one person and one document are held to. */
export type SessionLimits = Pick<
  Limits,
  | 'identifySeconds'
  | 'unidentifiedBytes'
  | 'sessionsPerPerson'
  | 'sessionsPerDocument'
  | 'sessionsPerDocumentAndAddress'
  | 'updateBytes'
  | 'updatesPerSecond'
  | 'updatesAtOnce'
  | 'updateBytesPerSecond'
  | 'updateBytesAtOnce'
  | 'joinsPerSecond'
  | 'joinsAtOnce'
  | 'openDocuments'
  | 'secondsBetweenAnswers'
  | 'presencesPerSecond'
  | 'presenceBytes'
>;

/** How long before its end something newer is asked for, unless half of its time is less. */
const ASK_BEFORE_MS = 60_000;
/** After its end a session only reads; for so long it may still show something newer. */
const GRACE_MS = 3000;
const VISIT_EVERY_MS = 1000;

/** What a dialect does with its session when the time has come. */
export interface TimedSession {
  askToRenew(withinMs: number): void;
  /** What was shown has ended: nothing is taken from here on until something newer is shown. */
  suspend(): void;
  /** Ends the connection. */
  end(code: CloseCode, reason: string): void;
}

/** A session as admins see it. */
export interface SessionInfo {
  readonly id: string;
  readonly person: string;
  readonly name: string;
  readonly address: string;
  readonly dialect: string;
  readonly sinceMs: number;
  /** null: never. */
  readonly expiresAtMs: number | null;
  readonly documents: readonly string[];
}

interface Opened {
  readonly document: DocumentName;
  /** Open channels: its text and its discussion are one document. */
  channels: number;
  /** The role in which it was noted last. */
  notedAs: Role | null;
}

interface Arrival {
  readonly id: string;
  readonly dialect: 'weft' | 'yjs';
  /** '' when it is not known. */
  readonly address: string;
}

/** Where sessions say what became of them. */
export interface SessionNews {
  readonly audit: Audit;
  /** The same that identities are refused with: together they do not fill the log. */
  readonly refusals: Refusals;
}

export class LiveSessions {
  readonly limits: SessionLimits;
  readonly persons: Pick<Persons, 'seen'> | null;
  readonly #sessions = new Map<string, LiveSession>();
  readonly #persons = new Counts();
  readonly #documents = new Counts();
  /** The same, of one address each. */
  readonly #places = new Counts();
  /** Those with something to come; the timer runs while there are any. */
  readonly #timed = new Set<LiveSession>();
  #timer: NodeJS.Timeout | null = null;

  readonly #news: SessionNews | null;

  /**
   * @param news null where everybody may do everything: there is nothing to tell
   * @param persons told of who came into a document
   */
  constructor(limits: SessionLimits, news: SessionNews | null, persons: Pick<Persons, 'seen'> | null = null) {
    this.limits = limits;
    this.persons = persons;
    this.#news = news;
  }

  /** A connection was made. Who it is has to be known soon. */
  arrive(arrival: Arrival, session: TimedSession): LiveSession {
    const dueAtMs = Date.now() + this.limits.identifySeconds * 1000;
    const live = new LiveSession(this, arrival, session, dueAtMs);
    this.watch(live);
    return live;
  }

  /** Those of whom it is known who they are. */
  list(): SessionInfo[] {
    return [...this.#sessions.values()].map((live) => live.info());
  }

  /** Ends a session; who had it ended notes it. @returns false when there is none of this id */
  kick(id: string, reason: string): boolean {
    const live = this.#sessions.get(id);
    live?.session.end(CloseCode.Unauthorized, reason);
    return live !== undefined;
  }

  /** Ends every session of an identity that is meant. @returns how many */
  endAll(isMeant: (identity: Identity) => boolean, reason: string): number {
    const meant = [...this.#sessions.values()].filter(({ identity }) => identity !== null && isMeant(identity));
    for (const live of meant) {
      live.revoked(reason);
      live.session.end(CloseCode.Unauthorized, reason);
    }
    return meant.length;
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#timed.clear();
  }

  /** For its sessions: whether there is an audit log to note things in. */
  get takesNotes(): boolean {
    return this.#news !== null;
  }

  /** For its sessions: into the audit log. */
  note(what: AuditNote): void {
    this.#news?.audit.note(what);
  }

  /** For its sessions: into the audit log, unless too much of it comes at once. */
  noteRefusal(why: string, about: Pick<AuditNote, 'person' | 'document' | 'address'>): void {
    this.#news?.refusals.note(why, about);
  }

  /** For its sessions: counts one in. @returns why it cannot be, or null */
  admit(live: LiveSession, person: string): string | null {
    // Nobody in particular is not one person, but all who have not said who they are.
    if (person !== '' && this.#persons.of(person) >= this.limits.sessionsPerPerson) {
      return 'You have this open too many times at once. Close some of it, then come back.';
    }
    this.#persons.add(person, 1);
    this.#sessions.set(live.arrival.id, live);
    return null;
  }

  /** For its sessions: counts one out. */
  dismiss(live: LiveSession, person: string): void {
    if (!this.#sessions.delete(live.arrival.id)) return;
    this.#persons.add(person, -1);
  }

  /** For its sessions. @returns false when the document has as many as it may have, of this address or at all */
  enter(document: string, address: string): boolean {
    const { sessionsPerDocument, sessionsPerDocumentAndAddress } = this.limits;
    const place = placeOf(document, address);
    if (this.#documents.of(document) >= sessionsPerDocument) return false;
    if (this.#places.of(place) >= sessionsPerDocumentAndAddress) return false;
    this.#documents.add(document, 1);
    this.#places.add(place, 1);
    return true;
  }

  /** For its sessions: for each `enter` that let it in. */
  leave(document: string, address: string): void {
    this.#documents.add(document, -1);
    this.#places.add(placeOf(document, address), -1);
  }

  /** For its sessions: looks after one while something is due, and no longer. */
  watch(live: LiveSession): void {
    if (live.dueAtMs === Number.POSITIVE_INFINITY) this.#timed.delete(live);
    else this.#timed.add(live);
    if (this.#timed.size === 0) this.close();
    else this.#timer ??= setInterval(() => this.#visit(), VISIT_EVERY_MS);
  }

  #visit(): void {
    const nowMs = Date.now();
    for (const live of [...this.#timed]) live.visit(nowMs);
  }
}

/** One session's entry. The dialect tells it what happens, and lets go of it with `end`. */
export class LiveSession {
  readonly arrival: Arrival;
  readonly session: TimedSession;
  readonly #sessions: LiveSessions;
  readonly #sinceMs = Date.now();
  /** Those that it has open, and those that it was noted to have had. */
  #documents: Opened[] = [];
  #identity: Identity | null = null;
  #name = '';
  #phase: 'unknown' | 'good' | 'asked' | 'ended' = 'unknown';
  #dueAtMs: number;

  constructor(sessions: LiveSessions, arrival: Arrival, session: TimedSession, dueAtMs: number) {
    this.#sessions = sessions;
    this.arrival = arrival;
    this.session = session;
    this.#dueAtMs = dueAtMs;
  }

  get identity(): Identity | null {
    return this.#identity;
  }
  /** When the next thing happens by itself; Infinity: never. */
  get dueAtMs(): number {
    return this.#dueAtMs;
  }

  /** It is known who it is. @returns why it cannot stay, or null */
  identified(identity: Identity): string | null {
    const refusal = this.#sessions.admit(this, identity.person);
    if (refusal === null) this.#become(identity);
    else this.#sessions.noteRefusal(refusal, { person: identity.person, address: this.arrival.address });
    return refusal;
  }

  /** The same person has shown something newer; or the same once more, which is not worth a note. */
  renewed(identity: Identity): void {
    const isNewer = identity.expiresAtMs !== this.#identity?.expiresAtMs;
    this.#become(identity);
    if (isNewer) this.#note('renewed');
  }

  #become(identity: Identity): void {
    const { expiresAtMs } = identity;
    const leftMs = expiresAtMs - Date.now();
    this.#identity = identity;
    this.#phase = 'good';
    this.#dueIn(leftMs === Number.POSITIVE_INFINITY ? leftMs : leftMs - Math.min(ASK_BEFORE_MS, leftMs / 2));
  }

  /** What it is called, for admins, and where what it wrote is shown. */
  called(name: string): void {
    if (name === this.#name) return;
    this.#name = name;
    if (this.#identity !== null && this.#open().length > 0) this.#sessions.persons?.seen(this.#identity, name);
  }

  /** @returns false when the document has as many sessions as it may have */
  enter(document: DocumentName, role: Role): boolean {
    const known = this.#opened(document);
    const opened: Opened = known ?? { document, channels: 0, notedAs: null };
    if (opened.channels === 0) {
      if (!this.#sessions.enter(document, this.arrival.address)) return false;
      // Once in each role: who opens and closes a document without end does not fill the disk with that.
      if (opened.notedAs !== role && this.#note('let-in', { role }, document)) opened.notedAs = role;
      if (this.#identity !== null) this.#sessions.persons?.seen(this.#identity, this.#name);
    }
    opened.channels += 1;
    if (known === undefined) this.#documents.push(opened);
    return true;
  }

  /** For each `enter` that let it in. */
  leave(document: DocumentName): void {
    const opened = this.#opened(document);
    if (opened === undefined || opened.channels === 0) return;
    opened.channels -= 1;
    if (opened.channels > 0) return;
    this.#sessions.leave(document, this.arrival.address);
    if (opened.notedAs === null) this.#documents = this.#documents.filter((other) => other !== opened);
  }

  /** It was turned away from something. @param why in words, with nothing of what was shown */
  refused(why: string, document?: DocumentName): void {
    this.#sessions.noteRefusal(why, { ...this.#who(), ...(document === undefined ? {} : { document }) });
  }

  /** What it showed counts no longer. */
  revoked(why: string): void {
    this.#note('revoked', { why });
  }

  /** The session is over. May be called twice. */
  end(): void {
    this.#dueIn(Number.POSITIVE_INFINITY);
    for (const document of this.#open()) this.#sessions.leave(document, this.arrival.address);
    this.#documents = [];
    if (this.#identity !== null) this.#sessions.dismiss(this, this.#identity.person);
  }

  /** Everything that is due by now, in order, however late this is. */
  visit(nowMs: number): void {
    while (this.#dueAtMs <= nowMs) this.#act(nowMs);
  }

  info(): SessionInfo {
    const { id, address, dialect } = this.arrival;
    const { person = '', expiresAtMs = Number.POSITIVE_INFINITY } = this.#identity ?? {};
    return {
      id,
      person,
      name: this.#name,
      address,
      dialect,
      sinceMs: this.#sinceMs,
      expiresAtMs: Number.isFinite(expiresAtMs) ? expiresAtMs : null,
      documents: this.#open(),
    };
  }

  #open(): DocumentName[] {
    return this.#documents.flatMap(({ document, channels }) => (channels > 0 ? document : []));
  }

  /** Few have more than one open: no map for each. */
  #opened(document: DocumentName): Opened | undefined {
    return this.#documents.find((opened) => opened.document === document);
  }

  /** @returns false where nobody notes anything */
  #note(action: 'let-in' | 'renewed' | 'revoked', more: Record<string, string> = {}, document?: DocumentName): boolean {
    if (!this.#sessions.takesNotes) return false;
    const { id: session, dialect } = this.arrival;
    const detail = { session, dialect, ...more };
    this.#sessions.note({ ...this.#who(), action, detail, ...(document === undefined ? {} : { document }) });
    return true;
  }

  #who(): { readonly person: string; readonly address: string } {
    return { person: this.#identity?.person ?? '', address: this.arrival.address };
  }

  #act(nowMs: number): void {
    const { expiresAtMs = 0 } = this.#identity ?? {};
    switch (this.#phase) {
      case 'unknown':
        this.#dueIn(Number.POSITIVE_INFINITY);
        return this.session.end(CloseCode.Timeout, 'It took too long to say who you are. Try again.');
      case 'good':
        this.#phase = 'asked';
        this.#dueIn(expiresAtMs - nowMs);
        if (expiresAtMs > nowMs) this.session.askToRenew(expiresAtMs - nowMs);
        return;
      case 'asked':
        this.#phase = 'ended';
        this.#dueIn(expiresAtMs + GRACE_MS - nowMs);
        return this.session.suspend();
      case 'ended':
        this.#dueIn(Number.POSITIVE_INFINITY);
        return this.session.end(CloseCode.Unauthorized, 'Your sign-in has ended. Sign in again to go on.');
    }
  }

  #dueIn(ms: number): void {
    this.#dueAtMs = Date.now() + ms;
    this.#sessions.watch(this);
  }
}

/** No name of a document has a NUL. */
const placeOf = (document: string, address: string): string => `${document}\0${lineOf(address)}`;

/** How often each word was counted; those that were not take no room. */
class Counts {
  readonly #counts = new Map<string, number>();

  of(word: string): number {
    return this.#counts.get(word) ?? 0;
  }

  add(word: string, change: 1 | -1): void {
    const count = this.of(word) + change;
    if (count > 0) this.#counts.set(word, count);
    else this.#counts.delete(word);
  }
}

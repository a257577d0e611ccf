// A small server of one document that keeps PROTOCOL.md and nothing else: entries wait for the disk until `commit`, and
// are lost by `crash`. What it sends waits in a queue per client until `deliver`. Slow and plain on purpose.

import { createHash } from 'node:crypto';
import {
  type ClientMessage,
  CloseCode,
  clientCodec,
  contentHash,
  MAX_RESYNCS,
  type Message,
  PROTOCOL_VERSION,
  type ServerMessage,
  serverCodec,
  stateDigest,
} from '@weft/protocol';
import { deflateSync } from 'fflate';
import { createEncoder, toUint8Array, writeVarString, writeVarUint } from 'lib0/encoding';
import * as Y from 'yjs';
import type { FakeSocket } from './fake-server.js';

interface Entry {
  readonly update: Uint8Array;
  readonly outboxId: string;
  readonly clientSeq: number;
}

/** The one document that a client may have open. */
interface OpenDocument {
  readonly channel: number;
  mayWrite: boolean;
  readonly clientId: number;
  readonly outboxId: string;
  saved: number;
  discarding: boolean;
  resyncs: number;
  held: Message<ClientMessage, 'Presence'> | null;
}

interface Session {
  readonly socket: FakeSocket;
  readonly toServer: Uint8Array[];
  readonly toClient: Uint8Array<ArrayBuffer>[];
  open: OpenDocument | null;
}

const CHECKPOINT_EVERY = 25;
const NONE = new Uint8Array();

export class ModelServer {
  epoch = 1;
  /** What is on disk. */
  log: Entry[] = [];
  sessions: Session[] = [];
  /** Answers the next Update with this instead. */
  nextAnswer: 'Busy' | 'Resync' | 'Refused' | null = null;
  /** Yjs client ids that belong to somebody else. */
  readonly takenIds = new Set<number>();
  /** Clients that held something else than the server, as they asked. */
  differences = 0;
  #accepted: Entry[] = [];
  #known = new Y.Doc();
  #checkpoint: { readonly seq: number; readonly state: Uint8Array } | null = null;
  #states = new Map<number, string>();
  #clock = 0;
  #lastChannel = 0;

  /** For all that is on disk: this server's are good enough to tell two histories apart. */
  get proof(): Uint8Array {
    return proofOf(this.log);
  }

  /** The document on disk. */
  get doc(): Y.Doc {
    return docOf(this.log.map(({ update }) => update));
  }

  connect(socket: FakeSocket): void {
    this.sessions.push({ socket, toServer: [], toClient: [], open: null });
    socket.open();
  }

  disconnect(session: Session): void {
    this.sessions = this.sessions.filter((other) => other !== session);
    this.#leave(session);
    session.socket.breakOff();
  }

  /** One frame in one direction. @returns false when there was none */
  deliver(session: Session, direction: 'toServer' | 'toClient'): boolean {
    session.toServer.push(...session.socket.takeFrames());
    if (session.socket.closedByClient !== null) this.disconnect(session);
    if (direction === 'toClient') {
      const frame = session.toClient.shift();
      if (frame) session.socket.sayBytes(frame);
      return frame !== undefined;
    }
    const frame = session.toServer.shift();
    for (const message of frame ? clientCodec.decode(frame) : []) this.#handle(session, message);
    return frame !== undefined;
  }

  /** The disk has everything: peers get it, then its authors are told. @returns false when nothing waited */
  commit(): boolean {
    const fresh = this.#accepted;
    if (fresh.length === 0) return false;
    this.#accepted = [];
    const firstSeq = this.log.length + 1;
    this.log.push(...fresh);
    const { proof } = this;
    for (const session of this.sessions) {
      const { open } = session;
      if (!open) continue;
      const own = fresh.filter(({ outboxId }) => outboxId === open.outboxId);
      const updates = fresh.map(({ update }) => update);
      if (own.length < fresh.length)
        this.#say(session, { type: 'Entries', channel: open.channel, firstSeq, updates, proof });
      if (own.length > 0) this.#saved(session, own.at(-1)!.clientSeq);
    }
    if (this.log.length % CHECKPOINT_EVERY === 0) {
      this.#checkpoint = { seq: this.log.length, state: deflateSync(Y.encodeStateAsUpdate(this.doc)) };
    }
    return true;
  }

  /** Tells what the document on disk shows, if nothing is about to be added to it (G3). */
  publishHash(): void {
    if (this.#accepted.length > 0) return;
    const hash = contentHash(this.doc);
    for (const session of this.sessions) {
      if (session.open) this.#say(session, { type: 'Hash', channel: session.open.channel, seq: this.log.length, hash });
    }
  }

  /** From the next Update on. */
  changeAccess(session: Session, mayWrite: boolean): void {
    const { open } = session;
    if (!open || open.mayWrite === mayWrite) return;
    open.mayWrite = mayWrite;
    const { channel } = open;
    this.#say(session, { type: 'Access', channel, role: mayWrite ? 3 : 1, access: mayWrite ? 1 : 0, reason: '' });
  }

  /** The id of a client whose writing is all on disk turns out to be somebody else's. */
  takeClientId({ open }: Session): void {
    if (open && this.#accepted.every(({ outboxId }) => outboxId !== open.outboxId)) this.takenIds.add(open.clientId);
  }

  /** What is not on disk is gone, and so is every connection. */
  crash(): void {
    this.#accepted = [];
    this.#known = this.doc;
    for (const session of this.sessions) this.disconnect(session);
  }

  /** The disk is set back: the newest entries are gone, and only who holds them can tell. */
  lose(count: number): void {
    this.crash();
    this.log = this.log.slice(0, Math.max(0, this.log.length - count));
    this.#known = this.doc;
    if (this.#checkpoint && this.#checkpoint.seq > this.log.length) this.#checkpoint = null;
  }

  /** Another content under another epoch, as after a backup is brought back. */
  replace(): void {
    this.crash();
    this.epoch += 1;
    const doc = new Y.Doc();
    doc.getText('t').insert(0, `epoch ${this.epoch}. `);
    this.log = [{ update: Y.encodeStateAsUpdate(doc), outboxId: '', clientSeq: 0 }];
    this.#known = this.doc;
    this.#checkpoint = null;
  }

  #handle(session: Session, message: ClientMessage): void {
    const { open } = session;
    if (message.type === 'Open') return this.#open(session, message);
    if (message.type === 'Hello') {
      return this.#say(session, {
        type: 'Welcome',
        version: PROTOCOL_VERSION,
        server: '',
        session: '',
        maxUpdateBytes: 1 << 20,
        person: '',
        name: message.name,
        color: message.color,
        expiresAtMs: 0,
      });
    }
    if (message.type === 'Ping') return this.#say(session, { type: 'Pong', nonce: message.nonce });
    if (!open || !('channel' in message) || open.channel !== message.channel) return;
    if (message.type === 'Update' && !open.discarding) this.#update(session, message);
    if (message.type === 'Resume') open.discarding = false;
    if (message.type === 'Check') this.#check(session, message);
    if (message.type === 'Close') this.#leave(session);
    if (message.type === 'Presence') {
      open.held = message;
      this.#showHeld(session);
    }
  }

  /** A caret waits until the text before it is on disk. */
  #showHeld({ open }: Session): void {
    if (!open?.held || open.held.clientSeq > open.saved) return;
    const { state } = open.held;
    open.held = null;
    this.#show(open.clientId, state);
  }

  #open(session: Session, { ref, clientId, outboxId, epoch, seq, proof }: Message<ClientMessage, 'Open'>): void {
    if (session.open) throw new Error('the document is open on this connection already');
    if (this.takenIds.has(clientId)) {
      return this.#say(session, { type: 'Closed', ref, channel: 0, code: CloseCode.ClientIdTaken, reason: 'Taken.' });
    }
    this.#lastChannel += 1;
    const channel = this.#lastChannel;
    const saved = this.#savedSeq(outboxId, this.log);
    session.open = { channel, mayWrite: true, clientId, outboxId, saved, discarding: false, resyncs: 0, held: null };
    const isKept = isEqual(proof, proofOf(this.log.slice(0, seq))) && seq <= this.log.length;
    if (epoch === this.epoch && seq > 0 && !isKept) this.epoch += 1;
    const held = epoch === this.epoch ? seq : 0;
    const checkpoint = this.#checkpoint && held < this.#checkpoint.seq ? this.#checkpoint : null;
    const base = checkpoint?.seq ?? held;
    this.#say(session, {
      type: 'Opened',
      ref,
      channel,
      epoch: this.epoch,
      access: 1,
      savedClientSeq: saved,
      held,
      head: this.log.length,
      proof: this.proof,
      checkpointSeq: base,
      checkpoint: checkpoint?.state ?? new Uint8Array(),
      role: 3,
    });
    const updates = this.log.slice(base).map(({ update }) => update);
    if (updates.length > 0)
      this.#say(session, { type: 'Entries', channel, firstSeq: base + 1, updates, proof: this.proof });
    this.#say(session, { type: 'Presence', channel, entries: this.#awareness([...this.#states.keys()]) });
  }

  #update(session: Session, { clientSeq, update }: Message<ClientMessage, 'Update'>): void {
    const open = session.open!;
    const { channel, outboxId } = open;
    if (clientSeq <= this.#savedSeq(outboxId, this.log)) return this.#saved(session, clientSeq);
    // Being written already, and told when it is.
    if (clientSeq <= this.#savedSeq(outboxId, this.#accepted)) return;
    const code = !open.mayWrite ? 'read-only' : this.takenIds.has(open.clientId) ? 'client-id-taken' : null;
    if (code) {
      open.discarding = true;
      return this.#say(session, { type: 'Refused', channel, clientSeq, code, reason: 'No.' });
    }
    const answer = this.nextAnswer;
    this.nextAnswer = null;
    if (answer === 'Busy') {
      open.discarding = true;
      return this.#say(session, { type: 'Busy', channel, clientSeq, retryAfterMs: 200 });
    }
    const attempt = docOf([Y.encodeStateAsUpdate(this.#known), update]);
    const isGap = attempt.store.pendingStructs !== null || attempt.store.pendingDs !== null;
    if (answer === 'Refused' || (isGap && open.resyncs === MAX_RESYNCS)) {
      open.discarding = true;
      return this.#say(session, { type: 'Refused', channel, clientSeq, code: 'cannot-merge', reason: 'No.' });
    }
    if (isGap || answer === 'Resync') {
      open.discarding = true;
      open.resyncs += 1;
      return this.#say(session, { type: 'Resync', channel, clientSeq, stateVector: Y.encodeStateVector(this.doc) });
    }
    open.resyncs = 0;
    this.#known = attempt;
    this.#accepted.push({ update: update.slice(), outboxId, clientSeq });
  }

  /** At the head, and while nothing is being written. */
  #check(session: Session, { channel, seq, digest }: Message<ClientMessage, 'Check'>): void {
    const stateVector = Y.encodeStateVector(this.doc);
    const deleteSet = Y.encodeStateAsUpdate(this.doc, stateVector).subarray(1);
    const canTell = seq === this.log.length && this.#accepted.length === 0;
    const isSame = canTell && isEqual(stateDigest(stateVector, deleteSet), digest);
    const verdict = !canTell ? 0 : isSame ? 1 : 2;
    if (verdict === 2) this.differences += 1;
    this.#say(session, { type: 'Checked', channel, seq, verdict, stateVector: verdict === 2 ? stateVector : NONE });
  }

  #saved(session: Session, clientSeq: number): void {
    const open = session.open!;
    open.saved = Math.max(open.saved, clientSeq);
    const { channel, saved } = open;
    this.#say(session, {
      type: 'Saved',
      channel,
      clientSeq: saved,
      seq: this.log.length,
      proof: this.proof,
      timeMs: Date.now(),
    });
    this.#showHeld(session);
  }

  #savedSeq(outboxId: string, entries: readonly Entry[]): number {
    return entries.findLast((entry) => entry.outboxId === outboxId)?.clientSeq ?? 0;
  }

  #leave(session: Session): void {
    if (session.open) this.#show(session.open.clientId, '');
    session.open = null;
  }

  #show(clientId: number, state: string): void {
    if (state === '') this.#states.delete(clientId);
    else this.#states.set(clientId, state);
    this.#clock += 1;
    for (const session of this.sessions) {
      const { open } = session;
      if (open) this.#say(session, { type: 'Presence', channel: open.channel, entries: this.#awareness([clientId]) });
    }
  }

  #awareness(ids: readonly number[]): Uint8Array {
    const encoder = createEncoder();
    writeVarUint(encoder, ids.length);
    for (const id of ids) {
      writeVarUint(encoder, id);
      writeVarUint(encoder, this.#clock);
      writeVarString(encoder, this.#states.get(id) ?? 'null');
    }
    return toUint8Array(encoder);
  }

  #say(session: Session, message: ServerMessage): void {
    session.toClient.push(serverCodec.encode(message));
  }
}

/** The same for the same entries, and only then. */
function proofOf(log: readonly Entry[]): Uint8Array {
  const text = log.map(({ outboxId, clientSeq }) => `${outboxId} ${clientSeq}`).join();
  return Uint8Array.from(createHash('sha256').update(text).digest().subarray(0, 16));
}

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, at) => byte === b[at]);

function docOf(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}

// What follows when a connection has ended or could not be had: another try after a pause, or none. The pause is chosen by chance
// below a ceiling that doubles until a connection lasts; a token that was not accepted is followed by another one, a few times.

import { CloseCode, mayComeBack } from '@weft/protocol';
import { backoffDelayMs } from './backoff.js';
import type { ConnectionStatus, Lack } from './connection-status.js';
import type { SocketEnd } from './socket.js';

/** A connection that lived this long after Welcome is no failed try: the next pause is a short one again. */
const LASTING_MS = 5_000;
/** So often in a row a token that was not accepted is followed by another one. */
const MAX_REFUSED_TOKENS = 3;

type Stopped = Extract<ConnectionStatus, { kind: 'stopped' }>;
type Waiting = Extract<ConnectionStatus, { kind: 'waiting' }>;

export class Comeback {
  readonly #random: () => number;
  readonly #retry: () => void;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** Connections in a row that did not last. */
  #attempt = 0;
  #welcomedAtMs: number | null = null;
  /** Tokens in a row that were not accepted, and what was said of the last. */
  #refusedTokens = 0;
  #refusal: Stopped | null = null;

  /** @param retry called at the end of a pause */
  constructor(random: () => number, retry: () => void) {
    this.#random = random;
    this.#retry = retry;
  }

  /** What was said of the last token, when that was not accepted: the same is not to be shown again. */
  get refusal(): Stopped | null {
    return this.#refusedTokens > 0 ? this.#refusal : null;
  }

  /** A connection is being made. */
  begun(): void {
    this.#welcomedAtMs = null;
  }

  welcomed(): void {
    this.#welcomedAtMs = Date.now();
  }

  /** A connection has ended, or was never had. @param mayShowAnother whether there may be another token to show */
  after({ by, code, reason, retryAfterMs }: SocketEnd, mayShowAnother: boolean): Stopped | Waiting {
    // One that is being stopped failed nobody: where nodes are replaced one after the other, who is moved twice comes as soon as before.
    const isOrderly = by === 'server' && code === CloseCode.GoingAway;
    if (this.#welcomedAtMs !== null && (isOrderly || Date.now() - this.#welcomedAtMs >= LASTING_MS)) {
      this.#attempt = 0;
      this.#refusedTokens = 0;
    }
    const stopped: Stopped = { kind: 'stopped', code, reason };
    if (by === 'server' && code === CloseCode.Unauthorized && mayShowAnother) {
      this.#refusal = stopped;
      this.#refusedTokens += 1;
      return this.#refusedTokens > MAX_REFUSED_TOKENS ? stopped : this.later('token');
    }
    // What we ended ourselves because it made no sense is tried again; another version will not change by itself.
    if (code === CloseCode.VersionUnsupported || (by === 'server' && !mayComeBack(code))) return stopped;
    return this.later(code === CloseCode.ServerOutdated ? 'newer-server' : 'connection', retryAfterMs);
  }

  /** @param atLeastMs what the server asked for: not to come back before that */
  later(lacks: Lack, atLeastMs = 0): Waiting {
    const delayMs = atLeastMs + backoffDelayMs(this.#attempt, this.#random());
    this.#attempt += 1;
    this.#timer = setTimeout(this.#retry, delayMs);
    return { kind: 'waiting', retryAtMs: Date.now() + delayMs, lacks };
  }

  /** Somebody wants it tried after a stop: tokens count anew. */
  forgive(): void {
    this.#refusedTokens = 0;
  }

  /** There is no other try by itself. */
  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

// The requests of one session over HTTP (PROTOCOL.md § Over HTTP): POSTs, each with a time in which it is answered, and all of them
// ended together. What an answer means to the session is read here.

import { CarrierHeader } from '@weft/protocol';
import { BROKEN, type TransportEnd } from './transport.js';

export type Fetch = typeof globalThis.fetch;
export type Headers = Partial<Record<(typeof CarrierHeader)[keyof typeof CarrierHeader], string>>;

export interface Answer {
  readonly status: number;
  readonly bytes: Uint8Array;
  header(name: string): string | null;
}

/** A proxy between us and the server, or the server itself, says that it may be another time. */
const LATER: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);
/** Nobody is kept away for longer by one answer. */
const MAX_RETRY_AFTER_MS = 10 * 60_000;

export class HttpRequests {
  readonly #url: string;
  readonly #fetch: Fetch;
  /** Each ends something that runs. */
  readonly #running = new Set<() => void>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #pauses = new Set<() => void>();
  /** Nobody waits for answers any more. */
  #isLetGo = false;
  #isOver = false;

  /** @param url ws(s)://host/weft, perhaps with a query, which every request has */
  constructor(url: string, fetch: Fetch) {
    this.#url = url.replace(/^ws/, 'http');
    this.#fetch = fetch;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** @returns null when there was no answer, or none in time */
  async post(path: string, headers: Headers, body: Uint8Array<ArrayBuffer>, withinMs: number): Promise<Answer | null> {
    const abort = new AbortController();
    const timer = this.#isLetGo ? undefined : this.#after(withinMs, () => abort.abort());
    const end = (): void => abort.abort();
    this.#running.add(end);
    try {
      const response = await this.#begin(path, headers, abort.signal, body);
      const bytes = new Uint8Array(await response.arrayBuffer());
      return { status: response.status, bytes, header: (name) => response.headers.get(name) };
    } catch {
      return null;
    } finally {
      this.#running.delete(end);
      this.#forget(timer);
    }
  }

  /** One whose answer has no end. @throws when there is none */
  stream(path: string): Promise<Response> {
    const abort = new AbortController();
    this.#running.add(() => abort.abort());
    return this.#begin(path, {}, abort.signal, new Uint8Array());
  }

  /** @returns false when nobody waits for it any more */
  pause(ms: number): Promise<boolean> {
    if (this.#isLetGo) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (isInTime: boolean): void => {
        this.#pauses.delete(stop);
        this.#forget(timer);
        resolve(isInTime);
      };
      const stop = (): void => end(false);
      const timer = this.#after(ms, () => end(true));
      this.#pauses.add(stop);
    });
  }

  /** Nobody waits any more: what runs may go on, without a time. */
  letGo(): void {
    this.#isLetGo = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const stop of [...this.#pauses]) stop();
  }

  /** Ends whatever runs. */
  end(): void {
    this.#isOver = true;
    this.letGo();
    for (const end of [...this.#running]) end();
    this.#running.clear();
  }

  #begin(path: string, headers: Headers, signal: AbortSignal, body: Uint8Array<ArrayBuffer>): Promise<Response> {
    if (this.#isOver) return Promise.reject(new Error('the session is over'));
    const type = body.length === 0 ? {} : { 'content-type': 'application/octet-stream' };
    // Called as a function of nobody: a browser's own refuses to be a method.
    const { fetch } = { fetch: this.#fetch };
    return fetch(this.#url.replace(/\/weft(?=\?|$)/, path), {
      method: 'POST',
      headers: { ...headers, ...type },
      body,
      signal,
      cache: 'no-store',
      redirect: 'error',
      // The last word leaves also when the page does.
      keepalive: CarrierHeader.end in headers,
    });
  }

  #after(ms: number, callback: () => void): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      callback();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  #forget(timer: ReturnType<typeof setTimeout> | undefined): void {
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#timers.delete(timer);
  }
}

/** Whether the same request may be answered otherwise later. No answer at all is one, too. */
export const isForLater = (answer: Pick<Answer, 'status'> | null): boolean =>
  answer === null || LATER.has(answer.status);

/** Milliseconds that an answer asks to wait; undefined when it says nothing of it. */
export function retryAfterMs(answer: Pick<Answer, 'header'> | null): number | undefined {
  const text = answer?.header('retry-after') ?? '';
  return /^\d{1,9}$/.test(text) ? Math.min(Number(text) * 1000, MAX_RETRY_AFTER_MS) : undefined;
}

/** What an answer that is no success means for the session. */
export function endBy(answer: Answer | null): TransportEnd {
  const said = answer === null ? {} : parseObject(new TextDecoder().decode(answer.bytes));
  const error = parseObject(said.error);
  const reason = typeof error.message === 'string' ? error.message : `HTTP ${answer?.status ?? 'without an answer'}`;
  const retry = retryAfterMs(answer);
  return {
    code: typeof said.close === 'number' ? said.close : BROKEN,
    reason,
    ...(retry !== undefined && { retryAfterMs: retry }),
  };
}

/** An object with no members for everything that is none: proxies answer what they like. @param given may be JSON */
export function parseObject(given: unknown): Readonly<Record<string, unknown>> {
  if (typeof given === 'object' && given !== null) return given as Record<string, unknown>;
  if (typeof given !== 'string') return {};
  try {
    const parsed: unknown = JSON.parse(given);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

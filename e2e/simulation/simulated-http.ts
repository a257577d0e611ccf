// HTTP between the peers and the server, without sockets: what fetch sends is given to the server's own door, and what that
// answers comes back, each byte in its time. Requests stand beside each other, so that their order is nobody's; connections
// break in the middle of a request or an answer, and proxies on the way do what proxies do.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { CarrierPath } from '@weft/protocol';
import type { Chance } from './chance.js';
import { ClientAnswer } from './client-answer.js';
import { type Break, Lane, type Weather } from './lane.js';
import { type Fate, fateOf, OPEN_PASSAGE, type Passage } from './passage.js';
import { ServedAnswer, ServedRequest } from './served-answer.js';
import type { ProcessName } from './virtual-clock.js';

/** What the server does with a request: an `HttpDoor`, as far as it goes. */
export type HandleRequest = (peer: ProcessName, request: IncomingMessage, response: ServerResponse) => void;

interface Host {
  readonly name: ProcessName;
  readonly handle: HandleRequest;
}

/** Whoever was answered so recently is connected: the next poll is on its way. */
const POLLS_FOLLOW_WITHIN_MS = 2_000;
const HELD_BACK_BYTES = 4096;

export class SimulatedHttp {
  readonly weather: Weather;
  readonly #isReachable: (peer: ProcessName) => boolean;
  readonly #passages = new Map<ProcessName, Passage>();
  readonly #exchanges = new Set<Exchange>();
  readonly #answeredAtMs = new Map<ProcessName, number>();
  #host: Host | null = null;

  constructor(weather: Weather, isReachable: (peer: ProcessName) => boolean) {
    this.weather = weather;
    this.#isReachable = isReachable;
  }

  /** The server is up; to be called as its process. */
  listen(handle: HandleRequest): void {
    this.#host = { name: this.weather.clock.owner, handle };
  }

  /** The server's process is gone; its system closes what it had open. */
  hostDied(): void {
    this.#host = null;
    for (const exchange of [...this.#exchanges]) exchange.break({ kind: 'noticed', by: 'client' });
  }

  break(peer: ProcessName, how: Break): void {
    this.#answeredAtMs.delete(peer);
    for (const exchange of [...this.#exchanges]) if (exchange.peer === peer) exchange.break(how);
  }

  passageOf(peer: ProcessName): Passage {
    return this.#passages.get(peer) ?? OPEN_PASSAGE;
  }

  /** What holds for new connections and requests. */
  setPassage(peer: ProcessName, passage: Passage): void {
    this.#passages.set(peer, passage);
  }

  /** Proxies do no harm any more; what they let through stays as it is. */
  calm(): void {
    for (const [peer, passage] of this.#passages) this.#passages.set(peer, { ...passage, isRough: false });
  }

  /** Whether both ends really hear each other, by a stream or by polls. */
  isConnected(peer: ProcessName): boolean {
    const answeredMs = this.weather.clock.nowMs - (this.#answeredAtMs.get(peer) ?? Number.NEGATIVE_INFINITY);
    return (
      answeredMs < POLLS_FOLLOW_WITHIN_MS ||
      [...this.#exchanges].some((exchange) => exchange.peer === peer && exchange.isUnderWay)
    );
  }

  /** A fetch for this peer: POSTs to one server. */
  fetchFor(peer: ProcessName): typeof globalThis.fetch {
    return ((url: string, init: RequestInit) => this.#fetch(peer, url, init)) as typeof globalThis.fetch;
  }

  #fetch(peer: ProcessName, url: string, { headers, body, signal }: RequestInit): Promise<Response> {
    const { clock, chance } = this.weather;
    const { pathname } = new URL(url);
    const passage = this.passageOf(peer);
    const isStream = pathname === CarrierPath.events;
    const latencyMs = chance.happens(0.1) ? chance.int(100, 400) : chance.int(1, 40);
    const answer = new ClientAnswer();
    if (!this.#isReachable(peer) || this.#host === null) {
      clock.schedule(peer, latencyMs, () => answer.fail(new TypeError('fetch failed')));
    } else if (isStream && passage.events === 'refused') {
      clock.schedule(peer, latencyMs, () => answer.whole(403, {}, '<html>No streams here.</html>'));
    } else {
      const exchange = new Exchange(this.weather, {
        peer,
        host: this.#host,
        latencyMs,
        path: pathname,
        headers: headers as Readonly<Record<string, string>>,
        body: body as Uint8Array,
        fate: isStream ? 'well' : fateOf(passage, chance),
        heldBackBytes: isStream && passage.events === 'held back' ? HELD_BACK_BYTES : 0,
        answer,
        onAnswered: () => this.#answeredAtMs.set(peer, clock.nowMs),
        onOver: () => this.#exchanges.delete(exchange),
      });
      this.#exchanges.add(exchange);
      exchange.begin();
      signal?.addEventListener('abort', () => exchange.abandon());
    }
    signal?.addEventListener('abort', () => answer.fail(new DOMException('given up', 'AbortError')));
    return answer.response;
  }
}

interface ExchangeSetup {
  readonly peer: ProcessName;
  readonly host: Host;
  readonly latencyMs: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly fate: Fate;
  readonly heldBackBytes: number;
  readonly answer: ClientAnswer;
  /** An answer has arrived, whole. */
  readonly onAnswered: () => void;
  readonly onOver: () => void;
}

const LATE_MS = [16_000, 60_000] as const;
const AGAIN_WITHIN_MS = 3_000;

/** One request and its answer. */
class Exchange {
  readonly #setup: ExchangeSetup;
  readonly #weather: Weather;
  readonly #up: Lane;
  readonly #down: Lane;
  #served: ServedAnswer | null = null;
  #heldBack: Uint8Array[] = [];
  #isBroken = false;
  #isOver = false;

  constructor(weather: Weather, setup: ExchangeSetup) {
    this.#weather = weather;
    this.#setup = setup;
    this.#up = new Lane(weather, setup.host.name, setup.latencyMs);
    this.#down = new Lane(weather, setup.peer, setup.latencyMs);
  }

  get peer(): ProcessName {
    return this.#setup.peer;
  }

  /** It has arrived, its answer has not wholly, and both ends hear each other. */
  get isUnderWay(): boolean {
    return this.#served !== null && !this.#isOver && !this.#isBroken && this.#setup.heldBackBytes === 0;
  }

  begin(): void {
    const { fate, body, host } = this.#setup;
    const { clock, chance } = this.#weather;
    if (fate === 'lost') return;
    if (fate === 'turned away') return this.#up.carry(1, () => this.#answerOfProxy());
    this.#up.carry(body.length, () => {
      if (fate === 'late') clock.schedule(host.name, chance.int(...LATE_MS), () => this.#arrive());
      else this.#arrive();
      if (fate !== 'twice') return;
      clock.schedule(host.name, chance.int(0, AGAIN_WITHIN_MS), () =>
        this.#serve(new ServedAnswer(this.#weather, null, NOBODY)),
      );
    });
  }

  /** Who asked does not wait any more. A proxy may go on all the same. */
  abandon(): void {
    if (this.#weather.chance.happens(0.5)) this.#up.cut();
    this.#down.cut();
    this.#up.afterwards(() => this.#served?.broken());
    this.#end();
  }

  break(how: Break): void {
    this.#isBroken = true;
    this.#up.cut();
    this.#down.cut();
    if (how.kind === 'silent') return;
    if (how.by !== 'server') this.#down.afterwards(() => this.#fail());
    if (how.by !== 'client') this.#up.afterwards(() => this.#served?.broken());
  }

  #arrive(): void {
    const { fate, heldBackBytes } = this.#setup;
    this.#served = new ServedAnswer(this.#weather, this.#down, {
      began: (status, headers) => this.#began(status, headers),
      wrote: (bytes) => this.#wrote(bytes, heldBackBytes),
      ended: (isWhole) => this.#ended(isWhole && fate !== 'answer cut'),
    });
    this.#serve(this.#served);
  }

  #serve(response: ServedAnswer): void {
    const { peer, host, path, headers, body } = this.#setup;
    const request = new ServedRequest(path, headers);
    // The door of a server that is gone is nobody's: its process does nothing any more.
    host.handle(peer, request as unknown as IncomingMessage, response as unknown as ServerResponse);
    request.deliver(body, this.#weather.chance);
  }

  #began(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.#setup.fate === 'answer replaced') return;
    this.#down.carry(0, () => this.#setup.answer.begin(status, headers));
  }

  #wrote(bytes: Uint8Array, heldBackBytes: number): void {
    const { answer, fate } = this.#setup;
    if (fate === 'answer replaced') return;
    this.#heldBack.push(bytes);
    const held = this.#heldBack.reduce((sum, { length }) => sum + length, 0);
    if (held < heldBackBytes) return;
    for (const each of this.#heldBack.splice(0)) {
      const end = fate === 'answer cut' ? this.#weather.chance.int(0, each.length) : each.length;
      for (const piece of cutAnywhere(each.slice(0, end), this.#weather.chance)) {
        this.#down.carry(piece.length, () => answer.push(piece));
      }
    }
  }

  #ended(isWhole: boolean): void {
    const { answer, fate, onAnswered } = this.#setup;
    if (fate === 'answer replaced') return this.#answerOfProxy();
    this.#wrote(new Uint8Array(), 0);
    this.#down.carry(0, () => {
      if (!isWhole) return this.#fail();
      onAnswered();
      answer.end();
      this.#end();
    });
    this.#up.afterwards(() => this.#served?.broken());
  }

  #answerOfProxy(): void {
    const { answer } = this.#setup;
    const { chance } = this.#weather;
    const headers = chance.happens(0.2) ? { 'retry-after': '1' } : {};
    this.#down.carry(100, () => {
      answer.whole(chance.pick([502, 503, 504]), headers, '<html>Bad gateway</html>');
      this.#end();
    });
  }

  #fail(): void {
    this.#setup.answer.fail(new TypeError('network error'));
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#setup.onOver();
  }
}

/** Reads the answer to a request that was made twice. */
const NOBODY = { began: () => {}, wrote: () => {}, ended: () => {} };

function cutAnywhere(bytes: Uint8Array, chance: Chance): Uint8Array[] {
  if (bytes.length < 2 || chance.happens(0.7)) return bytes.length === 0 ? [] : [bytes];
  const at = chance.int(1, bytes.length - 1);
  return [bytes.slice(0, at), bytes.slice(at)];
}

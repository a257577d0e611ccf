// What stock y-websocket clients put on the wire: SyncStep1 first, an answer to the server's own, awareness. With nobody who
// answers (`relay`) it has joined once it is connected, and says nothing it is not asked to.

import * as encoding from 'lib0/encoding';
import { ByteCursor } from '../byte-cursor.js';
import type { BenchClient, Held } from '../scenario.js';
import { Listeners } from './listeners.js';
import { LoadSocket, type Target } from './load-socket.js';

const SYNC = 0;
const AWARENESS = 1;
const AUTH = 2;
const SYNC_STEP_1 = 0;
const SYNC_STEP_2 = 1;
const SYNC_UPDATE = 2;

const EMPTY_STATE_VECTOR = Uint8Array.of(0);
/** No structs, no deletes. */
const EMPTY_UPDATE = Uint8Array.of(0, 0);

const cursor = new ByteCursor();

interface JoinOptions {
  readonly isRelay: boolean;
  /** null for who comes for the first time. */
  readonly held: Held | null;
}

export class YjsClient extends Listeners implements BenchClient {
  readonly joined: Uint8Array[] = [];
  readonly place = null;
  #socket!: LoadSocket;
  readonly #held: Held | null;
  #presence: readonly [clientId: number, clock: number, json: string] | null = null;
  #sentUpdates = 0;
  #isJoined = false;
  #whenJoined: (error?: Error) => void = () => {};

  static async join(target: Target, { isRelay, held }: JoinOptions): Promise<YjsClient> {
    const client = new YjsClient(held);
    await client.#join(target, isRelay);
    return client;
  }

  private constructor(held: Held | null) {
    super();
    this.#held = held;
  }

  get receivedBytes(): number {
    return this.#socket.receivedBytes;
  }

  update(update: Uint8Array): void {
    this.#sentUpdates += 1;
    this.#sync(SYNC_UPDATE, update);
  }

  awareness(clientId: number, clock: number, json: string): void {
    this.#presence = [clientId, clock, json];
    const body = encodeAwareness(clientId, clock, json);
    const head = encoding.createEncoder();
    encoding.writeVarUint(head, AWARENESS);
    encoding.writeVarUint(head, body.length);
    this.#socket.send(encoding.toUint8Array(head), body);
  }

  beat(): void {
    if (this.#presence === null) return;
    const [clientId, clock, json] = this.#presence;
    this.awareness(clientId, clock + 1, json);
  }

  whenDrained(): Promise<void> {
    return this.#socket.whenDrained();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  async #join(target: Target, isRelay: boolean): Promise<void> {
    const joined = new Promise<void>((resolve, reject) => {
      this.#whenJoined = (error) => (error ? reject(error) : resolve());
    });
    // Somebody may wait for the upgrade alone when it fails.
    joined.catch(() => {});
    this.#socket = new LoadSocket(target, {
      onMessage: this.#receive,
      onClosed: (code, reason) => {
        this.#whenJoined(new Error(`closed with ${code} while joining: ${reason}`));
        if (this.#isJoined) this.onClosed(code, reason);
      },
    });
    await this.#socket.opened;
    if (isRelay) {
      this.#isJoined = true;
      return;
    }
    this.#sync(SYNC_STEP_1, this.#held?.stateVector ?? EMPTY_STATE_VECTOR);
    await joined;
  }

  readonly #receive = (bytes: Uint8Array, from: number, to: number): void => {
    cursor.set(bytes, from, to);
    const type = cursor.uint();
    if (type === AWARENESS) {
      const start = cursor.run();
      this.onAwareness(bytes, start, cursor.at);
    } else if (type === SYNC) {
      const kind = cursor.uint();
      const start = cursor.run();
      if (kind === SYNC_UPDATE) this.onUpdate(bytes, start, cursor.at);
      else if (kind === SYNC_STEP_2) this.#state(bytes, start, cursor.at);
      else this.#answer();
    } else if (type === AUTH) {
      throw new Error('the server denies this client something');
    }
  };

  #state(bytes: Uint8Array, from: number, to: number): void {
    if (this.#isJoined) return this.onState(bytes, from, to);
    this.#isJoined = true;
    this.joined.push(bytes.slice(from, to));
    this.#whenJoined();
  }

  /** Nothing of what it writes is kept here: a server that asks for it again has lost or dropped some. */
  #answer(): void {
    if (this.#sentUpdates > 0) throw new Error('the server asks again for what it was sent');
    this.#sync(SYNC_STEP_2, this.#held?.deletes ?? EMPTY_UPDATE);
  }

  #sync(kind: number, body: Uint8Array): void {
    const head = encoding.createEncoder();
    encoding.writeVarUint(head, SYNC);
    encoding.writeVarUint(head, kind);
    encoding.writeVarUint(head, body.length);
    this.#socket.send(encoding.toUint8Array(head), body);
  }
}

/** As awareness.js of y-protocols does for one person. */
function encodeAwareness(clientId: number, clock: number, json: string): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarUint(encoder, clientId);
  encoding.writeVarUint(encoder, clock);
  encoding.writeVarString(encoder, json);
  return encoding.toUint8Array(encoder);
}

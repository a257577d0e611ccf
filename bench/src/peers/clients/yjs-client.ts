// What stock y-websocket clients put on the wire: SyncStep1 first, who is here, an answer to the server's own SyncStep1. With
// nobody who answers (`relay`) it has joined once it is connected, and says nothing it is not asked to.

import * as encoding from 'lib0/encoding';
import { ByteCursor } from '../byte-cursor.js';
import type { BenchClient, Held } from '../scenario.js';
import { LoadClient } from './load-client.js';
import type { Target } from './load-socket.js';

const SYNC = 0;
const AWARENESS = 1;
const SYNC_STEP_1 = 0;
const SYNC_STEP_2 = 1;
const SYNC_UPDATE = 2;

const EMPTY_STATE_VECTOR = Uint8Array.of(0);
/** No structs, no deletes. */
const EMPTY_UPDATE = Uint8Array.of(0, 0);

const cursor = new ByteCursor();

export class YjsClient extends LoadClient implements BenchClient {
  readonly place = null;
  /** Before every message, in both directions. */
  readonly #prefix: Uint8Array;
  #held: Held | null = null;
  #presence: readonly [clientId: number, clock: number, json: string] | null = null;
  #sentUpdates = 0;

  constructor(prefix = new Uint8Array()) {
    super();
    this.#prefix = prefix;
  }

  /** For a relay: it has joined once it is connected. */
  connect(target: Target): Promise<void> {
    return this.join(target, () => this.hasJoined());
  }

  /** @param held null for who comes for the first time */
  open(target: Target, clientId: number, held: Held | null): Promise<void> {
    this.#held = held;
    return this.join(target, () => {
      this.greet();
      this.#sync(SYNC_STEP_1, held?.stateVector ?? EMPTY_STATE_VECTOR);
      this.awareness(clientId, 0, '{}');
    });
  }

  update(update: Uint8Array): void {
    this.#sentUpdates += 1;
    this.#sync(SYNC_UPDATE, update);
  }

  awareness(clientId: number, clock: number, json: string): void {
    this.#presence = [clientId, clock, json];
    this.send([AWARENESS], encodeAwareness(clientId, clock, json));
  }

  beat(): void {
    if (this.#presence === null) return;
    const [clientId, clock, json] = this.#presence;
    this.awareness(clientId, clock + 1, json);
  }

  /** What is said before SyncStep1. */
  protected greet(): void {}

  /** A message that is neither of the document nor of awareness. @param message stands after its type */
  protected hear(type: number, _message: ByteCursor): void {
    throw new Error(`the server says something of the type ${type}: it may deny this client to write`);
  }

  /** One message: numbers, then a byte string with its length. */
  protected send(numbers: readonly number[], body: Uint8Array): void {
    const head = encoding.createEncoder();
    encoding.writeUint8Array(head, this.#prefix);
    for (const number of numbers) encoding.writeVarUint(head, number);
    encoding.writeVarUint(head, body.length);
    this.sendFrame(encoding.toUint8Array(head), body);
  }

  protected readonly receive = (bytes: Uint8Array, from: number, to: number): void => {
    cursor.set(bytes, from, to);
    if (this.#prefix.length > 0) cursor.run();
    const type = cursor.uint();
    if (type === AWARENESS) {
      const start = cursor.run();
      this.onAwareness(bytes, start, cursor.at);
    } else if (type === SYNC) {
      const kind = cursor.uint();
      const start = cursor.run();
      if (kind === SYNC_UPDATE) this.onUpdate(bytes, start, cursor.at);
      else if (kind === SYNC_STEP_2) this.#state(bytes, start, cursor.at);
      else this.#answer(bytes[start] === 0);
    } else this.hear(type, cursor);
  };

  #state(bytes: Uint8Array, from: number, to: number): void {
    if (this.isJoined) return this.onState(bytes, from, to);
    this.joined.push(bytes.slice(from, to));
    this.hasJoined();
  }

  /** Nothing of what it writes is kept here: a server that asks for it again has lost or dropped some. */
  #answer(hasNothing: boolean): void {
    if (this.#sentUpdates > 0) throw new Error('the server asks again for what it was sent');
    const held = hasNothing ? this.#held?.state : this.#held?.deletes;
    this.#sync(SYNC_STEP_2, held ?? EMPTY_UPDATE);
  }

  #sync(kind: number, body: Uint8Array): void {
    this.send([SYNC, kind], body);
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

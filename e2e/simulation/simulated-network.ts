// WebSockets between the peers and the server, without sockets: frames take their time, connections break, one side may
// notice late or never. Within a connection frames keep their order, and what arrives of a broken one is a beginning of
// what was sent, as with TCP. Frames are copied when sent, and a receiver's buffer is overwritten after use.

import { CloseCode } from '@weft/protocol';
import type { Connection, OpenSession, Session } from '../../server/src/dialect/connection.js';
import type { Outgoing } from '../../server/src/room/member.js';
import { type Beating, Heartbeat } from '../../server/src/transport/heartbeat.js';
import type { Chance } from './chance.js';
import { type Break, Lane } from './lane.js';
import { SimulatedHttp } from './simulated-http.js';
import type { ProcessName, VirtualClock } from './virtual-clock.js';

/** Who looks at every frame at the moment it is sent. */
export interface Tap {
  fromClient(frame: Uint8Array): void;
  fromServer(frame: Uint8Array): void;
  /** The server closes the connection. */
  closing(code: number, reason: string): void;
}

interface Host {
  readonly name: ProcessName;
  readonly accept: (path: string, peer: ProcessName) => OpenSession | null;
  readonly heartbeat: Heartbeat;
}

/** Bytes that may wait for a client before it falls behind; the real transport's rule, with a smaller number. */
const MAX_WAITING_BYTES = 32 * 1024;
/** What the system takes off the server's hands; only the rest waits. */
const SYSTEM_BUFFER_BYTES = 64 * 1024;
/** How often somebody who waits for a client to read looks whether it has. */
const LOOK_AGAIN_MS = 5;
/** How long an end waits for the other one's goodbye. */
const CLOSE_TIMEOUT_MS = 30_000;
const ABNORMAL_CLOSURE = 1006;

export class SimulatedNetwork {
  readonly clock: VirtualClock;
  readonly chance: Chance;
  /** Beside the WebSockets: for the same peers, to the same server. */
  readonly http: SimulatedHttp;
  readonly openTap: (path: string, peer: ProcessName) => Tap;
  #host: Host | null = null;
  readonly #wires = new Set<Wire>();
  readonly #unreachable = new Set<ProcessName>();

  constructor(clock: VirtualClock, chance: Chance, openTap: (path: string, peer: ProcessName) => Tap) {
    this.clock = clock;
    this.chance = chance;
    this.openTap = openTap;
    this.http = new SimulatedHttp(this, (peer) => this.isReachable(peer));
  }

  /** The server is up. To be called as the server's process: the heartbeat is its own. */
  listen(accept: Host['accept']): void {
    this.#host = { name: this.clock.owner, accept, heartbeat: new Heartbeat() };
  }

  /** Newcomers are turned away from here on. */
  stopAccepting(): void {
    this.#host?.heartbeat.close();
    this.#host = null;
  }

  /** The server says goodbye to everybody. */
  closeAll(): void {
    for (const wire of [...this.#wires]) wire.close(CloseCode.GoingAway, 'The server is restarting.');
  }

  /** The server's process is gone; its system closes what it had open. */
  hostDied(): void {
    this.#host = null;
    for (const wire of [...this.#wires]) wire.break({ kind: 'noticed', by: 'client' });
    this.#wires.clear();
    this.http.hostDied();
  }

  /** The peer's process is gone. Whether the server hears of it at once is up to chance. */
  peerDied(peer: ProcessName): void {
    const how: Break = this.chance.happens(0.7) ? { kind: 'noticed', by: 'server' } : { kind: 'silent' };
    this.break(peer, how);
  }

  break(peer: ProcessName, how: Break): void {
    for (const wire of this.#of(peer)) wire.break(how);
    this.http.break(peer, how);
  }

  /** Whether it has a connection on which both ends really hear each other, whatever they believe. */
  isConnected(peer: ProcessName): boolean {
    return this.#of(peer).some((wire) => wire.isSound) || this.http.isConnected(peer);
  }

  isReachable(peer: ProcessName): boolean {
    return !this.#unreachable.has(peer);
  }

  /** From now on new connections of this peer fail, or not. Standing ones are not touched. */
  setReachable(peer: ProcessName, reachable: boolean): void {
    if (reachable) this.#unreachable.delete(peer);
    else this.#unreachable.add(peer);
  }

  /** A WebSocket class for this peer. */
  webSocketFor(peer: ProcessName) {
    const network = this;
    return class extends SimulatedWebSocket {
      constructor(url: string | URL, _protocols?: string | string[]) {
        super(network.clock, peer);
        network.#connect(this, new URL(url));
      }
    };
  }

  #of(peer: ProcessName): Wire[] {
    return [...this.#wires].filter((wire) => wire.peer === peer);
  }

  #connect(socket: SimulatedWebSocket, url: URL): void {
    const latencyMs = this.chance.happens(0.1) ? this.chance.int(100, 400) : this.chance.int(1, 40);
    this.clock.schedule(socket.owner, latencyMs, () => {
      if (socket.readyState !== socket.CONNECTING) return;
      const path = url.pathname;
      const { websocket } = this.http.passageOf(socket.owner);
      const isLetThrough = this.isReachable(socket.owner) && websocket !== 'refused';
      const open = isLetThrough ? this.#host?.accept(path, socket.owner) : null;
      if (!open) return socket.fail();
      const host = this.#host!;
      const wire = new Wire(this, socket, host.name, latencyMs, this.openTap(path, socket.owner), () => {
        this.#wires.delete(wire);
        host.heartbeat.remove(wire);
      });
      this.#wires.add(wire);
      host.heartbeat.add(wire);
      // The session begins in the server's process; what it says at once waits until the client is told it is open.
      this.clock.schedule(host.name, 0, () => wire.begin(open));
      if (websocket === 'silent') wire.break({ kind: 'silent' });
      socket.opened(wire);
    });
  }
}

/** One connection, seen from the server. */
class Wire implements Connection, Beating {
  readonly address = '';
  readonly transport = 'websocket';
  silentTurns = 0;
  readonly peer: ProcessName;
  readonly #network: SimulatedNetwork;
  readonly #host: ProcessName;
  readonly #socket: SimulatedWebSocket;
  readonly #tap: Tap;
  readonly #toServer: Lane;
  readonly #toClient: Lane;
  readonly #onGone: () => void;
  #session: Session | null = null;
  /** As much waits as may; until nothing does. */
  #isFull = false;
  #isClosing = false;
  #isBroken = false;
  #isGone = false;

  constructor(
    network: SimulatedNetwork,
    socket: SimulatedWebSocket,
    host: ProcessName,
    latencyMs: number,
    tap: Tap,
    onGone: () => void,
  ) {
    this.#network = network;
    this.#socket = socket;
    this.peer = socket.owner;
    this.#host = host;
    this.#tap = tap;
    this.#toServer = new Lane(network, host, latencyMs);
    this.#toClient = new Lane(network, socket.owner, latencyMs);
    this.#onGone = onGone;
  }

  get isSound(): boolean {
    return !this.#isClosing && !this.#isGone && !this.#isBroken && this.#socket.readyState === this.#socket.OPEN;
  }

  begin(open: OpenSession): void {
    if (!this.#isGone) this.#session = open(this);
  }

  send(out: Outgoing): void {
    if (this.#isClosing || this.#isGone) return;
    for (const message of out.messages) {
      const frame = message.slice();
      this.#tap.fromServer(frame);
      this.#toClient.carry(frame.length, () => this.#socket.deliver(frame));
    }
    if (this.#waitingBytes <= MAX_WAITING_BYTES || this.#isFull) return;
    this.#isFull = true;
    this.whenDrained(() => {
      this.#isFull = false;
    });
  }

  get hasRoom(): boolean {
    return !this.#isFull;
  }

  whenDrained(callback: () => void): void {
    if (this.#isClosing || this.#isGone) return;
    if (this.#waitingBytes === 0) callback();
    else this.#network.clock.schedule(this.#host, LOOK_AGAIN_MS, () => this.whenDrained(callback));
  }

  get #waitingBytes(): number {
    return Math.max(0, this.#toClient.bytesInFlight - SYSTEM_BUFFER_BYTES);
  }

  close(code: number, reason: string): void {
    if (this.#isClosing || this.#isGone) return;
    this.#isClosing = true;
    this.#tap.closing(code, reason);
    this.#toClient.carry(2, () => {
      this.#socket.finish(code, reason);
      this.#toServer.carry(2, () => this.drop());
    });
    this.#network.clock.schedule(this.#host, CLOSE_TIMEOUT_MS, () => this.drop());
  }

  /** No fault of the server's is to be found here: one ends the test. */
  fail(error: unknown): void {
    throw error;
  }

  ping(): void {
    this.#toClient.carry(2, () => {
      if (this.#socket.readyState === this.#socket.OPEN) {
        this.#toServer.carry(2, () => {
          this.silentTurns = 0;
        });
      }
    });
  }

  /** The server's end is gone. The client's learns of it when the network lets it. */
  drop(): void {
    if (this.#isGone) return;
    this.#toClient.carry(0, () => this.#socket.finish(ABNORMAL_CLOSURE, ''));
    this.#gone();
  }

  receiveFrom(bytes: Uint8Array): void {
    const frame = bytes.slice();
    this.#tap.fromClient(frame);
    this.#toServer.carry(frame.length, () => {
      if (this.#isGone) return;
      this.silentTurns = 0;
      this.#session?.receive(frame);
      // The real transport's buffer is used again: whoever kept a view into it will notice.
      frame.fill(0xff);
    });
  }

  /** The client says goodbye. */
  closedByClient(code: number): void {
    const { clock } = this.#network;
    this.#toServer.carry(2, () => {
      this.#toClient.carry(2, () => this.#socket.finish(code, ''));
      this.#gone();
    });
    clock.schedule(this.peer, CLOSE_TIMEOUT_MS, () => this.#socket.finish(ABNORMAL_CLOSURE, ''));
  }

  break(how: Break): void {
    this.#isBroken = true;
    this.#toClient.cut();
    this.#toServer.cut();
    if (how.kind === 'silent') return;
    if (how.by !== 'server') this.#toClient.afterwards(() => this.#socket.finish(ABNORMAL_CLOSURE, ''));
    if (how.by !== 'client') this.#toServer.afterwards(() => this.#gone());
  }

  #gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#onGone();
    this.#session?.closed();
  }
}

type Handler = ((event: object) => void) | null;

/** The client's end: as much of the standard WebSocket as the clients use. */
class SimulatedWebSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readonly CLOSED = 3;
  readyState: number = this.CONNECTING;
  binaryType = 'blob';
  onopen: Handler = null;
  onmessage: Handler = null;
  onclose: Handler = null;
  onerror: Handler = null;
  readonly owner: ProcessName;
  readonly #clock: VirtualClock;
  #wire: Wire | null = null;

  constructor(clock: VirtualClock, owner: ProcessName) {
    this.#clock = clock;
    this.owner = owner;
  }

  send(data: Uint8Array | ArrayBuffer): void {
    if (this.readyState === this.CONNECTING) throw new Error('the WebSocket is still connecting');
    if (this.readyState === this.OPEN) this.#wire!.receiveFrom(new Uint8Array(data as ArrayBuffer));
  }

  close(code = 1000, _reason = ''): void {
    if (this.readyState === this.CLOSING || this.readyState === this.CLOSED) return;
    const wasOpen = this.readyState === this.OPEN;
    this.readyState = this.CLOSING;
    if (wasOpen) this.#wire!.closedByClient(code);
    else this.#clock.schedule(this.owner, 1, () => this.fail());
  }

  opened(wire: Wire): void {
    this.#wire = wire;
    this.readyState = this.OPEN;
    this.onopen?.({});
  }

  fail(): void {
    if (this.readyState === this.CLOSED) return;
    this.onerror?.({});
    this.finish(ABNORMAL_CLOSURE, '');
  }

  deliver(frame: Uint8Array): void {
    // A browser hands out what arrives before the other end's goodbye, also after its own.
    if (this.readyState === this.OPEN || this.readyState === this.CLOSING)
      this.onmessage?.({ data: frame.slice().buffer });
  }

  finish(code: number, reason: string): void {
    if (this.readyState === this.CLOSED) return;
    this.readyState = this.CLOSED;
    this.onclose?.({ code, reason });
  }
}

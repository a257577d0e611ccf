// What clients of all dialects are: a connection, the moment from which they are in sync, and whom they tell. Nobody is told until
// somebody listens: what comes of the document meanwhile is put with what it joined with, and that a connection ended must
// not go unseen.

import type { MessageListener } from '../scenario.js';
import { LoadSocket, type Target } from './load-socket.js';

export abstract class LoadClient {
  readonly joined: Uint8Array[] = [];
  onUpdate: MessageListener = (bytes, from, to) => void this.joined.push(bytes.slice(from, to));
  onState: MessageListener = (bytes, from, to) => void this.joined.push(bytes.slice(from, to));
  onAwareness: MessageListener = () => {};
  onSaved: (updates: number) => void = () => {};
  onClosed: (code: number, reason: string) => void = (code, reason) => {
    process.stderr.write(`A client was disconnected with ${code}: ${reason}\n`);
  };
  #socket!: LoadSocket;
  #isJoined = false;
  #endJoining: (error?: Error) => void = () => {};

  get receivedBytes(): number {
    return this.#socket.receivedBytes;
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

  protected get isJoined(): boolean {
    return this.#isJoined;
  }

  /** One message of the server. */
  protected abstract readonly receive: MessageListener;

  /** Connects, greets, and waits until `hasJoined` is called. @throws Error when the connection ends before */
  protected async join(target: Target, greet: () => void): Promise<void> {
    const joined = new Promise<void>((resolve, reject) => {
      this.#endJoining = (error) => (error ? reject(error) : resolve());
    });
    // It may fail while the upgrade is waited for, which fails as well.
    joined.catch(() => {});
    this.#socket = new LoadSocket(target, {
      onMessage: this.receive,
      onClosed: (code, reason) => {
        this.#endJoining(new Error(`closed with ${code} while joining: ${reason}`));
        if (this.#isJoined) this.onClosed(code, reason);
      },
    });
    await this.#socket.opened;
    greet();
    await joined;
  }

  protected hasJoined(): void {
    this.#isJoined = true;
    this.#endJoining();
  }

  /** One frame of the two, one after the other. */
  protected sendFrame(head: Uint8Array, body: Uint8Array): void {
    this.#socket.send(head, body);
  }
}

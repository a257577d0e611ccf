// The switchboard: brings the messages of one connection to the channels they are for, and gathers what the channels
// have to say, so that everything said in one turn leaves together. Knows nothing of sockets and of trying again.

import type { ClientMessage, ServerMessage } from '@weft/protocol';
import type { Channel, ChannelMessage } from './channel.js';

export class Switchboard {
  readonly #requestFlush: () => void;
  readonly #opening = new Map<number, Channel>();
  readonly #open = new Map<number, Channel>();
  readonly #scheduled = new Set<Channel>();
  /** Channel numbers the server gave to an Open that nobody waits for any more. */
  #unwanted: number[] = [];
  #lastRef = 0;

  /** @param requestFlush asks for `collect` at the end of this turn */
  constructor(requestFlush: () => void) {
    this.#requestFlush = requestFlush;
  }

  schedule(channel: Channel): void {
    if (this.#scheduled.size === 0) this.#requestFlush();
    this.#scheduled.add(channel);
  }

  /** A number for an Open; its answer is brought to the channel. */
  expectOpened(channel: Channel): number {
    this.#lastRef += 1;
    this.#opening.set(this.#lastRef, channel);
    return this.#lastRef;
  }

  forgetOpening(ref: number): void {
    this.#opening.delete(ref);
  }

  forgetOpen(channelNumber: number): void {
    this.#open.delete(channelNumber);
  }

  /** The connection is gone, and its numbers with it. */
  clear(): void {
    this.#opening.clear();
    this.#open.clear();
    this.#unwanted = [];
  }

  /** Everything the scheduled channels have to say. */
  collect(): ClientMessage[] {
    const messages: ClientMessage[] = this.#unwanted.map((channel) => ({ type: 'Close', channel }));
    this.#unwanted = [];
    const channels = [...this.#scheduled];
    this.#scheduled.clear();
    for (const channel of channels) messages.push(...channel.collect());
    return messages;
  }

  dispatch(message: ChannelMessage): void {
    this.#channelOf(message)?.receive(message);
  }

  /** What was still under way for a channel that was left is nobody's. */
  #channelOf(message: ChannelMessage): Channel | undefined {
    if (message.type === 'Closed' && message.channel === 0) return this.#opening.get(message.ref);
    if (message.type === 'Opened') this.#connect(message);
    return this.#open.get(message.channel);
  }

  #connect({ ref, channel: number }: Extract<ServerMessage, { type: 'Opened' }>): void {
    const channel = this.#opening.get(ref);
    this.#opening.delete(ref);
    if (channel) {
      this.#open.set(number, channel);
      return;
    }
    this.#unwanted.push(number);
    this.#requestFlush();
  }
}

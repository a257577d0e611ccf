// The switchboard: brings the messages of one connection to the channels they are for, and gathers what the channels
// have to say, so that everything said in one turn leaves together. Knows nothing of sockets and of trying again.

import type { ClientMessage, ServerMessage } from '@weft/protocol';

export type ChannelMessage = Extract<ServerMessage, { channel: number }>;

/** What the switchboard needs of a channel. */
interface Channel {
  /** Names what it opens, among those of one connection. */
  readonly place: string;
  /** Everything there is to say now, in order. */
  collect(): readonly ClientMessage[];
  receive(message: ChannelMessage): void;
}

export class Switchboard {
  readonly #requestFlush: () => void;
  readonly #opening = new Map<number, Channel>();
  readonly #open = new Map<number, Channel>();
  readonly #scheduled = new Set<Channel>();
  /** Opens that nobody waits for any more, and what they are to open: it cannot be opened again before the answer. */
  readonly #abandoned = new Map<number, string>();
  /** Channels that wait for such an answer. */
  readonly #blocked = new Set<Channel>();
  /** Channel numbers that such an answer gave. */
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

  /** Whether the channel can open; if not, it is scheduled when it can. A server opens a document once per connection. */
  mayOpen(channel: Channel): boolean {
    if (![...this.#abandoned.values()].includes(channel.place)) return true;
    this.#blocked.add(channel);
    return false;
  }

  abandonOpening(ref: number): void {
    const channel = this.#opening.get(ref);
    if (!channel) return;
    this.#opening.delete(ref);
    this.#abandoned.set(ref, channel.place);
  }

  forgetOpen(channelNumber: number): void {
    this.#open.delete(channelNumber);
  }

  /** The connection is gone, and its numbers with it. */
  clear(): void {
    this.#opening.clear();
    this.#open.clear();
    this.#abandoned.clear();
    this.#blocked.clear();
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

  /** What is still under way for a channel that was left is nobody's. */
  dispatch(message: ChannelMessage): void {
    if (message.type === 'Opened') {
      const channel = this.#takeOpening(message.ref);
      if (channel) this.#open.set(message.channel, channel);
      else this.#closeUnwanted(message.channel);
      channel?.receive(message);
    } else if (message.type === 'Closed' && message.channel === 0) this.#takeOpening(message.ref)?.receive(message);
    else this.#open.get(message.channel)?.receive(message);
  }

  /** The Open is answered. */
  #takeOpening(ref: number): Channel | undefined {
    const channel = this.#opening.get(ref);
    this.#opening.delete(ref);
    if (this.#abandoned.delete(ref)) {
      const blocked = [...this.#blocked];
      this.#blocked.clear();
      for (const each of blocked) this.schedule(each);
    }
    return channel;
  }

  #closeUnwanted(channelNumber: number): void {
    this.#unwanted.push(channelNumber);
    this.#requestFlush();
  }
}

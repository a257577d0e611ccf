// A channel's stay on the wire: away, opening, open or over; what its Open claims, what the answer means for what is held, and
// when it may be tried again. A number that was given is given back.

import type { ClientMessage, Message, ServerMessage } from '@weft/protocol';
import { backoffDelayMs } from './backoff.js';
import type { Carrier, ChannelPlace } from './channel-owner.js';
import { Pause } from './pause.js';
import type { Replica } from './replica.js';

type Phase =
  /** Not on the wire: no connection, or waiting for the next try. */
  | { readonly kind: 'away' }
  | { readonly kind: 'opening'; readonly ref: number }
  | { readonly kind: 'open'; readonly channel: number; readonly head: number }
  | { readonly kind: 'ended' };

const NO_PROOF = new Uint8Array();

export class Stay {
  readonly #place: ChannelPlace;
  readonly #carrier: Carrier;
  readonly #say: () => void;
  #phase: Phase = { kind: 'away' };
  /** Times in a row that opening ended in something other than being in step. */
  #attempt = 0;
  /** After Busy, and between two tries to open. */
  readonly #pause: Pause;
  /** A channel number of this connection that is to be closed. */
  #leaving: number | null = null;
  /** The next Open asks for everything, though the replica holds something. */
  #fromStart = false;
  /** The seq that the last Open named. */
  #claimedSeq = 0;

  /** @param say called when a pause is over, or something can be said at once */
  constructor(place: ChannelPlace, carrier: Carrier, say: () => void) {
    this.#place = place;
    this.#carrier = carrier;
    this.#say = say;
    this.#pause = new Pause(say);
  }

  get kind(): Phase['kind'] {
    return this.#phase.kind;
  }

  /** null unless it is open. */
  get channel(): number | null {
    return this.#phase.kind === 'open' ? this.#phase.channel : null;
  }

  /** Of the log when it was opened: who has come as far is in step. */
  get head(): number {
    return this.#phase.kind === 'open' ? this.#phase.head : Number.POSITIVE_INFINITY;
  }

  get isPaused(): boolean {
    return this.#pause.isOn;
  }

  pauseFor(delayMs: number): void {
    this.#pause.begin(delayMs);
  }

  breakOffPause(): void {
    this.#pause.breakOff();
  }

  /** @param ref of the answer */
  open(ref: number, { doc, outbox, epoch, seq, proof }: Replica): ClientMessage {
    this.#phase = { kind: 'opening', ref };
    const { document, kind, link } = this.#place;
    // What it cannot prove it does not claim.
    this.#claimedSeq = this.#fromStart || proof.length === 0 ? 0 : seq;
    return {
      type: 'Open',
      ref,
      document,
      kind: kind === 'content' ? 0 : 1,
      clientId: doc.clientID,
      outboxId: outbox.id,
      epoch: this.#fromStart ? 0 : epoch,
      seq: this.#claimedSeq,
      proof: this.#claimedSeq === 0 ? NO_PROOF : proof,
      link,
    };
  }

  /** @returns whether the document is the one that the Open was about, whose claim holds */
  opened({ channel, head, epoch, held }: Message<ServerMessage, 'Opened'>, replica: Replica): boolean {
    this.#phase = { kind: 'open', channel, head };
    return (replica.epoch === 0 || replica.epoch === epoch) && held >= this.#claimedSeq;
  }

  /** What was asked for is under way. @returns whether something was here already */
  begun(): boolean {
    const heldSomething = this.#claimedSeq > 0 || this.#fromStart;
    this.#fromStart = false;
    return heldSomething;
  }

  inStep(): void {
    this.#attempt = 0;
  }

  /** Everything is to come again, on top of what is here. */
  askForAll(): void {
    this.#fromStart = true;
  }

  /** Another replica is to be filled. */
  restart(): void {
    this.#fromStart = false;
  }

  /** Is tried again: at once, but for a second time in a row. */
  reopen(): void {
    if (this.#attempt > 0) this.#pause.begin(backoffDelayMs(this.#attempt, this.#carrier.random()));
    else this.#say();
    this.#attempt += 1;
  }

  leave(): void {
    const { switchboard } = this.#carrier;
    if (this.#phase.kind === 'opening') switchboard.abandonOpening(this.#phase.ref);
    if (this.#phase.kind === 'open') {
      switchboard.forgetOpen(this.#phase.channel);
      this.#leaving = this.#phase.channel;
    }
    if (this.#phase.kind !== 'ended') this.#phase = { kind: 'away' };
    this.#pause.breakOff();
  }

  /** There is nobody to be told that it was left: the server has closed it, or the connection is gone. */
  forget(): void {
    this.#leaving = null;
  }

  end(): void {
    this.#phase = { kind: 'ended' };
  }

  /** What gives back the number that was left, once. */
  takeClose(): ClientMessage[] {
    const channel = this.#leaving;
    this.#leaving = null;
    return channel === null ? [] : [{ type: 'Close', channel }];
  }
}

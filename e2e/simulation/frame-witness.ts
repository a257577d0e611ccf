// Reads every frame as it is sent and holds it against the ledger: nothing leaves the server that is not on disk (I1,
// I2, J3), entries are the log's own, and an honest client is never refused.

import { inflateRawSync } from 'node:zlib';
import { type ClientMessage, clientCodec, mayComeBack, type ServerMessage, serverCodec } from '@weft/protocol';
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import type { ChannelId } from '../../server/src/log/document-log.js';
import type { DurableChannel, Ledger } from './ledger.js';
import { isVandal } from './persons.js';
import type { Tap } from './simulated-network.js';
import type { ProcessName } from './virtual-clock.js';

type Report = (violation: string) => void;

/** What a server may refuse an honest client. */
const FAIR_REFUSALS: readonly string[] = ['too-large'];

export function openTap(path: string, peer: ProcessName, ledger: Ledger, report: Report): Tap {
  // What a vandal says means nothing, and however it is turned away is well.
  if (isVandal(peer)) return { fromClient: () => {}, fromServer: () => {}, closing: () => {} };
  if (path === '/weft') return new WeftWitness(ledger, report);
  const document = decodeURIComponent(path.slice('/yjs/'.length)) as ChannelId['document'];
  return new YjsWitness(ledger, ledger.channel({ document, kind: 'content' }), report);
}

class WeftWitness implements Tap {
  readonly #ledger: Ledger;
  readonly #report: Report;
  readonly #opening = new Map<number, DurableChannel>();
  readonly #open = new Map<number, DurableChannel>();

  constructor(ledger: Ledger, report: Report) {
    this.#ledger = ledger;
    this.#report = report;
  }

  fromClient(frame: Uint8Array): void {
    for (const message of clientCodec.decode(frame)) this.#fromClient(message);
  }

  fromServer(frame: Uint8Array): void {
    for (const message of serverCodec.decode(frame)) this.#fromServer(message);
  }

  closing(code: number, reason: string): void {
    if (!mayComeBack(code)) this.#report(`an honest weft client is sent away: ${reason} (${code})`);
  }

  #fromClient(message: ClientMessage): void {
    if (message.type !== 'Open') return;
    const id = { document: message.document, kind: message.kind === 0 ? 'content' : 'discussion' } as ChannelId;
    this.#opening.set(message.ref, this.#ledger.channel(id));
  }

  #fromServer(message: ServerMessage): void {
    switch (message.type) {
      case 'Opened': {
        const channel = this.#opening.get(message.ref)!;
        this.#open.set(message.channel, channel);
        if (message.head > channel.head) this.#report(`I2: Opened at ${message.head}, on disk is ${channel.head}`);
        if (message.checkpoint.length > 0) this.#checkCheckpoint(channel, message.checkpoint, message.checkpointSeq);
        break;
      }
      case 'Entries': {
        const channel = this.#open.get(message.channel)!;
        for (const [index, update] of message.updates.entries()) {
          const entry = channel.entries[message.firstSeq + index - 1];
          if (!entry || Buffer.compare(entry.update, update) !== 0) {
            this.#report(`I2: entry ${message.firstSeq + index} was sent and is not on disk`);
          }
        }
        break;
      }
      case 'Saved': {
        const { head } = this.#open.get(message.channel)!;
        if (message.seq > head) this.#report(`I1: Saved up to ${message.seq}, on disk is ${head}`);
        break;
      }
      case 'Refused':
        if (!FAIR_REFUSALS.includes(message.code)) this.#report(`an honest weft client is refused: ${message.code}`);
        break;
      case 'Resync':
        if (!this.#ledger.wasRolledBack) this.#report('an honest weft client is told to resync');
        break;
      case 'Closed':
        if (!mayComeBack(message.code)) this.#report(`an honest weft client is turned down: ${message.reason}`);
    }
  }

  #checkCheckpoint(channel: DurableChannel, deflated: Uint8Array, seq: number): void {
    if (seq > channel.head || !channel.covers(new Uint8Array(inflateRawSync(deflated)))) {
      this.#report(`I4: the checkpoint at ${seq} has what is not on disk`);
    }
  }
}

class YjsWitness implements Tap {
  readonly #ledger: Ledger;
  readonly #channel: DurableChannel;
  readonly #report: Report;

  constructor(ledger: Ledger, channel: DurableChannel, report: Report) {
    this.#ledger = ledger;
    this.#channel = channel;
    this.#report = report;
  }

  fromClient(): void {}

  fromServer(frame: Uint8Array): void {
    const decoder = decoding.createDecoder(frame);
    const type = decoding.readVarUint(decoder);
    if (type === 2 && !this.#ledger.wasRolledBack) this.#report('an honest stock client is denied permission');
    if (type !== 0) return;
    const kind = decoding.readVarUint(decoder);
    const body = decoding.readVarUint8Array(decoder);
    if (kind === 0) {
      if (!this.#channel.coversStateVector(body)) this.#report('J3: SyncStep1 has clocks that are not on disk');
    } else if (!this.#channel.covers(body)) {
      const what = Y.decodeUpdate(body).structs.map(({ id, length }) => `${id.client}:${id.clock}+${length}`);
      this.#report(`I2: a stock client is sent what is not on disk (${what})`);
    }
  }

  closing(code: number, reason: string): void {
    if (!mayComeBack(code)) this.#report(`an honest stock client is sent away: ${reason} (${code})`);
  }
}

// A visitor who speaks either protocol badly: noise, halves of messages, wrong numbers, updates that build on nothing or are
// written in the name of others. It never says anything that may be taken, so that everybody else must not notice it. A
// server that throws ends the run.

import { clientCodec, PROTOCOL_VERSION, serverCodec } from '@weft/protocol';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { ChannelId } from '../../server/src/log/document-log.js';
import type { Chance } from './chance.js';
import { forge } from './forgeries.js';
import type { DurableChannel } from './ledger.js';
import type { SimulatedNetwork } from './simulated-network.js';

const FRAMES = [3, 25] as const;
const PAUSE_MS = [0, 120] as const;

interface Place {
  readonly id: ChannelId;
  readonly network: SimulatedNetwork;
  readonly clientId: number;
  /** What is on disk of the place. */
  readonly channel: DurableChannel;
}

/** Comes, does harm for a second or two, and goes. To be called as its own process. */
export function vandalize({ id, network, clientId, channel: durable }: Place): void {
  const { clock, chance } = network;
  const speaksWeft = chance.happens(0.5);
  const WebSocket = network.webSocketFor(clock.owner);
  const path = speaksWeft ? 'weft' : `yjs/${encodeURIComponent(id.document)}`;
  const socket = new WebSocket(`ws://weft.test/${path}`);
  const gaps = updatesOnNothing(clientId);
  /** Something that may not be taken: on nothing, or in the name of somebody who has written by now. */
  const update = (): Uint8Array => {
    const victims = durable.writers();
    if (victims.length === 0 || chance.happens(0.4)) return chance.pick(gaps);
    return forge(durable.doc, chance.pick(victims), chance, clientId);
  };
  /** Its own, or one it has seen. */
  const anId = (): number => chance.pick([clientId, clientId, ...durable.writers().map(({ client }) => client)]);
  let channel = 0;
  let left = chance.int(...FRAMES);
  socket.onmessage = (event) => {
    if (!speaksWeft) return;
    for (const message of serverCodec.decode(new Uint8Array((event as { data: ArrayBuffer }).data))) {
      if (message.type === 'Opened') channel = message.channel;
    }
  };
  const harm = (): void => {
    if (socket.readyState !== socket.OPEN) return;
    const frame = speaksWeft ? weftFrame(chance, id, anId(), channel, update) : yjsFrame(chance, anId(), update);
    socket.send(chance.happens(0.15) ? frame.slice(0, chance.int(0, frame.length)) : frame);
    left -= 1;
    if (left > 0) setTimeout(harm, chance.int(...PAUSE_MS));
    else if (chance.happens(0.5)) socket.close();
    else network.peerDied(clock.owner);
  };
  socket.onopen = () => {
    if (speaksWeft && chance.happens(0.8)) {
      socket.send(clientCodec.encode(hello(PROTOCOL_VERSION), open(id, anId())));
      // Turned down under an id of somebody else, it comes under its own.
      socket.send(clientCodec.encode(open(id, clientId)));
    }
    harm();
  };
}

const hello = (version: number) =>
  ({ type: 'Hello', version, client: '', name: '\u202evandal', color: 'red', token: '', guest: '' }) as const;

const open = ({ document, kind }: ChannelId, clientId: number) =>
  ({
    type: 'Open',
    ref: 1,
    document,
    kind: kind === 'content' ? 0 : 1,
    clientId,
    outboxId: `vandal-${clientId}`,
    epoch: 0,
    seq: 0,
    // Of the right length, and made up.
    proof: new Uint8Array(16),
    link: '',
  }) as const;

function weftFrame(
  chance: Chance,
  id: ChannelId,
  clientId: number,
  channel: number,
  update: () => Uint8Array,
): Uint8Array {
  const clientSeq = chance.int(0, 5);
  switch (chance.int(1, 10)) {
    case 1:
      return noise(chance);
    case 2:
      return clientCodec.encode({ type: 'Update', channel, clientSeq, update: noise(chance) });
    case 3:
    case 4:
      return clientCodec.encode({ type: 'Update', channel, clientSeq, update: update() });
    case 5:
      return clientCodec.encode({ type: 'Resume', channel: chance.int(0, 9), fromClientSeq: clientSeq });
    case 6:
      return clientCodec.encode({ type: 'Presence', channel, clientSeq, state: chance.pick(STATES) });
    case 7:
      return clientCodec.encode({ type: 'Close', channel: chance.pick([channel, channel + 1, 2 ** 40]) });
    case 8:
      return clientCodec.encode({ ...open(id, clientId), epoch: chance.int(0, 3), seq: chance.int(0, 2 ** 40) });
    case 9:
      return clientCodec.encode({ ...open(id, clientId), kind: chance.int(0, 3), document: chance.pick(NAMES) });
    default:
      return clientCodec.encode(hello(chance.int(0, 2)), { type: 'Ping', nonce: 2 ** 50 });
  }
}

const STATES = ['', '{', '[]', 'null', '{"a":'.repeat(500), JSON.stringify({ cursor: 'x'.repeat(5000) }), '{"user":7}'];
const NAMES = ['', '.', 'a//b', 'e\u0301', '\0', 'x'.repeat(300), 'plan'];

function yjsFrame(chance: Chance, clientId: number, update: () => Uint8Array): Uint8Array {
  switch (chance.int(1, 7)) {
    case 1:
      return noise(chance);
    case 2:
      return frameOf(0, chance.int(0, 4), noise(chance));
    case 3:
    case 4:
      return frameOf(0, chance.int(1, 2), update());
    case 5:
      return frameOf(1, noise(chance));
    case 6: {
      const awareness = encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, 1);
        encoding.writeVarUint(encoder, clientId);
        encoding.writeVarUint(encoder, 2 ** 50);
        encoding.writeVarString(encoder, chance.pick(STATES));
      });
      return frameOf(1, awareness);
    }
    default:
      return frameOf(chance.int(2, 200), noise(chance));
  }
}

function frameOf(...parts: readonly (number | Uint8Array)[]): Uint8Array {
  return encoding.encode((encoder) => {
    for (const part of parts) {
      if (typeof part === 'number') encoding.writeVarUint(encoder, part);
      else encoding.writeVarUint8Array(encoder, part);
    }
  });
}

function noise(chance: Chance): Uint8Array {
  return Uint8Array.from({ length: chance.int(0, 40) }, () => chance.int(0, 255));
}

/** Sound updates of a document whose first update nobody gets. */
function updatesOnNothing(clientId: number): readonly Uint8Array[] {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  const text = doc.getText('text');
  text.insert(0, 'kept back');
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  text.insert(4, 'harm');
  text.delete(0, 2);
  doc.destroy();
  return updates;
}

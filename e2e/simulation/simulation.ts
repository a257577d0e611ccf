// A run by chance: peers write, undo, move carets, lose and regain connections, sleep, come and go, while the server is
// killed and restarted and the disk fills up. Then everything is brought to rest, and all have to be one.

import './date-now.js';
import type { ChannelId } from '../../server/src/log/document-log.js';
import { checkRest, settle } from './at-rest.js';
import { channelKey } from './ledger.js';
import { type Peer, WeftPeer } from './peers.js';
import { SetBacks } from './set-backs.js';
import { breakConnection, letTimePass } from './troubles.js';
import { breakOff, isCommon, Turn } from './turn.js';
import { vandalize } from './vandal.js';
import { World } from './world.js';

export const DOCUMENTS = [
  { document: 'plan', kind: 'content' },
  { document: 'plan', kind: 'discussion' },
  { document: 'notes/été', kind: 'content' },
] as readonly unknown[] as readonly [plan: ChannelId, discussion: ChannelId, notes: ChannelId];
const CONTENTS = DOCUMENTS.filter(({ kind }) => kind === 'content');

const STEPS = [40, 220] as const;
const MAX_PEERS = 6;

/** What may happen, and how often against the others. */
const steps = {
  write: 60,
  burst: 10,
  undo: 6,
  redo: 3,
  moveCaret: 12,
  paste: 2.5,
  pasteTooMuch: 0.1,
  goOffline: 4,
  comeBack: 6,
  breakConnection: 5,
  sleep: 2,
  retryNow: 2,
  rename: 1,
  join: 3,
  leave: 2,
  vanish: 1.5,
  vandalize: 2,
  openDocument: 2,
  leaveDocument: 2,
  createDocument: 1,
  killServer: 2.5,
  stopServer: 1.5,
  failDisk: 0.7,
  stallDisk: 1.5,
  pause: 4,
  longPause: 1.5,
} as const;
/** In every fifth world the disk is set back as well. */
const stepsWithSetBacks = { ...steps, backUp: 2, loseTail: 1, bringCopyBack: 1 } as const;
const SET_BACK_EVERY = 5;
type StepKind = keyof typeof stepsWithSetBacks;

/** @throws SimulationFailure with the seed and all steps */
export async function simulate(seed: number): Promise<World> {
  const world = new World(seed);
  const run = new RandomRun(world);
  await world.tell(() => run.run());
  return world;
}

class RandomRun {
  readonly #world: World;
  readonly #setBacks: SetBacks;
  #vandals = 0;
  /** Yjs itself has made the documents differ. */
  #isSpoilt = false;

  constructor(world: World) {
    this.#world = world;
    this.#setBacks = new SetBacks(world);
  }

  async run(): Promise<void> {
    const world = this.#world;
    for (let left = world.chance.int(2, 4); left > 0; left--) await this.#join();
    for (let left = world.chance.int(...STEPS); left > 0; left--) {
      await this.#step(
        world.seed % SET_BACK_EVERY === 0 ? world.chance.weighted(stepsWithSetBacks) : world.chance.weighted(steps),
      );
      await letTimePass(world, world.chance.weighted({ short: 6, medium: 3, long: 1 }));
      world.check();
      if (this.#isSpoilt) return breakOff(world);
    }
    world.note('everything comes to rest');
    world.bringEverybodyBack();
    world.disk.mend();
    world.server.mend();
    await this.#setBacks.reloadStockPages();
    await settle(world);
    this.#setBacks.check();
    await checkRest(world);
  }

  async #join(): Promise<void> {
    const world = this.#world;
    const { chance } = world;
    if (chance.happens(0.45)) await world.joinStock(chance.pick(CONTENTS));
    else await world.joinWeft(chance.happens(0.5) ? [DOCUMENTS[0]] : DOCUMENTS.filter(() => chance.happens(0.6)));
  }

  async #step(kind: StepKind): Promise<void> {
    const world = this.#world;
    const { chance, clock, network } = world;
    const turn = new Turn(world);
    const { peer } = turn;
    if (isCommon(kind)) {
      await turn.take(kind);
      this.#isSpoilt ||= turn.hasSpoilt;
      return;
    }
    switch (kind) {
      case 'pasteTooMuch':
        return peer instanceof WeftPeer ? turn.pasteTooMuch() : undefined;
      case 'goOffline':
        if (!peer) return;
        world.note(`${peer.name} goes offline`);
        network.setReachable(peer.name, false);
        return breakConnection(world, peer);
      case 'comeBack':
        world.note('everybody comes back');
        return world.bringEverybodyBack();
      case 'rename':
        return turn.at('rename', () => peer!.rename());
      case 'join':
        return world.peers.length < MAX_PEERS ? this.#join() : undefined;
      case 'leave':
        return turn.at('leave when saved', () => this.#leaveWhenSaved(peer!));
      case 'vanish':
        if (!peer) return;
        world.note(`${peer.name} vanishes`);
        network.peerDied(peer.name);
        await world.remove(peer);
        return clock.kill(peer.name);
      case 'vandalize': {
        this.#vandals += 1;
        const name = `vandal ${this.#vandals}`;
        const id = chance.pick(DOCUMENTS);
        world.note(`${name} comes to ${channelKey(id)}`);
        return clock.as(name, () =>
          vandalize({ id, network, clientId: world.clientId(), channel: world.ledger.channel(id) }),
        );
      }
      case 'openDocument': {
        const missing = DOCUMENTS.filter((id) => !peer?.desks.some((open) => open.id === id));
        if (!(peer instanceof WeftPeer) || missing.length === 0 || clock.isAsleep(peer.name)) return;
        return clock.as(peer.name, () => {
          const id = chance.pick(missing);
          world.note(`${peer.name} opens ${channelKey(id)}`);
          peer.openDocument(id);
        });
      }
      case 'leaveDocument':
        return turn.at('leave document', (desk) => {
          if (peer instanceof WeftPeer && peer.isSaved()) peer.leave(desk);
        });
      case 'createDocument': {
        const { document } = chance.pick([...DOCUMENTS, { document: 'empty' as ChannelId['document'] }]);
        const server = world.server.name;
        if (server === null) return;
        world.note(`${document} is created`);
        if (!world.creations.has(document)) world.creations.set(document, 'asked for');
        return clock.as(server, () =>
          world.server.createDocument(document, () => world.creations.set(document, 'done')),
        );
      }
      case 'backUp':
        return this.#setBacks.backUp();
      case 'loseTail':
        return this.#setBacks.loseTail();
      case 'bringCopyBack':
        return this.#setBacks.bringCopyBack();
      default:
        kind satisfies never;
    }
  }

  #leaveWhenSaved(peer: Peer): void {
    const world = this.#world;
    peer.closeWhenSaved(() => {
      if (!world.peers.includes(peer)) return;
      world.note(`${peer.name} is gone`);
      peer.checkPromises();
      world.peers = world.peers.filter((other) => other !== peer);
      peer.close();
    });
  }
}

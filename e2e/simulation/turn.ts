// One step of a run by chance: somebody with a document open, or nobody, and what may come in every run: people write, undo,
// paste and sleep, connections break, servers die, disks fail, time passes.

import type { Desk } from './desk.js';
import type { Peer } from './peers.js';
import { breakConnection, failDisk, killServer, letTimePass, stallDisk, stopServer } from './troubles.js';
import type { World } from './world.js';

const commonKinds = [
  'write',
  'burst',
  'undo',
  'redo',
  'moveCaret',
  'paste',
  'breakConnection',
  'sleep',
  'retryNow',
  'killServer',
  'stopServer',
  'failDisk',
  'stallDisk',
  'pause',
  'longPause',
] as const;
type CommonKind = (typeof commonKinds)[number];

export const isCommon = (kind: string): kind is CommonKind => (commonKinds as readonly string[]).includes(kind);

export class Turn {
  readonly #world: World;
  readonly peer: Peer | null;
  readonly desk: Desk | null;
  /** How whoever it is writes. */
  readonly #write: (desk: Desk) => unknown;
  /** Yjs itself has made the documents differ: nothing more can be learnt from this run. */
  hasSpoilt = false;

  constructor(world: World, write: (peer: Peer, desk: Desk) => unknown = (_peer, desk) => desk.edit()) {
    const { peers, chance } = world;
    this.#world = world;
    const peer = peers.length > 0 ? chance.pick(peers) : null;
    this.peer = peer;
    this.desk = peer && peer.desks.length > 0 ? chance.pick(peer.desks) : null;
    this.#write = (desk) => write(peer!, desk);
  }

  /** What a person does, who has to be awake for it. */
  async at(what: string, act: (desk: Desk) => unknown): Promise<void> {
    const { peer, desk } = this;
    const { clock } = this.#world;
    if (!peer || !desk || clock.isAsleep(peer.name)) return;
    await clock.as(peer.name, () => {
      const detail = act(desk);
      this.#world.note(`${what}${typeof detail === 'string' ? ` ${detail}` : ''}: ${desk.name}`);
    });
  }

  pasteTooMuch(): Promise<void> {
    return this.at('paste too much', (desk) => desk.paste(4 * 1024 * 1024 + 100));
  }

  async take(kind: CommonKind): Promise<void> {
    const { peer, desk } = this;
    const world = this.#world;
    const { chance, clock } = world;
    switch (kind) {
      case 'write':
        return this.at('write', this.#write);
      case 'burst':
        for (let left = chance.int(3, 15); left > 0; left--) {
          await this.at('write', this.#write);
          await clock.advance(chance.int(0, 60));
        }
        return;
      case 'undo':
      case 'redo':
        await this.at(kind, (desk) => desk[kind]());
        if (desk && !desk.looksTheSameToOthers()) this.hasSpoilt = true;
        return;
      case 'moveCaret':
        return this.at('move caret', (desk) => desk.moveCaret());
      case 'paste':
        return this.at('paste', (desk) => desk.paste(chance.int(500, world.conditions.maxPaste)));
      case 'breakConnection':
        return peer ? breakConnection(world, peer) : undefined;
      case 'sleep':
        if (!peer) return;
        world.note(`${peer.name} sleeps`);
        return clock.sleep(peer.name);
      case 'retryNow':
        return this.at('retry now', () => peer!.retryNow());
      case 'killServer':
        return killServer(world);
      case 'stopServer':
        return stopServer(world);
      case 'failDisk':
        return failDisk(world);
      case 'stallDisk':
        return stallDisk(world);
      case 'pause':
        return letTimePass(world, 'pause');
      case 'longPause':
        return letTimePass(world, 'longPause');
      default:
        kind satisfies never;
    }
  }
}

/** A run that Yjs has spoilt ends. */
export async function breakOff(world: World): Promise<void> {
  world.note('Yjs undid in a way that others see otherwise: the run ends here');
  for (const peer of world.peers) await world.remove(peer);
}

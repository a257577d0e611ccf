// What befalls servers, disks and connections of a world, whoever lives in it: each decides by chance how bad it is, and notes it.

import type { Peer } from './peers.js';
import type { World } from './world.js';

export const LONGEST_STALL_MS = 15_000;

/** How much time passes after a step, in milliseconds. */
const pauses = {
  short: [0, 30],
  medium: [30, 400],
  long: [400, 3000],
  pause: [4000, 12_000],
  longPause: [20_000, 120_000],
} as const;

export function killServer(world: World): void {
  if (!world.server.isUp) return;
  world.server.kill();
  world.restartLater('the server is killed');
}

export async function stopServer(world: World): Promise<void> {
  if (!world.server.isUp) return;
  world.note('the server stops');
  await world.server.stop();
  world.server.exit();
  world.restartLater('it has stopped');
}

export function failDisk(world: World): void {
  const { chance, disk, server } = world;
  const message = chance.pick(['No space left on device', 'Input/output error', null] as const);
  const ms = chance.weighted({ 20: 1, 300: 2, 5000: 2, 100000: 1 });
  const lastsMs = chance.int(1, Number(ms));
  if (message === null) {
    world.note(`for ${lastsMs} ms the disk is nearly full`);
    return server.runShort(lastsMs);
  }
  world.note(`for ${lastsMs} ms every write fails: ${message}`);
  disk.failWrites(message, lastsMs);
}

export function stallDisk(world: World): void {
  const { chance, disk } = world;
  const ms = chance.int(100, LONGEST_STALL_MS);
  world.note(`the disk stalls for ${ms} ms`);
  disk.stall(ms);
}

export function breakConnection(world: World, { name }: Peer): void {
  const { chance, network } = world;
  const by = chance.pick(['both', 'client', 'server', null] as const);
  world.note(`${name}'s connection breaks, noticed by ${by ?? 'nobody'}`);
  network.break(name, by === null ? { kind: 'silent' } : { kind: 'noticed', by });
}

export async function letTimePass(world: World, length: keyof typeof pauses): Promise<void> {
  const [min, max] = pauses[length];
  const ms = world.chance.int(min, max);
  if (ms > 3000) world.note(`${ms} ms pass`);
  await world.advance(ms);
}

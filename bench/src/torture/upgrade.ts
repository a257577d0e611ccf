// Torture of an upgrade: two nodes on one database, which are replaced by those of another build one after the other, here and back,
// while pages of either build write at all of them. Nobody who writes has to do anything, and builds that stand beside each other say
// and keep the same.

import { join } from 'node:path';
import { Connection } from '@weft/provider';
import * as prng from 'lib0/prng';
import { buildEarlier, type EarlierBuild } from '../earlier-build.js';
import { milliseconds, percentile } from '../percentile.js';
import { ALL_CARRIERS, type Kind, type Torture } from './driver.js';
import { type Node, Site, writeBy } from './site.js';

/** Six who have all three documents open, and a stock client in each: 21 writers, nine people. */
const CROWD = { weftPeople: 6, carriers: ALL_CARRIERS.carriers, yjsPeoplePerDocument: 1, comesAtOnce: false } as const;
const SITE = { nodes: 2, people: 9 } as const;
const WRITING_MS = { min: 200, max: 500 };
/** In long runs from one node to the next: a client whose server dies soon after each welcome comes back later each time. */
const BETWEEN_MS = 6000;

export const upgrade: Kind = {
  promise:
    'what is Saved or shown at nodes of the build before and of this one survives their being replaced, here and back',
  summary: 'two nodes on one Postgres are replaced by those of another build, one by one',
  rounds: 10,
  async run(torture, rounds) {
    const earlier = await buildEarlier(join(torture.options.folder, 'earlier'), torture.options.from);
    return Site.use(torture, SITE, (site) => new Upgrading(torture, site, earlier, rounds > 1).run(rounds));
  },
};

class Upgrading {
  readonly #torture: Torture;
  readonly #site: Site;
  readonly #earlier: EarlierBuild;
  readonly #isLong: boolean;
  /** From the end of a node to the first change of each writer there that another one made durable. */
  readonly #movedMs: number[] = [];
  /** What nodes complained of. */
  readonly #complaints = new Set<string>();

  constructor(torture: Torture, site: Site, earlier: EarlierBuild, isLong: boolean) {
    this.#torture = torture;
    this.#site = site;
    this.#earlier = earlier;
    this.#isLong = isLong;
  }

  async run(rounds: number): Promise<string[]> {
    const [torture, site] = [this.#torture, this.#site];
    await Promise.all(site.nodes.map((node) => node.start(this.#earlier.main)));
    site.open({ ...CROWD, connections: [this.#earlier.Connection, Connection] });
    for (let round = 0; round < rounds; round++) {
      const isBack = round % 2 === 1;
      torture.beginRound();
      await this.#write();
      // One of them is not asked to end.
      const killed = prng.oneOf(torture.plans, [...site.nodes]);
      for (const node of site.nodes) {
        await this.#replace(node, isBack ? this.#earlier.main : undefined, node === killed);
        await site.rest();
        this.#noteComplaints();
      }
      torture.endRound(isBack ? '<' : '>');
    }
    await site.close();
    const moved = this.#movedMs.sort((a, b) => a - b);
    return [
      `from ${this.#earlier.commit}`,
      `moved p50 ${milliseconds(percentile(moved, 50))}`,
      `p99 ${milliseconds(percentile(moved, 99))}`,
    ];
  }

  async #replace(node: Node, main: string | undefined, isKilled: boolean): Promise<void> {
    const [torture, site] = [this.#torture, this.#site];
    torture.noteHarm();
    const moving = writeBy(site.peopleAt(node));
    const endsAtMs = performance.now();
    site.lead(node);
    this.#noteComplaints();
    await Promise.all([isKilled ? node.kill() : node.stop(), this.#write()]);
    await site.untilDurable(moving, endsAtMs, this.#movedMs);
    await node.start(main);
    site.lead();
    await (this.#isLong ? torture.writeUntil(performance.now() + BETWEEN_MS, 10) : this.#write());
  }

  /** Of both builds: what each has said so far, once. */
  #noteComplaints(): void {
    for (const complaint of this.#site.nodes.flatMap(({ complaints }) => complaints)) {
      if (this.#complaints.has(complaint)) continue;
      this.#complaints.add(complaint);
      this.#torture.fault(`a node complained: ${complaint}`);
    }
  }

  #write(): Promise<void> {
    return this.#torture.writeFor(prng.uint32(this.#torture.random, WRITING_MS.min, WRITING_MS.max));
  }
}

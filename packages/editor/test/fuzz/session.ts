// One seed: several people in one document at once, over a server that is a log, until all is at rest. What does not hold
// throws, with the seed and what was done last.

import * as Y from 'yjs';
import { Chance } from '../../../../e2e/simulation/chance.js';
import { contentOf, sameContent, yjsContentOf } from './content.js';
import { writeAsNewcomer } from './newcomer.js';
import { OwnDeletions } from './own-deletions.js';
import { type Person, StockWriter, Writer } from './people.js';
import { ServerLog } from './server-log.js';
import { charactersOf, type Fate, fatesIn, UniqueText } from './unique-text.js';

const MOST_ROUNDS = 20;

export interface SessionOptions {
  /** How many have our binding, and how many have y-prosemirror as it comes. */
  readonly writers: number;
  readonly stock: number;
  readonly steps: number;
  /** Whether somebody writes with a newer schema. Not where stock clients are: they delete what they do not know (K1). */
  readonly newcomer: boolean;
  /** Whether people are given other Y.Docs. Without, and without stock clients, no text may fall: who moved it is there still. */
  readonly swaps: boolean;
}

export interface SessionReport {
  /** How often what was done. */
  readonly done: ReadonlyMap<string, number>;
  readonly typed: number;
  /** Of what nobody took away and nobody sees: what became of it in Yjs. */
  readonly lost: ReadonlyMap<string, Fate>;
}

export function runSession(seed: number, options: SessionOptions): SessionReport {
  const chance = new Chance(seed);
  const text = new UniqueText();
  const server = new ServerLog();
  const log = server.updates;
  const archive = new Y.Doc({ gc: false });
  const last: string[] = [];
  const done = new Map<string, number>();
  const charts: string[] = [];
  let nextClient = 100 + chance.int(0, 9) * 100_000;
  const newClient = (): number => (nextClient += chance.int(1, 1000));

  const people: Person[] = [];
  for (let i = 0; i < options.writers; i += 1) people.push(new Writer(`writer ${i + 1}`, chance, text, newClient()));
  for (let i = 0; i < options.stock; i += 1) people.push(new StockWriter(`stock ${i + 1}`, chance, text, newClient()));

  const deletions = new OwnDeletions();
  for (const { doc } of people) deletions.watch(doc);

  try {
    for (let step = 0; step < options.steps; step += 1) {
      const person = chance.pick(people);
      if (chance.happens(0.4)) {
        last.push(`${person.name} hears`);
        person.catchUp(log, chance.int(person.seen, log.length));
      }
      if (options.swaps && person instanceof Writer && chance.happens(0.01)) {
        last.push(`${person.name} is given another Y.Doc`);
        person.send(server);
        person.swap(log, newClient());
      }
      if (options.newcomer && chance.happens(0.05)) {
        last.push('newcomer');
        writeAsNewcomer(person, chance, `chart ${charts.length + 1}`);
        charts.push(`chart ${charts.length + 1}`);
      }
      const what = person.act();
      last.push(what);
      const kind = what.slice(person.name.length + 1);
      done.set(kind, (done.get(kind) ?? 0) + 1);
      if (chance.happens(0.4)) person.send(server);
    }
    last.push('all come to rest');
    for (const person of people) if (person instanceof Writer) person.endComposition();
    // Hearing of others may lead to writing, but not for ever.
    for (let round = 0; round < MOST_ROUNDS && people.some((person) => isBusy(person, log)); round += 1) {
      for (const person of people) {
        person.send(server);
        person.catchUp(log);
      }
    }
    if (people.some((person) => isBusy(person, log))) throw new Error('they do not come to rest');
    // In one transaction: read one by one, Yjs would tidy formats up, which is writing.
    archive.transact(() => {
      for (const update of log) Y.applyUpdate(archive, update);
    });
    const lost = checkRest(people, archive, text);
    const gone = [...lost.keys(), ...goneCharts(charts, archive)];
    const fallen = deletions.fallen(gone, archive);
    if (fallen.length > 0 && !options.swaps && options.stock === 0)
      throw new Error(`${fallen.join(' ')} fell, and who moved it did not bring it along`);
    const untaken = charts.find((label) => gone.includes(label) && !fallen.includes(label) && !text.isTaken(label));
    if (untaken) throw new Error(`${untaken} is gone, and nobody took it away`);
    return { done, typed: text.written.length, lost };
  } catch (cause) {
    throw new Error(`seed ${seed}: ${(cause as Error).message}\nbefore that: ${last.slice(-8).join('; ')}`, { cause });
  } finally {
    for (const person of people) person.leave();
  }
}

const isBusy = ({ outbox, seen }: Person, log: readonly Uint8Array[]): boolean =>
  outbox.length > 0 || seen < log.length;

function checkRest(people: readonly Person[], archive: Y.Doc, text: UniqueText): Map<string, Fate> {
  const content = yjsContentOf(archive);
  const shown = contentOf(archive);
  shown.check();
  for (const { name, doc, view } of people) {
    if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null)
      throw new Error(`${name} waits for something`);
    if (yjsContentOf(doc) !== content)
      throw new Error(`${name} has\n${yjsContentOf(doc)}\nand the log says\n${content}`);
    if (content !== '' && !sameContent(view.state.doc, shown))
      throw new Error(`${name} is shown\n${view.state.doc}\nof\n${shown}`);
  }
  if (content.includes('\ufffd') && people.every((person) => person instanceof Writer))
    throw new Error(`half a character is gone:\n${content}`);
  const alive = charactersOf(shown);
  const fates = fatesIn(archive);
  const lost = new Map<string, Fate>();
  for (const character of text.written) {
    if (alive.has(character) || text.takenAway.has(character)) continue;
    const fate = fates.get(character) ?? 'deleted';
    lost.set(character, fate);
    if (fate !== 'fell with what it was in') throw new Error(`${character} is gone, and nobody took it away (${fate})`);
  }
  return lost;
}

/** Of what was written with a newer schema nothing may ever change: it is there as it was, or it is not there. */
function goneCharts(charts: readonly string[], archive: Y.Doc): string[] {
  const content = yjsContentOf(archive);
  return charts.filter((label) => {
    if (content.includes(`<chart axes="[object Object]" label="${label}"><axis></axis>${label}</chart>`)) return false;
    if (content.includes(`label="${label}"`) || content.includes(`>${label}<`))
      throw new Error(`${label} is not as it was:\n${content}`);
    return true;
  });
}

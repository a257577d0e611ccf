// People who write in, erase in and move the blocks of one document without hearing of each other, straight in Yjs as the
// binding writes it; many such sessions cost as much as one with editors.

import { vi } from 'vitest';
import * as Y from 'yjs';
import { Chance } from '../../../../e2e/simulation/chance.js';
import { WAIT_MS } from '../../src/awaited-letters.js';
import { block, Person } from '../people-apart.js';
import { type Fallen, FallenLetters } from './fallen-letters.js';
import { Correspondent, ServerLog } from './server-log.js';
import { UniqueText } from './unique-text.js';

const MOST_ROUNDS = 20;

class Writer extends Person {
  readonly post = new Correspondent(0);

  catchUp(log: ServerLog, until = log.updates.length): void {
    for (const { updates, unsaved } of this.post.hear(log.updates, until, this.outbox))
      this.receive({ updates, unsaved: unsaved.filter((update) => !this.told.has(update)) });
  }
}

const kinds = { type: 30, erase: 8, turnInto: 8, wrap: 4, join: 6, split: 6, remove: 2 } as const;

function act({ fragment }: Person, chance: Chance, text: UniqueText): void {
  const kind = chance.weighted(kinds);
  if (fragment.length === 0) fragment.insert(0, [block('paragraph', '')]);
  const at = chance.int(0, fragment.length - 1);
  const element = fragment.get(at) as Y.XmlElement;
  const inner = textIn(element);
  const words = inner.toString();
  const place = chance.int(0, words.length);
  const make = (name: string, content = words): Y.XmlElement => block(name, content);
  switch (kind) {
    case 'type':
      for (const letter of text.write(chance.int(1, 3))) inner.insert(place, letter);
      break;
    case 'erase':
      inner.delete(place, Math.min(words.length - place, chance.int(0, 3)));
      break;
    case 'turnInto':
    case 'wrap':
      fragment.delete(at, 1);
      fragment.insert(at, [kind === 'wrap' ? block('blockquote', make('paragraph')) : make('heading')]);
      break;
    case 'join':
      if (at === 0) return;
      fragment.delete(at, 1);
      {
        const above = textIn(fragment.get(at - 1) as Y.XmlElement);
        above.insert(above.length, words);
      }
      break;
    case 'split':
      inner.delete(place, words.length - place);
      fragment.insert(at + 1, [make('paragraph', words.slice(place))]);
      break;
    case 'remove':
      fragment.delete(at, 1);
  }
}

function textIn(element: Y.XmlElement): Y.XmlText {
  const first = element.length > 0 ? element.get(0) : null;
  if (first instanceof Y.XmlElement) return textIn(first);
  if (first instanceof Y.XmlText) return first;
  const text = new Y.XmlText();
  element.insert(0, [text]);
  return text;
}

/** As stock clients when they come back, and ours after a Checked or, in the place of all that is unsaved, a Resync. */
function tellAll({ doc, outbox, told }: Person, chance: Chance, server: ServerLog): void {
  if (chance.happens(0.5)) outbox.push(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc)));
  else outbox.splice(0, outbox.length, Y.encodeStateAsUpdate(doc, server.stateVector));
  told.add(outbox.at(-1)!);
}

/**
 * @param telling whether people now and then tell all they know to be deleted
 * @returns what fell, and how often it was brought along, by letter
 */
export function runApart(seed: number, writers: number, telling: boolean): Map<string, Fallen> {
  const chance = new Chance(seed);
  const text = new UniqueText();
  const server = new ServerLog();
  const deletions = new FallenLetters();
  const people = Array.from({ length: writers }, (_, i) => new Writer(chance.int(1, 1000) * 10 + i));
  const isBusy = ({ outbox, post }: Writer): boolean => outbox.length > 0 || post.seen < server.updates.length;
  const comeToRest = (): void => {
    for (let round = 0; people.some(isBusy); round += 1) {
      if (round === MOST_ROUNDS) throw new Error(`seed ${seed}: they do not come to rest`);
      for (const person of people) {
        person.post.send(server, person.outbox);
        person.catchUp(server);
      }
    }
  };
  try {
    for (const { doc } of people) deletions.watch(doc);
    people[0]!.fragment.insert(0, [block('paragraph', text.write(4)), block('paragraph', text.write(4))]);
    comeToRest();
    for (let step = 0; step < 60; step += 1) {
      const person = chance.pick(people);
      if (chance.happens(0.4)) person.catchUp(server, chance.int(person.post.seen, server.updates.length));
      person.undo.captureTimeout = 0;
      if (chance.happens(0.05)) person.undo.undo();
      else person.change(() => act(person, chance, text));
      if (telling && chance.happens(0.1)) tellAll(person, chance, server);
      if (chance.happens(0.4)) person.post.send(server, person.outbox);
    }
    comeToRest();
    deletions.isWaitOver = true;
    vi.advanceTimersByTime(WAIT_MS);
    deletions.isWaitOver = false;
    comeToRest();
    const archive = new Y.Doc({ gc: false });
    for (const update of server.updates) Y.applyUpdate(archive, update);
    const content = archive.getXmlFragment('prosemirror').toString();
    for (const { fragment } of people) {
      if (fragment.toString() !== content) throw new Error(`seed ${seed}: ${fragment} is not ${content}`);
    }
    return deletions.fallen(archive);
  } finally {
    for (const person of people) person.leave();
  }
}

// People with "The lamp" in front of them, as the binding has them; what they write waits until they are told of each other.

import * as Y from 'yjs';
import { bringAlong } from '../src/bring-along.js';
import { RECEIVED, type Received } from '../src/received.js';
import { createUndoManager } from '../src/undo.js';

/** The origin of what is told. */
export const HEARD = 'heard';

export class Person {
  mayWrite = true;
  readonly doc = new Y.Doc();
  readonly fragment = this.doc.getXmlFragment('prosemirror');
  readonly undo = createUndoManager(this.fragment);
  readonly outbox: Uint8Array[] = [];
  /** What of it only tells what is there. */
  readonly told = new WeakSet<Uint8Array>();
  readonly #stop: () => void;

  constructor(clientId: number) {
    this.doc.clientID = clientId;
    this.doc.on('update', (update: Uint8Array, origin: unknown) => origin !== HEARD && this.outbox.push(update));
    this.#stop = bringAlong(this.fragment, () => this.mayWrite);
  }

  /** As the editor writes what this person does. */
  change(how: () => void): void {
    const origin = [...this.undo.trackedOrigins].find((tracked) => tracked !== this.undo);
    this.doc.transact(how, origin);
  }

  /** Of the first block. */
  text(): Y.XmlText {
    return (this.fragment.get(0) as Y.XmlElement).get(0) as Y.XmlText;
  }

  /** As the provider applies an entry; `silently` as others do. `receive`: several of them at once. */
  hear(update: Uint8Array, silently = false): void {
    this.receive({ updates: [update], unsaved: this.outbox.filter((own) => !this.told.has(own)) }, silently);
  }

  receive(received: Received, silently = false): void {
    const apply = ({ meta }: Y.Transaction): void => {
      if (!silently) meta.set(RECEIVED, received);
      for (const update of received.updates) Y.applyUpdate(this.doc, update, HEARD);
    };
    Y.transact(this.doc, apply, HEARD, false);
  }

  leave(): void {
    this.#stop();
    this.undo.destroy();
  }
}

export class PeopleApart {
  readonly people: readonly Person[];

  constructor(count: number) {
    this.people = Array.from({ length: count }, (_, i) => new Person(i + 1));
    this.people[0]!.fragment.insert(0, [block('paragraph', 'The lamp')]);
    this.meet();
  }

  /** One of them is the next in the order that all see, and all others hear of it. */
  tell = (from: Person, ...to: Person[]): void => {
    for (const update of from.outbox.splice(0)) for (const person of to) person.hear(update);
  };

  /** All tell all, in turn, until nobody has anything to tell. @returns what all have */
  meet(): string {
    for (let round = 0; this.people.some(({ outbox }) => outbox.length > 0); round++) {
      if (round > 20) throw new Error('they do not come to rest');
      for (const person of this.people) this.tell(person, ...this.people.filter((other) => other !== person));
    }
    const [first, ...others] = this.people.map(({ fragment }) => fragment.toString());
    if (others.some((other) => other !== first)) throw new Error(`they have ${[first, ...others].join(' and ')}`);
    return first!;
  }

  close(): void {
    for (const person of this.people) person.leave();
  }
}

export function block(name: string, ...children: (string | Y.XmlElement)[]): Y.XmlElement {
  const made = new Y.XmlElement(name);
  made.insert(
    0,
    children.map((child) => (typeof child === 'string' ? new Y.XmlText(child) : child)),
  );
  return made;
}

/** As the binding writes it: away, and in anew. */
export function replaceFirst(person: Person, ...blocks: Y.XmlElement[]): void {
  person.change(() => {
    person.fragment.delete(0, 1);
    person.fragment.insert(0, blocks);
  });
}

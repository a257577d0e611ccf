// The transactions of a trace, typed by live clients.

import { applyUpdate, Doc, getState, type Text } from 'yjs';
import { CodePoints, hasWideCharacters } from '../code-points.js';
import type { Patch, Trace, Transaction } from '../trace.js';
import type { LiveText } from './live-text.js';

/** Types a whole trace, with as many writers as it has agents; resolves once everything is saved. */
export async function typeTrace(trace: Trace, writers: readonly LiveText[]): Promise<void> {
  const first = writers[0]!;
  if (trace.startContent !== '') {
    first.edit((text) => text.insert(0, trace.startContent));
    await first.whenRoom();
  }
  if (trace.agents === 1) await typeInOrder(trace.transactions, first);
  else await typeConcurrently(trace.transactions, writers);
  await Promise.all(writers.map((writer) => writer.document.whenSaved()));
}

/** One person types everything, straight into the live document. */
async function typeInOrder(transactions: readonly Transaction[], writer: LiveText): Promise<void> {
  const positions = new CodePoints(writer.text);
  for (const { patches } of transactions) {
    writer.edit((text) => applyPatches(text, positions, patches));
    await writer.whenRoom();
  }
}

/**
 * Several people type at once. What a transaction was typed on is seldom what the live client happens to hold, so each
 * agent types at a desk: a Y.Doc that is given exactly the transactions it was typed on, neither more nor less. What the
 * desk makes of it is then sent by the agent's live client, not before what it builds on has reached that client from
 * the server. So the concurrency of the trace crosses the wire, whatever the timing.
 */
async function typeConcurrently(transactions: readonly Transaction[], writers: readonly LiveText[]): Promise<void> {
  const isPlain = !hasWide(transactions);
  const desks = newClientIds(writers.length).map((clientId) => new Desk(clientId, writers.length, isPlain));
  const done: Typed[] = [];
  /** Per agent, the transactions it typed, in order. */
  const typed: Typed[][] = writers.map(() => []);

  for (const { patches, agent, builtOn, parents } of transactions) {
    const [desk, writer] = [desks[agent]!, writers[agent]!];
    for (const parent of parents) await writer.whenHere(done[parent]!.clientId, done[parent]!.clock);
    desk.bringTo(builtOn!, typed);
    const result = desk.type(patches, agent);
    done.push(result);
    typed[agent]!.push(result);
    if (result.update !== null) writer.adopt(result.update);
    await writer.whenRoom();
  }
}

/** The updates of a trace, each as its author's client makes it, without a server in between. */
export function* updatesOf(trace: Trace): Generator<Uint8Array> {
  const clientIds = newClientIds(trace.agents);
  const isPlain = trace.agents > 1 && !hasWide(trace.transactions);
  const desks = clientIds.map((clientId) => new Desk(clientId, trace.agents, isPlain));
  const typed: Typed[][] = desks.map(() => []);
  const begun = trace.startContent === '' ? null : desks[0]!.type([[0, 0, trace.startContent]], 0).update;
  if (begun) yield begun;
  for (const { patches, agent, builtOn } of trace.transactions) {
    const desk = desks[agent]!;
    if (builtOn !== null) desk.bringTo(builtOn, typed);
    const result = desk.type(patches, agent);
    if (builtOn !== null) typed[agent]!.push(result);
    if (result.update !== null) yield result.update;
  }
}

/** Where two typed at one place at once, Yjs puts the smaller client id first; the recordings, the smaller agent. */
const newClientIds = (agents: number): number[] =>
  Array.from({ length: agents }, () => new Doc().clientID).sort((a, b) => a - b);

const hasWide = (transactions: readonly Transaction[]): boolean =>
  transactions.some(({ patches }) => patches.some(([, , inserted]) => hasWideCharacters(inserted)));

/** What a transaction became: its update, null when it changed nothing, and how far its desk's clock was then. */
interface Typed {
  readonly update: Uint8Array | null;
  readonly clientId: number;
  readonly clock: number;
}

class Desk {
  readonly #doc = new Doc();
  /** Per agent, how many of its transactions are here. */
  readonly #holds: number[];
  readonly #isPlain: boolean;
  #positions = new CodePoints();
  #made: Uint8Array | null = null;

  /** @param isPlain whether no text here will ever hold a wide character */
  constructor(clientId: number, agents: number, isPlain: boolean) {
    this.#doc.clientID = clientId;
    this.#holds = new Array<number>(agents).fill(0);
    this.#isPlain = isPlain;
    this.#doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === this) this.#made = update;
    });
  }

  get #text(): Text {
    return this.#doc.getText('text');
  }

  /** Takes what was typed elsewhere up to this version. An agent builds on all of its own, so that nothing is too much. */
  bringTo(version: readonly number[], typed: readonly (readonly Typed[])[]): void {
    let isChanged = false;
    for (const [agent, count] of version.entries()) {
      for (let i = this.#holds[agent]!; i < count; i++) {
        const { update } = typed[agent]![i]!;
        if (update !== null) applyUpdate(this.#doc, update);
        isChanged = true;
      }
      this.#holds[agent] = count;
    }
    if (isChanged && !this.#isPlain) this.#positions = new CodePoints(this.#text.toString());
  }

  type(patches: readonly Patch[], agent: number): Typed {
    this.#made = null;
    this.#doc.transact(() => applyPatches(this.#text, this.#positions, patches), this);
    this.#holds[agent]! += 1;
    const clientId = this.#doc.clientID;
    return { update: this.#made, clientId, clock: getState(this.#doc.store, clientId) };
  }
}

function applyPatches(text: Text, positions: CodePoints, patches: readonly Patch[]): void {
  for (const [position, deleted, inserted] of patches) {
    const start = positions.units(position);
    if (deleted > 0) {
      text.delete(start, positions.units(position + deleted) - start);
      positions.delete(position, deleted);
    }
    if (inserted !== '') {
      text.insert(start, inserted);
      positions.insert(position, inserted);
    }
  }
}

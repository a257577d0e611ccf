// Walks the messages of a weft frame by the table of the protocol, and notes where their fields begin. Nothing is decoded or
// allocated but what is asked for, so that a frame of a thousand entries costs as little as it can.

import { type ServerMessage, serverSchema } from '@weft/protocol';
import { ByteCursor } from '../byte-cursor.js';

type Name = ServerMessage['type'];
type FieldName<N extends Name> = Extract<keyof (typeof serverSchema)[N]['fields'], string>;

const layouts = new Map(
  Object.entries(serverSchema).map(([name, { tag, fields }]) => [
    tag as number,
    { name: name as Name, types: Object.values(fields) as string[] },
  ]),
);
const places = new Map(
  Object.entries(serverSchema).map(([name, { fields }]) => [
    name as Name,
    new Map(Object.keys(fields).map((field, index) => [field, index])),
  ]),
);

export class WeftReader {
  /** Where the message that was read last begins and ends. */
  start = 0;
  /** Reads the field that was entered last. */
  readonly field = new ByteCursor();
  readonly #cursor = new ByteCursor();
  readonly #fieldStarts: number[] = [];

  set(bytes: Uint8Array, from: number, to: number): void {
    this.#cursor.set(bytes, from, to);
  }

  get hasMore(): boolean {
    return this.#cursor.at < this.#cursor.end;
  }

  get end(): number {
    return this.#cursor.at;
  }

  /** Steps over one message. @returns which it was */
  next(): Name {
    const cursor = this.#cursor;
    this.start = cursor.at;
    const tag = cursor.uint();
    const layout = layouts.get(tag);
    if (layout === undefined) throw new Error(`no message of a server has the tag ${tag}`);
    for (let i = 0; i < layout.types.length; i++) {
      this.#fieldStarts[i] = cursor.at;
      const type = layout.types[i]!;
      if (type === 'uint') cursor.uint();
      else if (type === 'bytes[]') for (let left = cursor.uint(); left > 0; left--) cursor.run();
      else cursor.run();
    }
    return layout.name;
  }

  enter<N extends Name>(message: N, field: FieldName<N>): void {
    const start = this.#fieldStarts[places.get(message)!.get(field)!]!;
    this.field.set(this.#cursor.bytes, start, this.#cursor.at);
  }

  uint<N extends Name>(message: N, field: FieldName<N>): number {
    this.enter(message, field);
    return this.field.uint();
  }
}

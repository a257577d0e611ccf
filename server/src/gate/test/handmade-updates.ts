// Updates written by hand, byte by byte, for what no honest client would write.

import * as encoding from 'lib0/encoding';

export type Write = (encoder: encoding.Encoder) => void;
export type Id = readonly [client: number, clock: number];

export const uint =
  (value: number): Write =>
  (encoder) =>
    encoding.writeVarUint(encoder, value);

export const text =
  (value: string): Write =>
  (encoder) =>
    encoding.writeVarString(encoder, value);

export const bytes =
  (...values: number[]): Write =>
  (encoder) =>
    encoding.writeUint8Array(encoder, Uint8Array.from(values));

export const all =
  (...writes: readonly Write[]): Write =>
  (encoder) => {
    for (const write of writes) write(encoder);
  };

export const written = (...writes: readonly Write[]): Uint8Array => encoding.encode(all(...writes));

/** An item beside others, or in the root type `text`. */
export function item(content: number, body: Write, { origin, right }: { origin?: Id; right?: Id } = {}): Write {
  const info = content | (origin ? 0x80 : 0) | (right ? 0x40 : 0);
  const ids = [origin, right].flatMap((id) => id ?? []).map(uint);
  return all(bytes(info), ...ids, ...(origin || right ? [] : [uint(1), text('text')]), body);
}

/** An item in the type that the item `parent` holds. */
export const itemIn = (parent: Id, content: number, body: Write): Write =>
  all(bytes(content), uint(0), ...parent.map(uint), body);

export const section = (client: number, clock: number, ...structs: readonly Write[]): Write =>
  all(uint(structs.length), uint(client), uint(clock), ...structs);

/** A section with one collected struct. */
export const gc = (client: number, clock: number, length: number): Write =>
  section(client, clock, all(bytes(0), uint(length)));

/** @param parts.deletes (client, clock, length); those of one client side by side */
export function updateOf(parts: { sections?: readonly Write[]; deletes?: readonly (readonly number[])[] }): Uint8Array {
  const { sections = [], deletes = [] } = parts;
  const clients = [...new Set(deletes.map(([client]) => client!))];
  return written(
    uint(sections.length),
    ...sections,
    uint(clients.length),
    ...clients.map((client) => {
      const ranges = deletes.filter(([other]) => other === client);
      return all(
        uint(client),
        uint(ranges.length),
        ...ranges.flatMap(([, clock, length]) => [uint(clock!), uint(length!)]),
      );
    }),
  );
}

/**
 * A text, and items that all begin where it begins and end each at another character: quadratic, at best, to put in order.
 * 20,000 of them take Yjs minutes.
 */
export function updatesOfRivals(count: number): readonly [text: Uint8Array, rivals: Uint8Array] {
  const CONTENT_STRING = 4;
  const base = item(CONTENT_STRING, text('a'.repeat(count + 1)));
  const rivals = Array.from({ length: count }, (_, clock) =>
    item(CONTENT_STRING, text('b'), { right: [1, clock + 1] }),
  );
  return [updateOf({ sections: [section(1, 0, base)] }), updateOf({ sections: [section(2, 0, ...rivals)] })];
}

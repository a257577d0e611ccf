// An honest update with something changed: a bit, a byte, a number, a stretch; two updates in one; or, in sound form, a
// struct that claims another place, parent, client or length.

import { encoding } from 'lib0';
import * as prng from 'lib0/prng';
import { createID, decodeUpdate, type ID, UpdateEncoderV1 } from 'yjs';

/** Client ids and clocks a mutant may speak of. */
export type Places = readonly { readonly client: number; readonly clock: number }[];

type Mutation = (update: Uint8Array, other: Uint8Array, random: prng.PRNG, places: Places) => Uint8Array;

/**
 * @param other  another honest update, for those that are made of two
 * @param places that exist in the document
 */
export function mutate(update: Uint8Array, other: Uint8Array, random: prng.PRNG, places: Places): Uint8Array {
  return prng.oneOf(random, mutations as Mutation[])(update, other, random, places);
}

const at = (random: prng.PRNG, bytes: Uint8Array): number => prng.int32(random, 0, Math.max(0, bytes.length - 1));

const changed = (bytes: Uint8Array, index: number, value: number): Uint8Array => {
  const copy = bytes.slice();
  copy[index] = value;
  return copy;
};

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

const flipBit: Mutation = (update, _other, random) => {
  const index = at(random, update);
  return changed(update, index, update[index]! ^ (1 << prng.int32(random, 0, 7)));
};

const setByte: Mutation = (update, _other, random) =>
  changed(update, at(random, update), prng.oneOf(random, [0, 1, 2, 127, 128, 255, prng.int32(random, 0, 255)]));

const step: Mutation = (update, _other, random) => {
  const index = at(random, update);
  return changed(update, index, update[index]! + prng.oneOf(random, [-1, 1]));
};

const removeStretch: Mutation = (update, _other, random) => {
  const from = at(random, update);
  const to = from + 1 + prng.int32(random, 0, 4);
  return joined(update.subarray(0, from), update.subarray(to));
};

const repeatStretch: Mutation = (update, _other, random) => {
  const from = at(random, update);
  const to = Math.min(update.length, from + 1 + prng.int32(random, 0, 20));
  return joined(update.subarray(0, to), update.subarray(from));
};

const insertBytes: Mutation = (update, _other, random) => {
  const index = at(random, update);
  const bytes = Uint8Array.from({ length: 1 + prng.int32(random, 0, 3) }, () => prng.int32(random, 0, 255));
  return joined(update.subarray(0, index), bytes, update.subarray(index));
};

const truncate: Mutation = (update, _other, random) => update.slice(0, at(random, update));

const splice: Mutation = (update, other, random) =>
  joined(update.subarray(0, at(random, update)), other.subarray(at(random, other)));

const moveStretch: Mutation = (update, _other, random) => {
  const [a, b] = [at(random, update), at(random, update)].sort((x, y) => x - y) as [number, number];
  return joined(update.subarray(0, a), update.subarray(b), update.subarray(a, b));
};

/** What decodeUpdate gives, as far as it is changed here (yjs src/structs: Item, GC, Skip). */
interface Struct {
  id: ID;
  length: number;
  origin?: ID | null;
  rightOrigin?: ID | null;
  parent?: ID | string | null;
  parentSub?: string | null;
  readonly content?: object;
  write(encoder: UpdateEncoderV1, offset: number): void;
}

/** Sound in form: what is wrong is what it says. */
const changeStructs: Mutation = (update, _other, random, places) => {
  const { structs, ds } = decodeUpdate(update) as unknown as {
    structs: Struct[];
    ds: { clients: Map<number, { clock: number; len: number }[]> };
  };
  const place = (): ID => {
    const { client, clock } = prng.oneOf(random, places as Places[number][]);
    return createID(client, Math.max(0, clock + prng.int32(random, -2, 2)));
  };
  const items = structs.filter((struct) => struct.content !== undefined);
  const changes: (() => void)[] = [];
  if (items.length > 0) {
    const item = prng.oneOf(random, items);
    changes.push(
      () => {
        item.origin = place();
      },
      () => {
        item.rightOrigin = place();
      },
      () => {
        [item.origin, item.rightOrigin] = [item.rightOrigin ?? null, item.origin ?? null];
      },
      () => {
        item.origin = null;
        item.rightOrigin = null;
        item.parent = prng.bool(random) ? place() : prng.oneOf(random, ['text', 'prosemirror', 'meta', 'list', 'new']);
        item.parentSub = prng.bool(random) ? 'title' : null;
      },
      () => {
        const own = prng.oneOf(random, structs).id;
        item.origin = createID(own.client, own.clock);
      },
    );
  }
  if (structs.length > 0) {
    const struct = prng.oneOf(random, structs);
    changes.push(
      () => {
        struct.id = place();
      },
      () => {
        struct.length += prng.int32(random, -1, 3);
      },
      () => {
        structs.splice(structs.indexOf(struct), 1);
      },
      () => {
        structs.splice(structs.indexOf(struct), 0, struct);
      },
    );
  }
  changes.push(() => {
    const { client, clock } = place();
    ds.clients.set(client, [...(ds.clients.get(client) ?? []), { clock, len: prng.int32(random, 0, 5) }]);
  });
  prng.oneOf(random, changes)();
  return written(structs, ds.clients);
};

function written(
  structs: readonly Struct[],
  deletes: ReadonlyMap<number, readonly { readonly clock: number; readonly len: number }[]>,
): Uint8Array {
  const encoder = new UpdateEncoderV1();
  const byClient = new Map<number, Struct[]>();
  for (const struct of structs) byClient.set(struct.id.client, [...(byClient.get(struct.id.client) ?? []), struct]);
  encoding.writeVarUint(encoder.restEncoder, byClient.size);
  for (const [client, own] of [...byClient].sort(([a], [b]) => b - a)) {
    encoding.writeVarUint(encoder.restEncoder, own.length);
    encoder.writeClient(client);
    encoding.writeVarUint(encoder.restEncoder, own[0]!.id.clock);
    for (const struct of own) struct.write(encoder, 0);
  }
  encoding.writeVarUint(encoder.restEncoder, deletes.size);
  for (const [client, ranges] of deletes) {
    encoding.writeVarUint(encoder.restEncoder, client);
    encoding.writeVarUint(encoder.restEncoder, ranges.length);
    for (const { clock, len } of ranges) {
      encoding.writeVarUint(encoder.restEncoder, clock);
      encoding.writeVarUint(encoder.restEncoder, len);
    }
  }
  return encoder.toUint8Array();
}

/** Bytes that were changed are mostly refused as bytes; so those that are sound in form come as often as all others. */
const mutations: readonly Mutation[] = [
  flipBit,
  setByte,
  step,
  removeStretch,
  repeatStretch,
  insertBytes,
  truncate,
  splice,
  moveStretch,
  ...Array.from({ length: 9 }, () => changeStructs),
];

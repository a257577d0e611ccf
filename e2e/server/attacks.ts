// What nobody may do to a document, as bytes: updates that are refused whatever the document is (the numbers are those of
// docs/security-tests.md).

import type { RefusalCode } from '@weft/protocol';
import * as encoding from 'lib0/encoding';
import * as prng from 'lib0/prng';
import * as Y from 'yjs';
import {
  all,
  bytes,
  gc,
  type Id,
  item,
  itemIn,
  section,
  text,
  uint,
  updateOf,
  type Write,
  written,
} from '../../server/src/gate/test/handmade-updates.js';

/** Somebody's client, which has written `clock` letters into the root type `text`. */
export interface Victim {
  readonly client: number;
  readonly clock: number;
}

export interface Attack {
  readonly name: string;
  readonly make: (victim: Victim) => readonly Uint8Array[];
  /** `cannot-merge`: after it was asked for what is missing. */
  readonly answer: Extract<RefusalCode, 'malformed' | 'cannot-merge'>;
}

/** The one who attacks writes under this client. */
const OWN = 77;
const letter = (at: { origin?: Id; right?: Id } = {}): Write => item(4, text('a'), at);
const ofOwn = (...structs: readonly Write[]): Uint8Array => updateOf({ sections: [section(OWN, 0, ...structs)] });
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
/** Bytes again and again: more than may be arguments. */
const repeated =
  (count: number, make: (i: number) => Write): Write =>
  (encoder) => {
    for (let i = 0; i < count; i += 1) make(i)(encoder);
  };
/** One client with so many structs. */
const ofOwnRepeated = (count: number, make: (i: number) => Write): Uint8Array =>
  written(uint(1), uint(count), uint(OWN), uint(0), repeated(count, make), uint(0));
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const one = (bytes: Uint8Array): readonly Uint8Array[] => [bytes];

/** Of version 2, whose columns may say in a few bytes that there are millions of collected structs. */
function bombOfVersion2(structs: number): Uint8Array {
  const column = (...values: number[]): Write => all(uint(values.length), bytes(...values));
  const lengths = written(bytes(0x41), uint(structs - 2));
  const none = column();
  const columns = [none, column(OWN - 64 + 0x80, 1), none, none, column(0), column(0), none, none];
  return written(
    uint(0),
    ...columns,
    uint(lengths.length),
    bytes(...lengths),
    uint(1),
    uint(structs),
    uint(0),
    uint(0),
  );
}

export const attacksOnText: readonly Attack[] = [
  {
    name: 'A1: a claim of 33,554,431 structs is refused',
    make: () => one(written(uint(1), uint(33_554_431), uint(OWN), uint(0))),
    answer: 'malformed',
  },
  {
    name: 'A2: claims of 2^32 structs, and of 2^40 structs, clients and deletions are refused',
    make: () => [
      ...[2 ** 32 - 1, 2 ** 40].map((count) => written(uint(1), uint(count), uint(OWN), uint(0))),
      written(uint(2 ** 40), uint(1), uint(OWN), uint(0)),
      written(uint(0), uint(1), uint(OWN), uint(2 ** 40)),
    ],
    answer: 'malformed',
  },
  {
    name: 'A3: 200,000 clients without structs are refused',
    make: () =>
      one(
        written(
          uint(200_000),
          repeated(200_000, (i) => section(2 ** 20 - i, 0)),
          uint(0),
        ),
      ),
    answer: 'malformed',
  },
  {
    name: 'A4: five million structs in the 25 bytes of version 2, and honest text in it, are refused',
    make: () => {
      const small = new Y.Doc();
      Y.applyUpdateV2(small, bombOfVersion2(5));
      if (Y.getState(small.store, OWN) !== 5) throw new Error('The bomb is none.');
      small.getText('text').insert(0, 'honest');
      return [bombOfVersion2(5_000_000), Y.encodeStateAsUpdateV2(small)];
    },
    answer: 'malformed',
  },
  {
    name: 'A5: a megabyte of structs of length 1 is refused',
    make: () => one(ofOwnRepeated(500_000, () => all(bytes(0), uint(1)))),
    answer: 'malformed',
  },
  {
    name: 'A6: structs of length 0 are refused',
    make: () => one(ofOwnRepeated(1000, () => all(bytes(0), uint(0)))),
    answer: 'malformed',
  },
  {
    name: 'A7: collected and deleted structs of 2^50 in the name of somebody else are refused',
    make: ({ client, clock }) => [
      updateOf({ sections: [gc(client, clock, 2 ** 50)] }),
      updateOf({ sections: [section(client, clock, item(1, uint(2 ** 50)))] }),
      updateOf({ sections: times(50, (i) => gc(client + 50 - i, i === 50 ? clock : 0, 2 ** 50)) }),
    ],
    answer: 'malformed',
  },
  {
    name: 'A7: what would make nothing of the next text of somebody else is not taken',
    make: ({ client, clock }) => [
      updateOf({ sections: [gc(client, clock, 100)] }),
      updateOf({ sections: [section(client, clock, item(1, uint(2 ** 20), { origin: [client, clock - 1] }))] }),
    ],
    answer: 'cannot-merge',
  },
  {
    name: 'A8: text that goes on in the name of somebody else is not taken',
    make: ({ client, clock }) =>
      one(updateOf({ sections: [section(client, clock, letter({ origin: [client, clock - 1] }))] })),
    answer: 'cannot-merge',
  },
  {
    name: 'A10: six hundred deletions of what nobody has seen are not taken',
    make: () => times(600, (i) => updateOf({ deletes: times(30, (at) => [2 ** 20 + i, 3 * at, 1]) })),
    answer: 'cannot-merge',
  },
  {
    name: 'A11: two thousand structs with a gap before them, or upon what nobody has, are not taken',
    make: ({ client, clock }) =>
      times(2000, (i) =>
        updateOf({
          sections: [
            i % 2 === 0
              ? section(OWN, 1 + i, letter())
              : section(OWN, 0, letter({ origin: i % 4 === 1 ? [client, clock + i] : [2 ** 20 + i, 0] })),
          ],
        }),
      ),
    answer: 'cannot-merge',
  },
  {
    name: 'A12: an embed, a format and a value of JSON 5,000 deep are refused',
    make: () => [
      ofOwn(item(5, text(nested(5000)))),
      ofOwn(item(6, all(text('strong'), text(nested(5000))))),
      ofOwn(item(2, all(uint(1), text(nested(5000))))),
    ],
    answer: 'malformed',
  },
  {
    name: 'A13: a value 5,000 deep is refused',
    make: () => one(ofOwn(item(8, all(uint(1), ...times(5000, () => bytes(117, 1)), bytes(126))))),
    answer: 'malformed',
  },
  {
    name: 'A14: elements 3,000 deep in each other are refused',
    make: () =>
      one(
        ofOwn(
          item(7, all(uint(3), text('p'))),
          ...times(3000, (clock) => itemIn([OWN, clock], 7, all(uint(3), text('p')))),
        ),
      ),
    answer: 'malformed',
  },
  {
    name: 'A15: fifty thousand names of root types are refused',
    make: () => one(ofOwnRepeated(50_000, (i) => all(bytes(4), uint(1), text(`root ${i}`), text('a')))),
    answer: 'malformed',
  },
  {
    name: 'A16: a document within the document, which loads itself, is refused',
    make: () => one(ofOwn(item(9, all(text('guid'), bytes(118, 1), text('autoLoad'), bytes(120))))),
    answer: 'malformed',
  },
  {
    name: 'A24: garbage is refused',
    make: () => {
      const random = prng.create(24);
      return [new Uint8Array(), ...times(50, () => prng.uint8Array(random, prng.int32(random, 3, 60)))];
    },
    answer: 'malformed',
  },
];

/** An awareness message of the `yjs` dialect. */
export function awareness(entries: readonly (readonly [client: number, clock: number, json: string])[]): Uint8Array {
  const update = written(uint(entries.length), (encoder) => {
    for (const [client, clock, json] of entries) all(uint(client), uint(clock), text(json))(encoder);
  });
  return written(uint(1), uint(update.length), (encoder) => encoding.writeUint8Array(encoder, update));
}

// What somebody would send to write in another person's name: sound Yjs updates that go on where a victim's clock ends,
// with text, with deleted or collected structs, or with own text that hangs on such (yjs-safety A7, A8). The victim may write
// what it likes until a forgery arrives: what of it exists by then has to be the victim's own, and not the ground of the rest.

import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { Chance } from './chance.js';

const GC = 0;
const CONTENT_DELETED_WITH_ORIGIN = 1 | 0x80;
/** More than anybody writes while a forgery is on its way. */
const OUT_OF_REACH = 2 ** 20;

/** A client id that belongs to somebody, and the clock its next struct would have. */
export interface Victim {
  readonly client: number;
  readonly clock: number;
}

/** Nothing in it may be taken. @param state a document that holds what the server has on disk */
export function forge(state: Y.Doc, { client, clock }: Victim, chance: Chance, ownClient: number): Uint8Array {
  const length = chance.pick([1, 3, OUT_OF_REACH, 2 ** 30]);
  switch (chance.int(1, 4)) {
    case 1:
      return collected(client, clock, length);
    case 2:
      return oneStruct(client, clock, (encoder) => {
        encoding.writeUint8(encoder, CONTENT_DELETED_WITH_ORIGIN);
        encoding.writeVarUint(encoder, client);
        encoding.writeVarUint(encoder, clock - 1);
        encoding.writeVarUint(encoder, length);
      });
    case 3:
      return writtenBy(state, [], [client]);
    default:
      // The second text stands in a type that the first one made. Hung on the victim's very next struct, it would be sound
      // once the victim has made a type of that itself: everybody may write into what others made.
      return writtenBy(state, [collected(client, clock, OUT_OF_REACH)], [client, ownClient]);
  }
}

function collected(client: number, clock: number, length: number): Uint8Array {
  return oneStruct(client, clock, (encoder) => {
    encoding.writeUint8(encoder, GC);
    encoding.writeVarUint(encoder, length);
  });
}

function oneStruct(client: number, clock: number, write: (encoder: encoding.Encoder) => void): Uint8Array {
  return encoding.encode((encoder) => {
    for (const number of [1, 1, client, clock]) encoding.writeVarUint(encoder, number);
    write(encoder);
    encoding.writeVarUint(encoder, 0);
  });
}

/** After `first`, one after the other writes into what the one before has written, and nothing is deleted by it. */
function writtenBy(state: Y.Doc, first: readonly Uint8Array[], clients: readonly number[]): Uint8Array {
  const doc = new Y.Doc();
  for (const update of [Y.encodeStateAsUpdate(state), ...first]) Y.applyUpdate(doc, update);
  const updates = [...first];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  let place: Y.Array<unknown> = doc.getArray('notes');
  for (const client of clients) {
    doc.clientID = client;
    const next = new Y.Array<unknown>();
    place.push([next]);
    place = next;
  }
  doc.destroy();
  return Y.mergeUpdates(updates);
}

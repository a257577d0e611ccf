import * as encoding from 'lib0/encoding';
import { expect, test } from 'vitest';
import { presenceState, Sightings } from './sightings.js';
import { FIRST_CLIENT_ID } from './typing.js';

/** What a server says of one person, as awareness.js of y-protocols writes it. */
function told(person: number, json: string): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const number of [1, FIRST_CLIENT_ID + person, 7]) encoding.writeVarUint(encoder, number);
  encoding.writeVarString(encoder, json);
  return encoding.toUint8Array(encoder);
}

const move = (person: number, number: number): Uint8Array => told(person, presenceState(person, number));

test('a newer place counts for those left out, own ones and first greetings for nothing', () => {
  const sightings = new Sightings(2, 10);
  const tell = (receiver: number, update: Uint8Array): void => sightings.receive(receiver, update, 0, update.length);
  for (let i = 0; i < 12; i++) sightings.sends(i % 2);
  expect(sightings.countUnseen()).toBe(2);
  tell(1, told(0, '{}'));
  tell(1, move(1, 6));
  expect(sightings.latency.count).toBe(0);
  tell(1, move(0, 1));
  tell(1, move(0, 5));
  expect(sightings.latency.count).toBe(5);
  expect(sightings.countUnseen()).toBe(2);
  tell(1, move(0, 6));
  expect(sightings.countUnseen()).toBe(1);
  expect(() => tell(1, move(0, 4))).toThrow('was shown state 4 of 0 after 6');
  sightings.countLate();
  expect(sightings.latency.count).toBe(12);
});

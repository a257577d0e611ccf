import { expect, test } from 'vitest';
import { Elsewhere } from './elsewhere.js';
import { PresenceTable } from './presence-table.js';

/** Rooms of one document at servers a, b, …, between which messages are carried unless a test takes them. */
class Servers {
  readonly rooms = new Map<string, { readonly table: PresenceTable; readonly elsewhere: Elsewhere }>();
  carried: { readonly from: string; readonly message: Uint8Array }[] = [];
  isCut = false;
  nowMs = 1_760_000_000_000;

  /** @param aheadMs of the others' clocks */
  open(name: string, aheadMs = 0) {
    const table = new PresenceTable();
    const say = (message: Uint8Array): boolean => {
      this.carried.push({ from: name, message });
      return true;
    };
    const room = { table, elsewhere: new Elsewhere(table, say, this.nowMs, () => this.nowMs + aheadMs) };
    this.rooms.set(name, room);
    room.elsewhere.ask();
    this.carry();
    return room;
  }

  show(name: string, id: number, json: string): void {
    const { elsewhere, table } = this.rooms.get(name)!;
    const owner = { number: 1 };
    if (json === '') table.delete(id, this.#owners.get(`${name} ${id}`)!);
    else table.set(id, json, owner);
    this.#owners.set(`${name} ${id}`, owner);
    elsewhere.note(id, json);
    elsewhere.sayChanges();
    this.carry();
  }

  readonly #owners = new Map<string, { readonly number: number }>();

  carry(): void {
    while (this.carried.length > 0) {
      const { from, message } = this.carried.shift()!;
      if (this.isCut) continue;
      for (const [name, { elsewhere }] of this.rooms) if (name !== from) elsewhere.hear(from, message, this.nowMs);
    }
  }

  pass(ms: number): void {
    for (let step = 0; step < ms; step += 500) {
      this.nowMs += 500;
      for (const { elsewhere } of this.rooms.values()) elsewhere.tick(this.nowMs);
      this.carry();
    }
  }

  idsAt(name: string): readonly number[] {
    return [...this.rooms.get(name)!.table.ids()].sort();
  }
}

test('who comes, moves and leaves at one server is shown at the other, also to a room that opens later', () => {
  const servers = new Servers();
  servers.open('a');
  servers.open('b');
  servers.show('a', 1, '{"at":1}');
  expect(servers.idsAt('b')).toEqual([1]);
  servers.open('c');
  expect(servers.idsAt('c')).toEqual([1]);
  servers.show('b', 2, '{}');
  expect(['a', 'b', 'c'].map((name) => servers.idsAt(name))).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
  servers.show('a', 1, '');
  expect(['a', 'b', 'c'].map((name) => servers.idsAt(name))).toEqual([[2], [2], [2]]);
});

test('the people of a server that says nothing any more are gone after 15 s, and those of one that is quiet stay', () => {
  const servers = new Servers();
  servers.open('a');
  servers.open('b');
  servers.open('c');
  servers.show('a', 1, '{}');
  servers.show('b', 2, '{}');
  servers.rooms.delete('a');
  servers.pass(14_000);
  expect(servers.idsAt('c')).toEqual([1, 2]);
  servers.pass(2000);
  expect(servers.idsAt('c')).toEqual([2]);
  servers.pass(60_000);
  expect(servers.idsAt('c')).toEqual([2]);
});

test('what was lost on the way is made good by the next that says everybody', () => {
  const servers = new Servers();
  servers.open('a');
  servers.open('b');
  servers.show('a', 1, '{}');
  servers.isCut = true;
  servers.show('a', 1, '');
  servers.show('a', 2, '{}');
  servers.isCut = false;
  expect(servers.idsAt('b')).toEqual([1]);
  servers.pass(5000);
  expect(servers.idsAt('b')).toEqual([2]);
});

test('who moves to another server is there, whatever comes late from the one before', () => {
  const servers = new Servers();
  servers.open('a');
  servers.open('b');
  servers.show('a', 1, '{"at":"a"}');
  servers.show('b', 1, '{"at":"b"}');
  servers.show('a', 1, '');
  servers.pass(20_000);
  expect(servers.idsAt('b')).toEqual([1]);
  expect(servers.idsAt('a')).toEqual([1]);
});

test('a message that comes again, or out of its order, is not heard', () => {
  const servers = new Servers();
  const a = servers.open('a');
  servers.open('b');
  a.table.set(1, '{}', { number: 1 });
  a.elsewhere.note(1, '{}');
  a.elsewhere.sayChanges();
  const [old] = servers.carried;
  servers.carry();
  servers.show('a', 1, '');
  servers.carried.push(old!);
  servers.carry();
  expect(servers.idsAt('b')).toEqual([]);
});

test('what comes again does not bring back the people of a server that is gone, however much later', () => {
  const servers = new Servers();
  // Its clock is as far ahead as one may be.
  const a = servers.open('a', 60_000);
  servers.open('b');
  a.table.set(1, '{}', { number: 1 });
  a.elsewhere.note(1, '{}');
  a.elsewhere.sayChanges();
  const [old] = servers.carried;
  servers.carry();
  expect(servers.idsAt('b')).toEqual([1]);
  servers.rooms.delete('a');
  for (let passed = 0; passed < 180_000; passed += 5000) {
    servers.pass(5000);
    servers.carried.push(old!);
    servers.carry();
    expect(servers.idsAt('b')).toEqual(passed < 10_000 ? [1] : []);
  }
  // Nor where nobody has heard it before.
  const c = servers.open('c');
  expect(c.elsewhere.hear('a', old!.message, servers.nowMs)).toBe(false);
  expect(servers.idsAt('c')).toEqual([]);
});

test('a server is heard whose clock is half a minute before or behind, and again when it comes back', () => {
  const servers = new Servers();
  servers.open('a', -30_000);
  servers.open('b', 30_000);
  servers.open('c');
  const seen = () => ['a', 'b', 'c'].map((name) => servers.idsAt(name));
  servers.show('a', 1, '{}');
  servers.show('b', 2, '{}');
  servers.show('c', 3, '{}');
  expect(seen()[2]).toEqual([1, 2, 3]);
  servers.isCut = true;
  servers.pass(20_000);
  expect(seen()).toEqual([[1], [2], [3]]);
  servers.isCut = false;
  servers.pass(5000);
  expect(seen()[2]).toEqual([1, 2, 3]);
});

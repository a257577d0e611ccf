// A name that is forgotten at one of several servers is forgotten: another one that knew it and was stopped meanwhile does not write
// it again when it goes on.

import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { RecordStore } from '../log/document-log.js';
import { openPostgresLog } from '../log/postgres/postgres-log.js';
import { PostgresServer } from '../log/test/postgres-server.js';
import type { Identity } from './identity.js';
import { Persons } from './persons.js';

const postgres = await PostgresServer.start();
if (postgres.missing !== null)
  process.stdout.write(`Not tested: forgetting at several servers. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

const ann = { person: 'u-ann', kind: 'user', name: 'Ann', email: 'ann@example.org' } as unknown as Identity;

describe.skipIf(postgres.missing !== null)('people at several servers', () => {
  const { server } = postgres as { readonly server: PostgresServer };

  async function openTwo() {
    const url = await server.newPlace();
    onTestFinished(() => server.removePlace(url));
    const open = async () => {
      const log = await openPostgresLog(url, { onFailure: () => undefined, shared: { compareEveryMs: 2 ** 30 } });
      onTestFinished(() => log.close());
      return log;
    };
    return [await open(), await open()] as const;
  }

  /** The other server begins to write the name before it is forgotten here, or in the middle of that, and stops for as long. */
  test.each([
    ['known, read before', true, false],
    ['not known, read before', false, false],
    ['known, read before it was removed', true, true],
  ])('L5: who is forgotten stays so (%s)', async (_, wasSeen, isWithin) => {
    const [a, b] = await openTwo();
    const persons = new Persons(a.records);
    const isKnown = async (): Promise<boolean> => (await persons.lookUp(['u-ann'])).size > 0;
    const seen = () => expect.poll(isKnown).toBe(true);
    if (wasSeen) {
      persons.seen(ann);
      await seen();
    }
    // It has read what there is, and stops before it writes.
    let goOn = (): void => undefined;
    const stopped = new Promise<void>((resolve) => (goOn = resolve));
    const asks: Promise<boolean>[] = [];
    let isAt = (): void => undefined;
    const isAbout = new Promise<void>((resolve) => (isAt = resolve));
    const slow: RecordStore = {
      get: (table, key) => b.records.get(table, key),
      list: (table, options) => b.records.list(table, options),
      write: (changes) => stopped.then(() => b.records.write(changes)),
      writeIf: (known, changes) => {
        isAt();
        asks.push(stopped.then(() => b.records.writeIf(known, changes)));
        return asks.at(-1)!;
      },
      onWritten: (listener) => b.records.onWritten(listener),
    };
    const other = new Persons(slow);
    const begin = (): Promise<void> => {
      // Under another name: one that is there already is not written again.
      other.seen({ ...ann, name: 'Anna' });
      return isAbout;
    };
    if (!isWithin) await begin();
    if (!wasSeen) {
      persons.seen(ann);
      await seen();
    }
    await persons.forget('u-ann', async () => {
      if (isWithin) await begin();
      await a.eraseRecord('person', 'u-ann');
    });
    goOn();
    expect(await asks[0]).toBe(false);
    expect(await isKnown()).toBe(false);
    // Who comes back is known again.
    other.seen(ann);
    await seen();
  });
});

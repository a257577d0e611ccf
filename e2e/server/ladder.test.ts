// The whole way without a WebSocket: the provider and the server as they are shipped, side by side and through a proxy.

import type { Connection, ConnectionOptions, Rung } from '@weft/provider';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Nginx, type NginxOptions, nginxMissing } from '../nginx.js';
import {
  connect,
  newName,
  ownServer,
  sharedServer,
  spawnWeft,
  type TestServer,
  textOf,
  until,
  untilText,
} from './harness.js';

const server = sharedServer();
const LOWER: readonly Rung[] = ['events', 'poll'];

const NO_MEMORY = { read: () => null, write: () => undefined };

function connectBy(to: TestServer, name: string, options: Partial<ConnectionOptions>): Connection {
  return connect(to, name, { memory: NO_MEMORY, ...options });
}

/** How many sessions each transport carries. */
async function carried({ url }: Pick<TestServer, 'url'>): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = [...text.matchAll(/^weft_sessions\{transport="(\w+)",dialect="weft"\} (\d+)$/gm)];
  return Object.fromEntries(
    lines.map(([, transport, count]) => [transport, Number(count)]).filter(([, count]) => count),
  );
}

describe.each(LOWER)('by %s', (rung) => {
  test('text is saved and shown to others, and so are people, who leave when they leave', async () => {
    const name = newName();
    const ann = connectBy(server.current, 'Ann', { transports: [rung] });
    const bo = connectBy(server.current, 'Bo', {});
    const [hers, his] = [ann.open(name), bo.open(name)];
    await Promise.all([hers.whenSynced(), his.whenSynced()]);
    hers.presence.setLocalStateField('cursor', { anchor: 1, head: 1 });
    hers.doc.getText('text').insert(0, 'from Ann');
    await hers.whenSaved();
    await untilText(his.doc, 'from Ann');
    his.doc.getText('text').insert(0, 'from Bo, ');
    await his.whenSaved();
    await untilText(hers.doc, 'from Bo, from Ann');
    const others = (): number => his.presence.getStates().size - 1;
    await until(() => others() === 1, 'she is seen');
    ann.close();
    await until(() => others() === 0, 'she is gone');
  });

  test('a long paste arrives whole, and so does the document that it makes', async () => {
    const name = newName();
    const [ann, bo] = [1, 2].map(() => connectBy(server.current, 'Ann', { transports: [rung] }));
    const hers = ann!.open(name);
    await hers.whenSynced();
    const long = 'A sentence that is not the shortest. '.repeat(30_000);
    hers.doc.getText('text').insert(0, long);
    await hers.whenSaved();
    const his = bo!.open(name);
    await his.whenSynced();
    expect(textOf(his.doc)).toBe(long);
  });

  test('what is written while the server is away is saved when it is back', async () => {
    const first = await ownServer();
    const port = new URL(first.url).port;
    const ann = connectBy(first, 'Ann', { transports: [rung] });
    const document = ann.open('notes');
    await document.whenSynced();
    await first.kill();
    await until(() => ann.status.kind !== 'connected', 'it is noticed');
    document.doc.getText('text').insert(0, 'meanwhile');
    const second = spawnWeft('serve', '--host', '127.0.0.1', '--port', port, '--data', first.dataFolder);
    const url = await second.ready;
    ann.retryNow();
    await document.whenSaved();
    expect(await carried({ url })).toEqual({ [rung]: 1 });
  });
});

describe('behind a proxy that lets no WebSocket through', () => {
  const behind = async (options: NginxOptions): Promise<{ own: TestServer; proxied: TestServer }> => {
    const own = await ownServer();
    const nginx = await Nginx.start(own.url, options);
    onTestFinished(() => nginx.stop());
    return { own, proxied: { ...own, url: nginx.url } };
  };
  const all: readonly Rung[] = ['websocket', 'events', 'poll'];
  const reason = nginxMissing;
  if (reason !== null) process.stdout.write(`Not tested: behind a proxy. ${reason}.\n`);

  test.skipIf(reason !== null)('editing works over events, though it would buffer', async () => {
    const { own, proxied } = await behind({ holdsBack: false });
    await writeTogether(proxied, all);
    expect(await carried(own)).toEqual({ events: 2 });
  });

  test.skipIf(reason !== null)('editing works over polls, where streams are held back', async () => {
    const { own, proxied } = await behind({ holdsBack: true });
    await writeTogether(proxied, all);
    expect(await carried(own)).toEqual({ poll: 2 });
  });
});

async function writeTogether(proxied: TestServer, transports: readonly Rung[]): Promise<void> {
  const [ann, bo] = ['Ann', 'Bo'].map((name) => connectBy(proxied, name, { transports }).open('notes'));
  await Promise.all([ann!.whenSynced(), bo!.whenSynced()]);
  ann!.doc.getText('text').insert(0, 'a');
  await Promise.all([ann!.whenSaved(), untilText(bo!.doc, 'a')]);
  bo!.doc.getText('text').insert(1, 'b');
  await Promise.all([bo!.whenSaved(), untilText(ann!.doc, 'ab')]);
}

// Airplane mode for a while, in two windows: each writes on alone, one of their tabs dies on the way, and when the network is
// back both read the same text, with every word once.

import { expect, test as story } from './story.js';
import { TcpProxy } from './tcp-proxy.js';
import { agreed, Writer } from './writer.js';

const test = story.extend<{ wires: readonly [TcpProxy, TcpProxy] }>({
  wires: async ({ server }, use) => {
    const wires = [await TcpProxy.start(server.port), await TcpProxy.start(server.port)] as const;
    await use(wires);
    for (const wire of wires) await wire.cut();
  },
});

/** A page that is killed takes its last words with it. */
async function killTab({ page, context }: Writer): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  // It is not answered by a page that dies of it.
  session.send('Page.crash').catch(() => {});
  await crashed;
  await page.close();
}

/** Lets pages through from here on, and nothing that could carry text. @returns ends that */
async function holdCarriers({ context }: Writer): Promise<() => void> {
  let isHeld = true;
  await context.route(/\/weft\/(events|poll|send)(\?|$)/, (route) => (isHeld ? route.abort() : route.continue()));
  await context.routeWebSocket(/\/weft(\?|$)/, (socket) => {
    if (!isHeld) socket.connectToServer();
  });
  return () => {
    isHeld = false;
  };
}

test('two windows write on in airplane mode, and both read the same when they are back', async ({ wires, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  const writers = [ann, ben];
  await ann.open(`${wires[0].url}/d/flight`);
  await ann.type('one\ntwo\nthree');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  await ben.open(`${wires[1].url}/d/flight`);
  await expect.poll(() => ben.blocks()).toEqual(['one', 'two', 'three']);

  // A browser that is told to be offline keeps the WebSockets it has.
  for (const wire of wires) await wire.cut();
  for (const { context } of writers) await context.setOffline(true);
  for (const writer of writers) {
    await expect(writer.saveLine).toHaveText('Offline · what you write is kept on this device');
  }
  await ann.goToEndOf(0);
  await ann.type(', by Ann');
  await ben.goToEndOf(1);
  await ben.type(', by Ben');
  // Both in one paragraph, and both take something away.
  await ann.goToEndOf(2);
  await ann.type(' A');
  await ben.goToEndOf(2);
  await ben.type(' B');
  await ben.goToEndOf(0);
  for (const _ of 'one') await ben.press('Backspace');
  await ben.type('1');
  for (const writer of writers) await expect(writer.saveLine).toHaveText(/^Offline · \d+ changes kept on this device$/);
  expect(await ann.blocks()).toEqual(['one, by Ann', 'two', 'three A']);
  expect(await ben.blocks()).toEqual(['1', 'two, by Ben', 'three B']);

  for (const wire of wires) await wire.mend();
  for (const { context } of writers) await context.setOffline(false);
  for (const writer of writers) await expect(writer.saveLine).toHaveText(/^Saved · /);
  const [first, second, third] = await agreed(ann, ben);
  expect(['1, by Ann', ', by Ann1']).toContain(first);
  expect(second).toBe('two, by Ben');
  expect(['three A B', 'three B A']).toContain(third);
});

test('a tab that is killed in airplane mode is opened again, and nothing of it is missing or there twice', async ({
  wires,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${wires[0].url}/d/flight`);
  await ann.type('Before. ');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  await ben.open(`${wires[1].url}/d/flight`);
  await expect.poll(() => ben.blocks()).toEqual(['Before. ']);
  await wires[1].cut();
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'offline');
  await ben.goToEndOf(0);
  await ben.type('In the air.');
  await expect(ben.saveLine).toHaveText('Offline · 11 changes kept on this device');
  await ann.goToEndOf(0);
  await ann.type('On the ground. ');
  await killTab(ben);

  await wires[1].mend();
  const letGo = await holdCarriers(ben);
  const again = new Writer(await ben.context.newPage(), 'Ben Ro');
  await again.open(`${wires[1].url}/d/flight`);
  // Before the server has said anything.
  await expect.poll(() => again.blocks()).toEqual(['Before. In the air.']);
  await again.goToEndOf(0);
  await again.type(' Again.');
  await expect(again.saveLine).toHaveText(/kept on this device/);
  await expect.poll(() => again.keptChanges()).toBe('In the air. Again.'.length);
  await killTab(again);

  letGo();
  const landed = new Writer(await ben.context.newPage(), 'Ben Ro');
  await landed.open(`${wires[1].url}/d/flight`);
  await expect(landed.saveLine).toHaveText(/^Saved/);
  const [text = ''] = await agreed(ann, landed);
  expect(['Before. On the ground. In the air. Again.', 'Before. In the air. Again.On the ground. ']).toContain(text);
});

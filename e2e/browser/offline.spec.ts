// Writing without a connection: the page says so, keeps what is written, and brings it together when the wire is whole
// again. What is typed outlives its tab; where it cannot, nobody leaves without being asked.

import { expect, test } from './story.js';
import type { TcpProxy } from './tcp-proxy.js';
import type { WeftServer } from './weft-server.js';
import { agreed, Writer } from './writer.js';

/** As some browsers do in a private window. */
const refuseStorage = ({ context }: Writer): Promise<unknown> =>
  context.addInitScript(() => {
    const refuse = () => {
      throw new DOMException('No storage here.', 'SecurityError');
    };
    IDBFactory.prototype.open = refuse;
    // Even to ask for it.
    Object.defineProperty(window, 'localStorage', { get: refuse });
  });

/** From now on pages come and their connections stay silent, until `letGo`. */
async function holdSockets({ context }: Writer): Promise<() => void> {
  let isHeld = true;
  await context.routeWebSocket(/\/weft(\?|$)/, (socket) => {
    if (!isHeld) socket.connectToServer();
  });
  return () => {
    isHeld = false;
  };
}

/** Closes the tab as a person does. */
async function closeUnasked({ page, errors }: Writer): Promise<void> {
  const closed = page.waitForEvent('close');
  page.on('dialog', (dialog) => errors.push(`was asked for no reason: ${dialog.type()}`));
  await page.close({ runBeforeUnload: true });
  await closed;
}

/** Another tab of the same browser. */
const anotherTab = async ({ context, name }: Writer): Promise<Writer> => new Writer(await context.newPage(), name);

type Stage = { server: WeftServer; wire: TcpProxy; join: (name: string) => Promise<Writer> };

/** Ann has "Before. " in front of her; Ben wrote "Offline." behind it, without a connection, and closed his tab. There is one again. */
async function leaveUnsent({ server, wire, join }: Stage): Promise<[ann: Writer, ben: Writer]> {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/apart`);
  await ann.type('Before. ');
  await ben.open(`${wire.url}/d/apart`);
  await expect.poll(() => ben.blocks()).toEqual(['Before. ']);
  await ben.goToEndOf(0);
  await wire.cut();
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'offline');
  await ben.type('Offline.');
  await expect(ben.saveLine).toHaveText('Offline · 8 changes kept on this device');
  await closeUnasked(ben);
  await wire.mend();
  return [ann, ben];
}

test('two people write apart and find their texts together', async ({ server, wire, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/apart`);
  await ann.type('First line\nSecond line');
  await ben.open(`${wire.url}/d/apart`);
  await expect(ben.saveLine).toHaveText(/^Saved/);
  await expect(ben.page.getByRole('button', { name: /Ann Ek/ })).toBeVisible();

  await wire.cut();
  await expect(ben.saveLine).toHaveText('Offline · what you write is kept on this device');
  await expect(ben.page.getByRole('group', { name: 'Only you are here' })).toBeVisible();
  await expect(ben.caretOf('Ann Ek')).toHaveCount(0);
  await expect(ann.page.getByRole('group', { name: 'Only you are here' })).toBeVisible();

  await ben.goToEndOf(1);
  await ben.type(', by Ben');
  await ann.goToEndOf(0);
  await ann.type(', by Ann');
  await ann.goToEndOf(1);
  await ann.press('Home');
  await ann.type('The s');
  await ann.press('Delete');
  await expect(ben.saveLine).toHaveText('Offline · 8 changes kept on this device');
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'offline');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');

  await wire.mend();
  for (const writer of [ann, ben]) {
    await expect.poll(() => writer.blocks()).toEqual(['First line, by Ann', 'The second line, by Ben']);
    await expect(writer.saveLine).toHaveAttribute('data-save-state', 'saved');
    await expect(writer.page.getByRole('group', { name: '2 people here' })).toBeVisible();
  }
});

test('deletions made elsewhere meanwhile arrive, too (J1)', async ({ server, wire, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/apart`);
  await ann.type('Too many words here');
  await ben.open(`${wire.url}/d/apart`);
  await wire.cut();
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'offline');
  for (const _ of ' here') await ann.press('Backspace');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  await wire.mend();
  await expect.poll(() => ben.blocks()).toEqual(['Too many words']);
});

test('a connection that hangs is no place where anything is saved', async ({ server, wire, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/apart`);
  await ben.open(`${wire.url}/d/apart`);
  wire.hold();
  await ben.text.click();
  await ben.type('Into the void');
  await expect(ben.saveLine).toHaveText('Saving…');
  await ann.text.click();
  await ann.type('Here');
  await expect(ann.saveLine).toHaveText(/^Saved/);
  await expect.poll(() => ann.blocks()).toEqual(['Here']);
  await expect.poll(() => ben.blocks()).toEqual(['Into the void']);
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saving');

  await wire.mend();
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
  await expect.poll(async () => (await ann.blocks()).toSorted()).toEqual(['Here', 'Into the void']);
  await agreed(ann, ben);
});

test('who closes the tab is asked when unsaved changes could not be kept, and else is not', async ({ wire, join }) => {
  const ben = await join('Ben Ro');
  await refuseStorage(ben);
  await ben.open(`${wire.url}/d/apart`);
  await ben.type('Safe');
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
  await wire.cut();
  await ben.type(' and not');
  await expect(ben.saveLine).toHaveText(/^Offline · \d changes kept/);

  const asked = ben.page.waitForEvent('dialog');
  await ben.page.close({ runBeforeUnload: true });
  const question = await asked;
  expect(question.type()).toBe('beforeunload');
  await question.dismiss();
  expect(await ben.blocks()).toEqual(['Safe and not']);

  await wire.mend();
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
  await closeUnasked(ben);
});

test('what was not saved yet outlives a visit to the list of documents', async ({ wire, join, server }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ben.open(`${wire.url}/d/apart`);
  await ben.hasPages();
  await wire.cut();
  await ben.type('Written offline');
  await ben.page.getByRole('link', { name: 'All documents' }).click();
  await expect(ben.page.getByRole('heading', { name: 'Documents', level: 1 })).toBeVisible();
  await wire.mend();
  await ann.open(`${server.url}/d/apart`);
  await expect.poll(() => ann.blocks()).toEqual(['Written offline']);
});

test('what was typed offline outlives its tab, is shown before the network answers, and arrives once (S3)', async ({
  server,
  wire,
  join,
}) => {
  const [ann, ben] = await leaveUnsent({ server, wire, join });
  const letGo = await holdSockets(ben);
  const again = await anotherTab(ben);
  await again.open(`${wire.url}/d/apart`);
  await expect.poll(() => again.blocks()).toEqual(['Before. Offline.']);
  await again.goToEndOf(0);
  await again.type(' Again.');
  expect(await again.blocks()).toEqual(['Before. Offline. Again.']);
  await expect(again.saveLine).toHaveText(/kept on this device/);
  await expect.poll(() => again.keptChanges()).toBe('Offline. Again.'.length);
  await ann.goToEndOf(0);
  expect(await ann.blocks()).toEqual(['Before. ']);
  await again.page.close();

  letGo();
  const online = await anotherTab(ben);
  await online.open(`${wire.url}/d/apart`);
  await expect.poll(() => ann.blocks()).toEqual(['Before. Offline. Again.']);
  await expect(online.saveLine).toHaveAttribute('data-save-state', 'saved');
  await expect.poll(() => online.blocks()).toEqual(['Before. Offline. Again.']);
});

test('a browser in which two tabs were killed offline sends what both wrote', async ({ server, wire, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/apart`);
  await ann.type('one\ntwo');
  await ben.open(`${wire.url}/d/apart`);
  const other = await anotherTab(ben);
  await other.open(`${wire.url}/d/apart`);
  await expect.poll(() => other.blocks()).toEqual(['one', 'two']);
  await wire.cut();
  await ben.goToEndOf(0);
  await ben.type(' left', 20);
  await other.goToEndOf(1);
  await other.type(' right', 20);
  // Each has what the other has not sent, too.
  for (const tab of [ben, other]) await expect(tab.saveLine).toHaveText('Offline · 11 changes kept on this device');
  await other.page.close();
  await ben.page.close();
  await wire.mend();

  const third = await anotherTab(ben);
  await third.open(`${wire.url}/d/apart`);
  await expect.poll(() => ann.blocks()).toEqual(['one left', 'two right']);
  await expect.poll(() => third.blocks()).toEqual(['one left', 'two right']);
});

test('what was left unsent is sent from whatever page is opened next', async ({ server, wire, join }) => {
  const [ann, ben] = await leaveUnsent({ server, wire, join });
  const list = await anotherTab(ben);
  await list.page.goto(wire.url);
  await expect.poll(() => ann.blocks()).toEqual(['Before. Offline.']);
  await list.page.getByRole('listitem').getByRole('link').click();
  await expect.poll(() => list.blocks()).toEqual(['Before. Offline.']);
});

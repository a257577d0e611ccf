// Several tabs of one person: they show each other's text with and without a connection, none of them depends on another
// that is killed or frozen, and others see the person once.

import type { CDPSession } from '@playwright/test';
import { expect, test } from './story.js';
import type { TcpProxy } from './tcp-proxy.js';
import { Writer } from './writer.js';

/** Another tab of the same browser, on the same document. */
async function anotherTab({ context, name, page }: Writer): Promise<Writer> {
  const tab = new Writer(await context.newPage(), name);
  await tab.open(page.url());
  await expect(tab.saveLine).toHaveAttribute('data-save-state', /saved|offline/);
  return tab;
}

/** As a browser does with tabs that nobody looked at for long: nothing runs in it any more. */
async function freeze({ page, context }: Writer): Promise<CDPSession> {
  const session = await context.newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  return session;
}

const offline = (writer: Writer) => expect(writer.saveLine).toHaveAttribute('data-save-state', 'offline');
const saved = (writer: Writer) => expect(writer.saveLine).toHaveAttribute('data-save-state', 'saved');

type Stage = { server: { url: string }; wire: TcpProxy; join: (name: string) => Promise<Writer> };

/** Ann is connected; Ben has her document, which says "one" and "two", in two tabs without a connection. */
async function offlineInTwoTabs({ server, wire, join }: Stage): Promise<[ann: Writer, ben: Writer, second: Writer]> {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/tabs`);
  await ann.type('one\ntwo');
  await saved(ann);
  await ben.open(`${wire.url}/d/tabs`);
  const second = await anotherTab(ben);
  await wire.cut();
  for (const tab of [ben, second]) await offline(tab);
  return [ann, ben, second];
}

test('two tabs of one person write together, and others see one person, where they are', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/tabs`);
  await ann.type('One\nTwo');
  await saved(ann);
  const second = await anotherTab(ann);
  await ben.open(`${server.url}/d/tabs`);
  await expect.poll(() => ben.textBefore('Ann Ek')).toBe('Two');
  await second.goToEndOf(0);
  await second.type(' more');
  await expect.poll(() => ann.blocks()).toEqual(['One more', 'Two']);
  await expect.poll(() => ben.textBefore('Ann Ek')).toBe('One more');
  await expect(ben.caretOf('Ann Ek')).toHaveCount(1);
  await expect(ben.page.getByRole('group', { name: '2 people here' })).toBeVisible();
  await expect(ann.page.getByRole('group', { name: '2 people here' })).toBeVisible();

  await ann.goToEndOf(1);
  await ann.press('Home');
  await expect.poll(() => ben.textBefore('Ann Ek')).toBe('');
  await second.page.close();
  await expect(ben.caretOf('Ann Ek')).toHaveCount(1);
  await expect(ben.page.getByRole('group', { name: '2 people here' })).toBeVisible();
});

test('two tabs offline see each other’s text at once', async ({ server, wire, join }) => {
  const [ann, ben, second] = await offlineInTwoTabs({ server, wire, join });
  await ben.goToEndOf(0);
  await ben.type(' left');
  await expect.poll(() => second.blocks()).toEqual(['one left', 'two']);
  await second.goToEndOf(1);
  await second.type(' right');
  await expect.poll(() => ben.blocks()).toEqual(['one left', 'two right']);
  expect(await ann.blocks()).toEqual(['one', 'two']);

  await wire.mend();
  for (const each of [ann, ben, second]) {
    await expect.poll(() => each.blocks()).toEqual(['one left', 'two right']);
    await saved(each);
  }
});

test('a tab that is killed offline leaves what it wrote to the other', async ({ server, wire, join }) => {
  const [ann, ben, second] = await offlineInTwoTabs({ server, wire, join });
  await second.goToEndOf(1);
  await second.type(' by the tab that goes');
  await expect.poll(() => ben.blocks()).toEqual(['one', 'two by the tab that goes']);
  await second.page.close();
  await ben.goToEndOf(0);
  await ben.type(' by the one that stays');
  await wire.mend();
  await expect.poll(() => ann.blocks()).toEqual(['one by the one that stays', 'two by the tab that goes']);
  await saved(ben);
});

test('a tab that is frozen costs the other nothing, and has everything when it wakes', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/tabs`);
  await ann.type('one\ntwo');
  await saved(ann);
  const second = await anotherTab(ann);
  await ben.open(`${server.url}/d/tabs`);
  await ben.goToEndOf(1);
  const frozen = await freeze(ann);
  await second.page.bringToFront();
  await second.goToEndOf(0);
  await second.type(' while the other slept');
  await saved(second);
  await expect.poll(() => ben.blocks()).toEqual(['one while the other slept', 'two']);
  await ben.type(', too');
  await expect.poll(() => second.blocks()).toEqual(['one while the other slept', 'two, too']);

  await frozen.send('Page.setWebLifecycleState', { state: 'active' });
  await ann.page.bringToFront();
  await expect.poll(() => ann.blocks()).toEqual(['one while the other slept', 'two, too']);
  await ann.goToEndOf(1);
  await ann.type('!');
  await saved(ann);
  for (const each of [second, ben]) {
    await expect.poll(() => each.blocks()).toEqual(['one while the other slept', 'two, too!']);
  }
});

test('what a tab wrote offline before it was frozen is sent by the other', async ({ server, wire, join }) => {
  const [ann, ben, second] = await offlineInTwoTabs({ server, wire, join });
  await ben.goToEndOf(0);
  await ben.type(' before the frost');
  await freeze(ben);
  await expect.poll(() => second.blocks()).toEqual(['one before the frost', 'two']);
  await wire.mend();
  await expect.poll(() => ann.blocks()).toEqual(['one before the frost', 'two']);
  await saved(second);
});

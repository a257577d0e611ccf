// A page that is opened while there is no network at all: the app comes from the browser, the text from its local copy, and
// what is written then is saved when there is a network again. What the server says of people is not kept on the way.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { ROLES } from '@weft/protocol';
import { scriptsOf } from '../app-size.mjs';
import { picture, windows } from './picture.js';
import { ReleaseProxy } from './release-proxy.js';
import { expect, test } from './story.js';
import { tapWire } from './wire-tap.js';
import { Writer } from './writer.js';

const anew = { serviceWorkers: 'allow' } as const;

/** Goes to the list, with which the copy of what was shown is written. */
async function leave({ page }: Writer): Promise<void> {
  await page.getByRole('link', { name: 'All documents' }).click();
  await expect(page.getByRole('button', { name: /^On this device/ })).toBeVisible();
}

/** The app is kept from now on. */
const appIsKept = (page: Page): Promise<unknown> => page.evaluate(() => navigator.serviceWorker.ready.then(() => true));

test('opens from this browser, is written in, and is saved when the network is back', async ({
  server,
  wire,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro', anew)];
  await ben.open(`${wire.url}/d/train`);
  await ben.title.fill('On the train');
  await ben.title.press('Enter');
  await ben.type('Before. ');
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
  await appIsKept(ben.page);
  await ann.open(`${server.url}/d/train`);
  await ann.goToEndOf(0);
  await ann.type('By Ann. ');
  await expect.poll(() => ben.blocks()).toEqual(['Before. By Ann. ']);
  await leave(ben);
  await wire.cut();
  await ben.page.close();

  const later = new Writer(await ben.context.newPage(), 'Ben Ro');
  await later.page.goto(`${wire.url}/`);
  await expect(later.page.getByText('These documents are on this device')).toBeVisible();
  await later.page.getByRole('link', { name: /On the train/ }).click();
  await expect(later.text).toContainText('Before. By Ann.');
  await expect(later.saveLine).toHaveText('Offline · what you write is kept on this device');
  await later.goToEndOf(0);
  await later.type('Offline.');
  await expect.poll(() => later.keptChanges()).toBe('Offline.'.length);
  await later.page.reload();
  await expect(later.text).toContainText('Before. By Ann. Offline.');
  await expect(later.title).toHaveValue('On the train');

  await wire.mend();
  await expect(later.saveLine).toHaveAttribute('data-save-state', 'saved', { timeout: 40_000 });
  await expect.poll(() => ann.blocks()).toEqual(['Before. By Ann. Offline.']);
  expect(later.errors).toEqual([]);
});

test('who could only read a document reads it offline, too', async ({ server, wire, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro', anew)];
  await ann.open(`${server.url}/d/train`);
  await ann.type('Read me.');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  const asReader = { role: ROLES.indexOf('reader') + 1, access: 0 };
  await tapWire(ben.page, { heard: (message) => (message.type === 'Opened' ? { ...message, ...asReader } : message) });
  await ben.open(`${wire.url}/d/train`);
  await expect(ben.saveLine).toHaveText('You can read');
  await appIsKept(ben.page);
  await leave(ben);
  await wire.cut();
  await ben.page.goto(`${wire.url}/d/train`);
  await expect(ben.text).toContainText('Read me.');
  await expect(ben.text).toHaveAttribute('contenteditable', 'false');
  await expect(ben.saveLine).toHaveText('You can read');
});

test('keeps the app, and nothing that the server says of people and documents', async ({ server, join }) => {
  const ben = await join('Ben Ro', anew);
  await ben.open(`${server.url}/d/kept`);
  await ben.type('Text.');
  await appIsKept(ben.page);
  await ben.page.goto(`${server.url}/`);
  await expect(ben.page.getByRole('listitem')).toHaveCount(1);
  await ben.page.goto(`${server.url}/sign-in?reason=failed`);
  const kept = await ben.page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });
  expect(kept).toContain('/');
  expect(kept.filter((path) => !/^\/($|favicon\.svg$|assets\/)/.test(path))).toEqual([]);
});

test('what is loaded when it is used is there without a network', async ({ wire, join }) => {
  const ben = await join('Ben Ro', anew);
  await ben.open(`${wire.url}/d/train`);
  await ben.type('Text.');
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
  await appIsKept(ben.page);
  const kept = await ben.page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });
  const built = scriptsOf(fileURLToPath(new URL('../../web/dist/', import.meta.url)));
  expect(built.length).toBeGreaterThan(20);
  expect(built.filter((file) => !kept.includes(`/assets/${file}`))).toEqual([]);
  await leave(ben);
  await wire.cut();

  const { page } = ben;
  await page.goto(`${wire.url}/d/train`);
  await expect(ben.text).toContainText('Text.');
  await page.keyboard.press('Control+f');
  await page.getByRole('textbox', { name: 'Find' }).fill('text');
  await expect(page.getByText('1 of 1')).toBeVisible();
  await page.keyboard.press('Control+/');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Share' }).click();
  await page
    .getByRole('dialog', { name: /^Share/ })
    .getByRole('button', { name: 'Done' })
    .click();
  await page.getByRole('button', { name: 'More', exact: true }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Download as Markdown' }).click(),
  ]);
  expect(await readFile(await file.path(), 'utf8')).toContain('Text.');
  await page.goto(`${wire.url}/kept`);
  await expect(page.getByRole('heading', { name: 'Nothing is kept here' })).toBeVisible();

  // What only the server has is told of, and comes with the network.
  await page.goto(`${wire.url}/history/train`);
  await expect(page.getByRole('heading', { name: 'The past could not be loaded' })).toBeVisible();
  await expect(page.getByText('It is kept on the server; your text is not affected.')).toBeVisible();
  await page.goto(`${wire.url}/trash`);
  const told = page.getByRole('alert').filter({ hasText: 'What is in the trash could not be fetched.' });
  await expect(told).toContainText('The server cannot be reached.');
  await picture(page, 'no-network-trash');
  await wire.mend();
  await told.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'The trash is empty' })).toBeVisible();
});

test('a server that does not answer within seconds is not waited for', async ({ wire, join }) => {
  const ben = await join('Ben Ro', anew);
  await ben.open(`${wire.url}/d/train`);
  await ben.type('Text.');
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
  await appIsKept(ben.page);
  await leave(ben);
  await wire.cut();
  await wire.mend();
  wire.hold();
  await ben.page.goto(`${wire.url}/d/train`);
  await expect(ben.text).toContainText('Text.', { timeout: 20_000 });
});

test('a page of an older release says that there is a newer one', async ({ server, join }) => {
  const releases = await ReleaseProxy.start(server.port);
  const ben = await join('Ben Ro', anew);
  await ben.page.goto(`${releases.url}/`);
  await appIsKept(ben.page);
  await expect(ben.page.getByRole('heading', { name: 'Your documents will be here' })).toBeVisible();
  await expect(ben.page.getByText('A newer version of Weft is ready.')).toHaveCount(0);
  releases.hasNewer = true;
  await ben.page.evaluate(() => dispatchEvent(new Event('online')));
  await expect(ben.page.getByText('A newer version of Weft is ready.')).toBeVisible();
  await releases.close();
});

test('a page to sign in at is not kept in the place of what was asked for', async ({ server, join }) => {
  const proxy = await ReleaseProxy.start(server.port);
  const ben = await join('Ben Ro', anew);
  await ben.page.goto(`${proxy.url}/`);
  await appIsKept(ben.page);
  proxy.asksToSignIn = true;
  const part = await ben.page.evaluate(async () => {
    const { redirected, status } = await fetch('/assets/later.js');
    return { redirected, status, isKept: (await caches.match('/assets/later.js', { ignoreVary: true })) !== undefined };
  });
  expect(part).toEqual({ redirected: true, status: 200, isKept: false });
  await proxy.close();
});

for (const [size, options] of windows) {
  test(`pictures of a page without a network, ${size}`, async ({ wire, join }) => {
    const ben = await join('Ben Ro', { ...options, ...anew });
    await ben.open(`${wire.url}/d/train`);
    await ben.title.fill('On the train');
    await ben.title.press('Enter');
    await ben.type('Written before the tunnel.');
    await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
    await appIsKept(ben.page);
    await leave(ben);
    await wire.cut();
    await ben.page.goto(`${wire.url}/`);
    await expect(ben.page.getByText('These documents are on this device')).toBeVisible();
    await picture(ben.page, `no-network-start-${size}`);
    await ben.page.getByRole('link', { name: /On the train/ }).click();
    await expect(ben.saveLine).toHaveAttribute('data-save-state', 'offline');
    await picture(ben.page, `no-network-document-${size}`);
  });
}

// Parts of the app that are loaded when they are used: what does not come is told of, with what helps, and nothing else suffers.

import type { Page } from '@playwright/test';
import { paste, png } from './brought-files.js';
import { picture, windows } from './picture.js';
import { expect, test } from './story.js';

const share = (page: Page) => page.getByRole('button', { name: 'Share' });

/** Nothing of what `pattern` says comes any more, nor does the server answer. */
async function cut(page: Page, pattern: string): Promise<() => Promise<void>> {
  const patterns = [pattern, '**/service-worker.js'];
  for (const each of patterns) await page.route(each, (route) => route.abort());
  return async () => {
    for (const each of patterns) await page.unroute(each);
  };
}

test('a part that does not come is told of, and comes when it is asked for again', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/late`);
  await ann.type('Text. ');
  const mend = await cut(ann.page, '**/assets/share-dialog-*');
  await share(ann.page).click();
  const told = ann.page.getByRole('alert').filter({ hasText: 'Sharing could not be loaded.' });
  await expect(told).toContainText('The server cannot be reached now.');
  await mend();
  await told.getByRole('button', { name: 'Try again' }).click();
  // A browser may remember until the page is loaded anew that a script did not come.
  const dialog = ann.page.getByRole('dialog', { name: /^Share/ });
  const reload = told.getByRole('button', { name: 'Reload' });
  await expect(dialog.or(reload)).toBeVisible();
  if (await reload.isVisible()) {
    await ann.goToEndOf(0);
    await ann.type('More.');
    await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
    await reload.click();
    await expect(ann.text).toHaveText('Text. More.');
    await share(ann.page).click();
  }
  await expect(dialog).toBeVisible();
  await expect(told).toHaveCount(0);
});

test('a page whose part does not come says so in its place', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  const mend = await cut(ann.page, '**/assets/document-page-*');
  await ann.page.goto(server.url);
  await ann.page.getByRole('button', { name: 'New document' }).click();
  await expect(ann.page.getByRole('heading', { name: 'This page could not be loaded' })).toBeVisible();
  // What is there already is not in the way of the list.
  await ann.page.getByRole('link', { name: 'All documents' }).click();
  await expect(ann.page.getByRole('heading', { name: 'Documents', exact: true })).toBeVisible();
  await mend();
  await ann.page.reload();
  await ann.page.getByRole('listitem').getByRole('link').click();
  await ann.text.waitFor();
});

test('without what a text is written in, the page of a document says so', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  const mend = await cut(ann.page, '**/assets/editor-*');
  await ann.page.goto(`${server.url}/d/late`);
  await expect(ann.page.getByRole('heading', { name: 'The editor could not be loaded' })).toBeVisible();
  await mend();
  await ann.open(`${server.url}/d/late`);
  await ann.type('Here.');
  await expect(ann.text).toHaveText('Here.');
});

test('of a release that the server has no more, the page is to be loaded anew', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/late`);
  await ann.page.route('**/assets/share-dialog-*', (route) => route.fulfill({ status: 404 }));
  await share(ann.page).click();
  const told = ann.page.getByRole('alert').filter({ hasText: 'Sharing could not be loaded.' });
  await expect(told.getByRole('button', { name: 'Reload' })).toBeVisible();
  await ann.page.unroute('**/assets/share-dialog-*');
  await told.getByRole('button', { name: 'Reload' }).click();
  await ann.text.waitFor();
  await share(ann.page).click();
  await expect(ann.page.getByRole('dialog', { name: /^Share/ })).toBeVisible();
});

test('names of signs in Markdown that is pasted are read as the browser knows them', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/late`);
  await ann.page.locator('weft-block-handle').waitFor({ state: 'attached' });
  // The last three are none: one is unknown, one only begins like one, and one has no semicolon.
  await ann.paste('**Oil** &amp; rope&semi; 5&nbsp;kn &NotEqualTilde; &lt;b&gt; &whale; &notit; &copy 1906');
  await expect(ann.text.locator('strong')).toHaveText('Oil');
  await expect.poll(() => ann.blocks()).toEqual(['Oil & rope; 5\u00a0kn \u2242\u0338 <b> &whale; &notit; &copy 1906']);
});

test('what is typed while the popover of a link is on its way is the address', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  const letIn = await holdBack(ann.page, '**/assets/writing-tools-*');
  await ann.open(`${server.url}/d/late`);
  await ann.type('whale');
  await ann.press('Shift+Home');
  await ann.press('ControlOrMeta+k');
  await ann.page.keyboard.type('example.org/oil');
  await ann.press('Enter');
  letIn();
  await expect(ann.text.getByRole('link', { name: 'whale' })).toHaveAttribute('href', 'https://example.org/oil');
  await expect(ann.page.getByRole('dialog', { name: 'Link' })).toBeHidden();
  // The caret is where it was.
  await ann.press('ArrowRight');
  await ann.type('r');
  await expect(ann.text).toHaveText('whaler');
});

test('where the popover of a link does not come, that is said, and one writes on', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await cut(ann.page, '**/assets/writing-tools-*');
  await ann.open(`${server.url}/d/late`);
  await ann.type('whale');
  await ann.page.getByRole('button', { name: 'Link', exact: true }).click();
  const told = ann.page.getByRole('alert').filter({ hasText: 'could not be loaded.' });
  await expect(told).toContainText('The server cannot be reached now.');
  await expect(ann.text).toBeFocused();
  await ann.type('r');
  await expect(ann.text).toHaveText('whaler');
});

test('the menu of a document opens once what it is made of comes', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/late`);
  const letIn = await holdBack(ann.page, '**/assets/document-menu-*');
  const more = ann.page.getByRole('button', { name: 'More', exact: true });
  const menu = ann.page.getByRole('menu', { name: 'More' });
  await more.press('Enter');
  letIn();
  await expect(ann.page.getByRole('menuitem', { name: /^Find/ })).toBeFocused();
  await ann.press('Escape');
  await expect(menu).toBeHidden();
  await expect(more).toBeFocused();
  await more.click();
  await expect(menu).toBeVisible();
  await more.click();
  await expect(menu).toBeHidden();
});

test('Markdown that is pasted stays as text until what reads it comes', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/late`);
  await ann.page.locator('weft-block-handle').waitFor({ state: 'attached' });
  let letIn = (): void => undefined;
  const open = new Promise<void>((resolve) => (letIn = resolve));
  await ann.page.route('**/assets/markdown-reader-*', (route) => open.then(() => route.continue()));
  await ann.paste('Take **whale** oil');
  await expect.poll(() => ann.blocks()).toEqual(['Take **whale** oil']);
  await ann.type(', or none');
  await expect.poll(() => ann.blocks()).toEqual(['Take **whale** oil, or none']);
  letIn();
  await expect(ann.text.locator('strong')).toHaveText('whale');
  await ann.type('.');
  await expect.poll(() => ann.blocks()).toEqual(['Take whale oil, or none.']);
});

test('Markdown that cannot be read stays as text, which is said', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/late`);
  await ann.page.locator('weft-block-handle').waitFor({ state: 'attached' });
  await cut(ann.page, '**/assets/markdown-reader-*');
  await ann.paste('Take **whale** oil');
  const told = ann.page.getByRole('alert').filter({ hasText: 'The Markdown reader could not be loaded.' });
  await expect(told).toContainText('What was pasted stays as text.');
  await ann.type(', or none');
  await expect.poll(() => ann.blocks()).toEqual(['Take **whale** oil, or none']);
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
});

/** A part of the app that is on its way until it is let in. */
async function holdBack(page: Page, part: string): Promise<() => void> {
  let letIn = (): void => undefined;
  const open = new Promise<void>((resolve) => (letIn = resolve));
  await page.route(part, (route) => open.then(() => route.continue()));
  return letIn;
}

test('a picture that is pasted before the page can take it in waits for that', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  const letIn = await holdBack(ann.page, '**/assets/pictures-*');
  await ann.open(`${server.url}/d/late`);
  await ann.type('Text.');
  await paste(ann.page, { files: [png('lamp.png')] });
  letIn();
  await expect(ann.text.locator('figure .picture > img')).toBeVisible();
  await expect(ann.text).toContainText('Text.');
});

test('what is pasted before the page can take its pictures in comes once, where it was pasted', async ({
  server,
  join,
}) => {
  const ann = await join('Ann Ek');
  const letIn = await holdBack(ann.page, '**/assets/pictures-*');
  await ann.open(`${server.url}/d/late`);
  await ann.type('Lamp');
  await ann.press('Enter');
  await ann.type('whale');
  await ann.goToEndOf(0);
  const html = `<p>, lit</p><img src="data:image/png;base64,${png('lamp.png').buffer.toString('base64')}">`;
  await paste(ann.page, { html });
  await paste(ann.page, { html });
  await ann.goToEndOf(1);
  await ann.press('Shift+Home');
  letIn();
  await expect(ann.text.locator('figure .picture > img')).toBeVisible();
  await ann.type('oil');
  await expect.poll(async () => (await ann.blocks()).filter((block) => block !== '')).toEqual(['Lamp, lit', 'oil']);
  await expect(ann.text.locator('figure')).toHaveCount(1);
});

for (const [how, leave] of [
  ['by a link', (page: Page) => page.getByRole('link', { name: 'All documents' }).click()],
  ['by its address', (page: Page) => page.goto(new URL('/', page.url()).href)],
] as const) {
  test(`who leaves ${how} before pasted pictures can be taken in leaves the words there`, async ({ server, join }) => {
    const ann = await join('Ann Ek');
    let letIn = (): void => undefined;
    const open = new Promise<void>((resolve) => (letIn = resolve));
    await ann.page.route('**/assets/pictures-*', (route) => open.then(() => route.continue()));
    await ann.open(`${server.url}/d/late`);
    await ann.type('Lamp');
    await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
    await paste(ann.page, { html: '<p>, lit</p><img src="https://example.org/lamp.png">' });
    await leave(ann.page);
    await expect(ann.page.getByRole('heading', { name: 'Documents', exact: true })).toBeVisible();
    letIn();
    await ann.page.getByRole('listitem').getByRole('link').click();
    await expect(ann.text).toHaveText('Lamp, lit');
  });
}

for (const [size, options] of windows) {
  test(`pictures of parts that did not come, ${size}`, async ({ server, join }) => {
    const ann = await join('Ann Ek', options);
    await cut(ann.page, '**/assets/start-page-*');
    await ann.open(`${server.url}/d/late`);
    await ann.title.fill('The keeper’s almanac');
    await ann.title.press('Enter');
    await ann.type('The lamp burns oil.', 0);
    await cut(ann.page, '**/assets/share-dialog-*');
    await share(ann.page).click();
    await expect(ann.page.getByText('Sharing could not be loaded.')).toBeVisible();
    await picture(ann.page, `late-part-${size}`);
    await ann.page.getByRole('link', { name: 'All documents' }).click();
    await expect(ann.page.getByRole('heading', { name: 'This page could not be loaded' })).toBeVisible();
    await picture(ann.page, `late-page-${size}`);
  });
}

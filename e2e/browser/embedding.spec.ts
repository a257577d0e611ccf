// The editor in a page of another origin (examples/embedding), beside somebody in the app.

import type { Locator } from '@playwright/test';
import { png } from './brought-files.js';
import { expectCaretSeen } from './caret.js';
import { freePort } from './members.js';
import { picture, windows } from './picture.js';
import { saveOf, test, textOf } from './site.js';
import { expect } from './story.js';

test('one writes in the app and one in a page of another origin, and each sees the other', async ({
  site,
  server,
  join,
}) => {
  const hanna = await join('Hanna');
  await hanna.page.goto(site);
  const plan = hanna.page.locator('#plan');
  await textOf(plan).click();
  await hanna.type('From elsewhere.');
  await expect(saveOf(plan)).toHaveAttribute('data-save-state', 'saved');

  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/team/plan`);
  await expect(ann.text).toHaveText(/^From elsewhere\./);
  await expect(ann.page.getByRole('button', { name: 'Hanna – follow' })).toBeVisible();
  await expect(plan.getByRole('button', { name: 'Ann Ek – follow' })).toBeVisible();
  await ann.goToEndOf(0);
  await ann.type(' And from the app.');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  await expect(textOf(plan)).toHaveText(/From elsewhere\. And from the app\./);
  await expect(plan.locator('.weft-caret-name')).toHaveText('Ann Ek');

  // What is opened by keys and by a slash is in the element, too.
  await textOf(plan).click();
  await hanna.press('Control+End');
  await hanna.press('Enter');
  await hanna.type('/');
  await expect(plan.getByRole('option', { name: 'Heading 1' })).toBeVisible();
  await hanna.type('heading 1');
  await hanna.press('Enter');
  await hanna.type('Lamps');
  await expect(ann.page.getByRole('heading', { name: 'Lamps' })).toBeVisible();
  await hanna.press('Control+f');
  await expect(
    plan.getByRole('searchbox', { name: 'Find' }).or(plan.getByLabel('Find', { exact: true })),
  ).toBeFocused();
});

test('the line one writes in is under no head, whatever scrolls the editor', async ({ site, join }) => {
  const hanna = await join('Hanna');
  const { page } = hanna;
  await page.goto(site);
  const text = textOf(page.locator('#plan'));
  await text.click();
  await text.evaluate(
    (editable, words) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', words);
      editable.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    },
    Array.from({ length: 60 }, (_, index) => `Paragraph ${index}.`).join('\n\n'),
  );
  await expect(text.locator('p')).toHaveCount(60);
  for (const style of ['body { --weft-top: 60px }', '#within { overflow: auto; height: 300px; margin-top: 80px }']) {
    await page.evaluate((rule) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(rule);
      document.adoptedStyleSheets = [sheet];
      document.querySelector('#plan')?.parentElement?.setAttribute('id', 'within');
    }, style);
    await hanna.press('Control+Home');
    for (let line = 0; line < 5; line++) await hanna.press('ArrowDown');
    await hanna.press('Enter');
    await expectCaretSeen(text, /^Paragraph 5\./);
    await hanna.press('Control+End');
    await expectCaretSeen(text, /^Paragraph 59/);
    await hanna.press('Control+z');
    await expectCaretSeen(text, /^Paragraph 5\./);
    for (let line = 0; line < 3; line++) await hanna.press('ArrowUp');
    await hanna.press('z');
    await expectCaretSeen(text, /^z+Paragraph 2/);
  }
});

test('of two in one page each has its own parts and colours, and the page keeps its own', async ({ site, join }) => {
  const hanna = await join('Hanna');
  await hanna.page.goto(site);
  const [plan, notes] = [hanna.page.locator('#plan'), hanna.page.locator('#notes')];
  await textOf(plan).click();
  await expect(plan.getByRole('toolbar', { name: 'Formatting' })).toBeVisible();
  await hanna.type('Some words');
  await expect(plan.getByText('2 words')).toBeVisible();

  // A part of the page's in the place of ours, one left out, one coloured.
  await textOf(notes).click();
  await expect(notes.getByRole('toolbar', { name: 'Formatting' })).toHaveCount(0);
  await hanna.page.locator('#bold').click();
  await hanna.type('Strong');
  await expect(notes.locator('strong')).toHaveText('Strong');
  await expect(notes.getByText('1 word')).toHaveCount(0);
  await expect(hanna.page.locator('#state')).toHaveText('saved');
  const colors = (editor: Locator) =>
    editor.locator('.sheet').evaluate((sheet) => {
      const { borderTopColor } = getComputedStyle(sheet);
      return [borderTopColor, getComputedStyle(sheet).getPropertyValue('--accent').trim()];
    });
  expect(await colors(notes)).toEqual(['rgb(0, 128, 128)', 'rgb(0 128 128)']);
  expect((await colors(plan))[0]).not.toBe('rgb(0, 128, 128)');

  // Neither's styles reach the other.
  const button = plan.getByRole('toolbar', { name: 'Formatting' }).getByRole('button').first();
  await expect(button).toHaveCSS('text-transform', 'none');
  await expect(hanna.page.locator('#bold')).toHaveCSS('text-transform', 'uppercase');
  await expect(hanna.page.getByRole('heading', { level: 1 })).not.toHaveCSS('margin-top', '0px');
});

test('a page says how wide the editor is, and whether the sheet stands alone; keys are for the one with the focus', async ({
  site,
  join,
}) => {
  const hanna = await join('Hanna');
  await hanna.page.goto(site);
  const [plan, notes] = [hanna.page.locator('#plan'), hanna.page.locator('#notes')];
  await textOf(plan).click();
  const widthOf = (): Promise<number> =>
    plan.locator('.sheet').evaluate((sheet) => sheet.getBoundingClientRect().width);
  const normal = await widthOf();
  await plan.evaluate((element) => element.setAttribute('width', 'full'));
  await expect.poll(widthOf).toBeGreaterThan(normal);
  const toolbar = plan.getByRole('toolbar', { name: 'Formatting' });
  await hanna.press('Control+Shift+f');
  await expect(plan).toHaveAttribute('focus-mode');
  await expect(toolbar).toBeHidden();
  await expect(saveOf(plan)).toBeHidden();
  await expect(notes).not.toHaveAttribute('focus-mode');
  await hanna.press('Escape');
  await expect(toolbar).toBeVisible();
  await plan.evaluate((element) => element.setAttribute('focus-mode', ''));
  await expect(toolbar).toBeHidden();
});

test('an element is taken out, put back, and led to another document', async ({ site, join }) => {
  const hanna = await join('Hanna');
  await hanna.page.goto(site);
  const plan = hanna.page.locator('#plan');
  await textOf(plan).click();
  await hanna.type('Kept.');
  await expect(saveOf(plan)).toHaveAttribute('data-save-state', 'saved');
  await plan.evaluate((element) => {
    const { parentNode } = element;
    element.remove();
    parentNode?.append(element);
  });
  await expect(textOf(plan)).toHaveText('Kept.');
  await plan.evaluate((element) => element.setAttribute('document', 'team/other'));
  await expect(textOf(plan)).toHaveText('');
  await textOf(plan).click();
  await hanna.type('Another.');
  await expect(saveOf(plan)).toHaveAttribute('data-save-state', 'saved');
  await plan.evaluate((element) => element.setAttribute('document', 'team/plan'));
  await expect(textOf(plan)).toHaveText('Kept.');
});

test('pictures are chosen, sent and shown, and the page is not disturbed', async ({ site, join }) => {
  const hanna = await join('Hanna');
  await hanna.page.goto(site);
  // Some pages say so of all their fields.
  await hanna.page.addStyleTag({ content: 'input { display: block }' });
  const plan = hanna.page.locator('#plan');
  await textOf(plan).click();
  const asked = hanna.page.waitForEvent('filechooser');
  await plan.getByRole('button', { name: 'Picture', exact: true }).click();
  const chooser = await asked;
  await expect(hanna.page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(hanna.page.locator('body > input')).toBeHidden();
  await chooser.setFiles([png('lamp.png', 64, 40)]);
  const shown = plan.locator('figure .picture > img');
  await expect.poll(() => shown.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(64);
  await expect(saveOf(plan)).toHaveAttribute('data-save-state', 'saved');

  // From the server, with what lets her read it.
  await hanna.page.reload();
  await expect.poll(() => shown.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(64);
});

test('a wrong token is said, and so is a document that one may not open', async ({ site, join }) => {
  const hanna = await join('Hanna');
  await hanna.page.goto(`${site}?token=wrong`);
  const plan = hanna.page.locator('#plan');
  await expect(plan.getByRole('heading', { name: 'The server does not let this page in' })).toBeVisible();
  await expect(plan.getByText('Reload the page')).toBeVisible();

  await hanna.page.goto(site);
  await plan.evaluate((element) => element.setAttribute('document', 'private/plan'));
  await expect(plan.getByRole('heading', { name: 'You have no access to this document' })).toBeVisible();
});

test('a server that is away is said, and so is a page that cannot find out who is there', async ({
  site,
  server,
  join,
}) => {
  const hanna = await join('Hanna');
  await hanna.page.goto(site);
  const plan = hanna.page.locator('#plan');
  await textOf(plan).waitFor();
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  await plan.evaluate((element, url) => element.setAttribute('server', url), nowhere);
  await expect(plan.getByText('The server cannot be reached.')).toBeVisible();

  await plan.evaluate((element, url) => {
    Object.assign(element, { getToken: () => Promise.reject(new Error('nobody')) });
    element.setAttribute('server', url);
  }, server.url);
  await expect(plan.getByRole('heading', { name: 'This page could not find out who you are' })).toBeVisible();
});

test('when a token is not taken any more, what was written stays, and can be copied', async ({
  site,
  server,
  join,
}) => {
  const hanna = await join('Hanna');
  await hanna.page.goto(site);
  const plan = hanna.page.locator('#plan');
  await textOf(plan).click();
  await hanna.type('Kept.');
  await expect(saveOf(plan)).toHaveAttribute('data-save-state', 'saved');
  await plan.evaluate((element) => Object.assign(element, { getToken: async () => 'wrong' }));
  await server.kill();
  await hanna.type(' And more.');
  await server.restart();
  const told = plan.getByRole('alert');
  await expect(told).toContainText('The server does not let this page in');
  await expect(told).toContainText('What is not saved is kept on this page only');

  // As where a browser has no clipboard for a page: the focus stays where it was.
  await hanna.page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error('not here'));
  });
  await told.getByRole('button', { name: 'Copy your text' }).focus();
  await hanna.press('Enter');
  await expect(told.getByRole('button', { name: 'Copied' })).toBeFocused();
  await expect(textOf(plan)).toHaveText('Kept. And more.');
});

for (const [size, options] of windows) {
  test(`looks: an embedded editor, ${size}`, async ({ site, join }) => {
    const hanna = await join('Hanna', options);
    await hanna.page.goto(site);
    const plan = hanna.page.locator('#plan');
    await textOf(plan).click();
    await hanna.type('# Lamps of the harbour\nEach of them is seen from the sea.\n## Those of the east\nTwo.');
    await expect(saveOf(plan)).toHaveAttribute('data-save-state', 'saved');
    await picture(hanna.page, `embedded-${size}`);
    await hanna.page.goto(`${site}?token=wrong`);
    await expect(plan.getByRole('heading', { name: 'The server does not let this page in' })).toBeVisible();
    await picture(hanna.page, `embedded-${size}-wrong-token`);
  });
}

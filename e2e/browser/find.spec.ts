// Finding text and replacing it, and the list of keys: as somebody does who writes, who only reads, who writes beside others.

import type { Page } from '@playwright/test';
import { ROLES } from '@weft/protocol';
import { picture, windows } from './picture.js';
import { expect, test } from './story.js';
import { tapWire } from './wire-tap.js';
import type { Writer } from './writer.js';

const finder = (page: Page) => page.getByRole('search', { name: /^Find( and replace)?$/ });
const field = (page: Page) => finder(page).getByRole('textbox', { name: 'Find' });
const count = (page: Page) => finder(page).getByRole('status');
const button = (page: Page, name: string) => finder(page).getByRole('button', { name, exact: true });
const highlighted = ({ text }: Writer) => text.locator('.weft-found');

async function write(writer: Writer, url: string, ...paragraphs: string[]): Promise<void> {
  await writer.open(url);
  for (const [index, paragraph] of paragraphs.entries()) {
    if (index > 0) await writer.press('Enter');
    await writer.type(paragraph, 0);
  }
}

test('text is found with a count, and gone through in both directions', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await write(ann, `${server.url}/d/oil`, 'Oil for the lamp', 'No light without oil', 'Boil it, oil it');
  await ann.press('Control+Home');
  await ann.press('Control+f');
  await expect(field(ann.page)).toBeFocused();
  await ann.type('oil');
  await expect(count(ann.page)).toHaveText('1 of 4');
  await expect(highlighted(ann)).toHaveText(['Oil', 'oil', 'oil', 'oil']);
  await expect(ann.text.locator('.is-here')).toHaveText('Oil');
  await ann.press('Enter');
  await expect(count(ann.page)).toHaveText('2 of 4');
  await button(ann.page, 'Previous').click();
  await button(ann.page, 'Previous').click();
  await expect(count(ann.page)).toHaveText('4 of 4');
  await button(ann.page, 'Match case').click();
  await expect(count(ann.page)).toHaveText('3 of 3');
  await field(ann.page).fill('tallow');
  await expect(count(ann.page)).toHaveText('Not found');
  await expect(button(ann.page, 'Next')).toBeDisabled();

  // Whoever leaves writes on at what they found.
  await field(ann.page).fill('lamp');
  await expect(count(ann.page)).toHaveText('1 of 1');
  await ann.press('Escape');
  await expect(finder(ann.page)).toHaveCount(0);
  await expect(highlighted(ann)).toHaveCount(0);
  await ann.type('stove');
  await expect.poll(() => ann.blocks()).toEqual(['Oil for the stove', 'No light without oil', 'Boil it, oil it']);

  // The page is left while something is looked for.
  await ann.press('Control+f');
  await expect(field(ann.page)).toBeFocused();
  await ann.page.locator('.home').click();
  await expect(ann.text).toHaveCount(0);
  await expect(finder(ann.page)).toHaveCount(0);
});

test('what is typed right after the key is looked for, and not written', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  const parts: (() => Promise<void>)[] = [];
  await ann.page.route('**/assets/find-panel-*', (route) => void parts.push(() => route.continue()));
  await write(ann, `${server.url}/d/quick`, 'oil and wax');
  await ann.press('Control+f');
  await ann.type('wa');
  await expect.poll(() => parts.length).toBe(1);
  await parts[0]!();
  await expect(field(ann.page)).toHaveValue('wa');
  await ann.type('x');
  await expect(field(ann.page)).toHaveValue('wax');
  await expect(count(ann.page)).toHaveText('1 of 1');
  expect(await ann.blocks()).toEqual(['oil and wax']);
});

test('Enter right after what is typed goes on from match to match, though the bar is still on its way', async ({
  server,
  join,
}) => {
  const ann = await join('Ann Ek');
  await write(ann, `${server.url}/d/quick`, 'oil and wax', 'oil', 'more oil, oil');
  for (const [keys, at] of [
    [['Enter', 'Enter', 'Enter', 'Shift+Enter'], '3 of 4'],
    [['Shift+Enter'], '4 of 4'],
  ] as const) {
    const parts: (() => Promise<void>)[] = [];
    // Before the page: one that is there may not know yet that its requests go another way.
    await ann.page.route('**/assets/find-panel-*', (route) => void parts.push(() => route.continue()));
    await ann.page.reload();
    await ann.text.getByText('oil and wax').click();
    await ann.press('Home');
    await ann.press('Control+f');
    await ann.type('oil');
    for (const key of keys) await ann.press(key);
    await expect.poll(() => parts.length).toBe(1);
    await parts[0]!();
    await expect(field(ann.page)).toBeFocused();
    await expect(count(ann.page)).toHaveText(at);
    await ann.page.unroute('**/assets/find-panel-*');
  }
  expect(await ann.blocks()).toEqual(['oil and wax', 'oil', 'more oil, oil']);
});

test('who gives up before the bar has come writes on, and it does not come', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  const parts: (() => Promise<void>)[] = [];
  await ann.page.route('**/assets/find-panel-*', (route) => void parts.push(() => route.continue()));
  await write(ann, `${server.url}/d/quick`, 'oil');
  await ann.press('Control+f');
  await ann.type('wa');
  await ann.press('Escape');
  await expect(ann.text).toBeFocused();
  await ann.press('Control+f');
  await expect(ann.text).not.toBeFocused();
  await ann.title.click();
  await expect(ann.title).toBeFocused();
  await expect.poll(() => parts.length).toBe(1);
  const came = ann.page.waitForResponse('**/assets/find-panel-*');
  await parts[0]!();
  await came;
  await ann.type('Stores');
  await expect(ann.title).toHaveValue('Stores');
  await expect(finder(ann.page)).toHaveCount(0);
  expect(await ann.blocks()).toEqual(['oil']);
});

test('the key is known under letters of another script, and left to whoever took it', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await write(ann, `${server.url}/d/letters`, 'свет');
  const pressInText = () =>
    ann.text.evaluate((text) => {
      const press = { key: 'а', code: 'KeyF', ctrlKey: true, bubbles: true, cancelable: true };
      return text.dispatchEvent(new KeyboardEvent('keydown', press));
    });
  await ann.text.evaluate((text) =>
    text.addEventListener('keydown', (event) => event.preventDefault(), { once: true, capture: true }),
  );
  expect(await pressInText()).toBe(false);
  await expect(ann.text).toBeFocused();
  await pressInText();
  await expect(field(ann.page)).toBeFocused();
});

test('one is replaced, or all, and undo takes back each at once', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await write(ann, `${server.url}/d/oil`, 'oil and oil', 'more oil');
  await ann.press('Control+f');
  await ann.type('oil');
  await expect(count(ann.page)).toHaveText('1 of 3');
  await finder(ann.page).getByRole('textbox', { name: 'Replace with' }).fill('wax');
  await ann.press('Enter');
  await expect.poll(() => ann.blocks()).toEqual(['wax and oil', 'more oil']);
  await expect(count(ann.page)).toHaveText('1 of 2');
  await button(ann.page, 'Replace all').click();
  await expect.poll(() => ann.blocks()).toEqual(['wax and wax', 'more wax']);
  await expect(count(ann.page)).toHaveText('2 replaced');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  await ann.tool('Undo').click();
  await expect.poll(() => ann.blocks()).toEqual(['wax and oil', 'more oil']);
  await ann.tool('Undo').click();
  await expect.poll(() => ann.blocks()).toEqual(['oil and oil', 'more oil']);
});

test('all that was replaced is brought back from the bar, until one writes on', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await write(ann, `${server.url}/d/oil`, 'oil and oil', 'more oil');
  await ann.press('Control+f');
  await ann.type('oil');
  await finder(ann.page).getByRole('textbox', { name: 'Replace with' }).fill('wax');
  await button(ann.page, 'Replace all').click();
  await expect(count(ann.page)).toHaveText('3 replaced');
  await expect(button(ann.page, 'Undo')).toBeFocused();
  await ann.press('Enter');
  await expect.poll(() => ann.blocks()).toEqual(['oil and oil', 'more oil']);
  await expect(count(ann.page)).toHaveText(/of 3|3 found/);
  await expect(button(ann.page, 'Undo')).toHaveCount(0);
  await expect(field(ann.page)).toBeFocused();

  await button(ann.page, 'Replace all').click();
  await expect(button(ann.page, 'Undo')).toBeVisible();
  await ann.goToEndOf(0);
  await expect(button(ann.page, 'Undo')).toHaveCount(0);
  await ann.type('!');
  await expect.poll(() => ann.blocks()).toEqual(['wax and wax!', 'more wax']);
});

test('what is selected is looked for, and replacing keeps how the text looks', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/bold`);
  await ann.type('A **bright** day');
  await ann.text.getByText('bright').dblclick();
  await ann.tool('Find and replace').click();
  await expect(field(ann.page)).toHaveValue('bright');
  await finder(ann.page).getByRole('textbox', { name: 'Replace with' }).fill('grey');
  await button(ann.page, 'Replace').click();
  await expect(ann.text.locator('strong')).toHaveText('grey');
  await expect(count(ann.page)).toHaveText('Not found');
});

test('what others write is counted at once, and one stays at the match one is at', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await write(ann, `${server.url}/d/both`, 'First', 'oil here', 'oil there');
  await ann.press('Control+f');
  await ann.type('oil');
  await ann.press('Enter');
  await expect(count(ann.page)).toHaveText('2 of 2');
  await ben.open(`${server.url}/d/both`);
  await ben.goToEndOf(0);
  await ben.type(' oil');
  await expect(count(ann.page)).toHaveText('3 of 3');
  await expect(ann.text.locator('.is-here')).toHaveText('oil');
  await expect(field(ann.page)).toBeFocused();
});

test('whoever may only read finds and replaces nothing', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await write(ann, `${server.url}/d/read`, 'Read me');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  const asReader = { role: ROLES.indexOf('reader') + 1, access: 0 };
  await tapWire(ben.page, { heard: (message) => (message.type === 'Opened' ? { ...message, ...asReader } : message) });
  await ben.open(`${server.url}/d/read`);
  await expect(ben.text).toHaveAttribute('contenteditable', 'false');
  await ben.page.getByRole('button', { name: 'More', exact: true }).click();
  await ben.page.getByRole('menuitem', { name: /^Find…/ }).click();
  await field(ben.page).fill('me');
  await expect(count(ben.page)).toHaveText('1 of 1');
  await expect(button(ben.page, 'Replace')).toHaveCount(0);
});

test('in a long document all are counted, and those in the window are highlighted', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await ann.page.goto(server.url);
  const lines = Array.from({ length: 1_000 }, (_, index) => `Line ${index + 1} of the log`);
  await ann.page
    .getByLabel('A file to make a document of')
    .setInputFiles({ name: 'log.md', mimeType: 'text/markdown', buffer: Buffer.from(lines.join('\n\n')) });
  await expect(ann.text.locator('p')).toHaveCount(1_000);
  await ann.page.keyboard.press('Control+f');
  await field(ann.page).fill('log');
  await expect(count(ann.page)).toHaveText(/ of 1,000$/);
  expect(await highlighted(ann).count()).toBeLessThan(200);
  await field(ann.page).fill('Line 800 ');
  await expect(count(ann.page)).toHaveText('1 of 1');
  await expect(ann.text.locator('.is-here')).toBeInViewport();
  await field(ann.page).fill('log');
  await expect.poll(() => highlighted(ann).count()).toBeGreaterThan(3);
});

test('the keys are listed, by a key and from the menu', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/keys`);
  await ann.press('Control+/');
  const list = ann.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(list.locator('div').filter({ hasText: /^\s*Bold/ })).toContainText('Ctrl+B');
  await expect(list).toContainText('Ctrl+Shift+Z or Ctrl+Y');
  await ann.press('Escape');
  await expect(list).toHaveCount(0);
  await ann.page.getByRole('button', { name: 'More', exact: true }).click();
  await ann.page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
  await expect(list).toBeVisible();
  await list.getByRole('button', { name: 'Close' }).click();
  await expect(list).toHaveCount(0);
});

for (const [size, options] of windows) {
  test(`pictures of finding and of the keys, ${size}`, async ({ server, join }) => {
    const ann = await join('Ann Ek', options);
    await ann.open(`${server.url}/d/pictures`);
    await ann.title.fill('The keeper’s almanac');
    await ann.title.press('Enter');
    await ann.type('The lamp burns oil, and oil is dear. Whoever keeps the light keeps the oil.', 0);
    await ann.page.getByRole('button', { name: 'More', exact: true }).click();
    await picture(ann.page, `find-menu-${size}`);
    await ann.page.getByRole('menuitem', { name: 'Find and replace…' }).click();
    await field(ann.page).fill('oil');
    await finder(ann.page).getByRole('textbox', { name: 'Replace with' }).fill('wax');
    await expect(count(ann.page)).toHaveText(/ of 3$/);
    await picture(ann.page, `find-${size}`);
    await ann.page.getByRole('button', { name: 'More', exact: true }).click();
    await ann.page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
    await expect(ann.page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    await picture(ann.page, `shortcuts-${size}`);
  });
}

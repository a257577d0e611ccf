// Emoji: by a colon and a name, and from the menu of a slash; as text that everybody has.

import type { Page } from '@playwright/test';
import { picture, windows } from './picture.js';
import { expect, test } from './story.js';
import { agreed, type Writer } from './writer.js';

const menu = (page: Page) => page.getByRole('listbox', { name: 'Emoji' });

async function begin(writer: Writer, url: string): Promise<void> {
  await writer.open(url);
  await writer.page.locator('weft-block-handle').waitFor({ state: 'attached' });
  await writer.text.click();
}

test('a colon and the beginning of a name offer emoji, chosen by keys', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await begin(ann, `${server.url}/d/emoji`);
  await ben.open(`${server.url}/d/emoji`);
  await ann.type('At 10:30 see https://example.org:80 and **Note:** :s');
  await expect(menu(ann.page)).toHaveCount(0);
  await ann.type('mile');
  await expect(menu(ann.page).getByRole('option').first()).toHaveText(/grinning face/);
  await expect(menu(ann.page).getByRole('option').first()).toHaveAttribute('aria-selected', 'true');
  await ann.press('ArrowDown');
  const second = menu(ann.page).getByRole('option').nth(1);
  await expect(second).toHaveAttribute('aria-selected', 'true');
  await expect(ann.text).toHaveAttribute('aria-activedescendant', (await second.getAttribute('id'))!);
  await ann.press('ArrowUp');
  await ann.press('Enter');
  await expect(menu(ann.page)).toHaveCount(0);
  await ann.type(' :tada');
  await expect(menu(ann.page).getByRole('option')).toHaveText([/party popper/]);
  // A second colon ends a name.
  await ann.type(':!');
  await expect.poll(() => agreed(ann, ben)).toEqual(['At 10:30 see https://example.org:80 and Note: 😀 🎉!']);

  // Whoever sends the list away has a colon.
  await ann.press('Enter');
  await ann.type(':wh');
  await expect(menu(ann.page)).toBeVisible();
  await ann.press('Escape');
  await expect(menu(ann.page)).toHaveCount(0);
  await ann.type('ale');
  await expect(menu(ann.page)).toHaveCount(0);
  await expect.poll(async () => (await ann.blocks()).at(-1)).toBe(':whale');
  await ann.press('Enter');
  await ann.type('```');
  await ann.type('{:whale');
  await expect(ann.text.locator('pre')).toHaveText('{:whale');
  await expect(menu(ann.page)).toHaveCount(0);
});

test('where no emoji is called so, nobody is told of a list', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await begin(ann, `${server.url}/d/emoji`);
  await ann.type(':wh');
  const told = ann.page.getByRole('status').filter({ hasText: /emoji/ });
  await expect(told).toHaveText(/^8 emoji/);
  await ann.press('Escape');
  await ann.type('ale :xD');
  await expect.poll(() => ann.blocks()).toEqual([':whale :xD']);
  await expect(told).toHaveText(/^8 emoji/);
  await ann.press('Enter');
  await expect.poll(() => ann.blocks()).toEqual([':whale :xD', '']);
});

test('the menu of a slash leads to emoji, which one may click', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await begin(ann, `${server.url}/d/emoji`);
  await ann.type('/emo');
  await ann.page.getByRole('listbox', { name: 'Insert' }).getByRole('option', { name: 'Emoji' }).waitFor();
  await ann.press('Enter');
  await expect(menu(ann.page).getByRole('option')).toHaveCount(8);
  await ann.type('whale');
  await menu(ann.page).getByRole('option', { name: 'spouting whale' }).click();
  await ann.type(' ahoy');
  await expect.poll(() => ann.blocks()).toEqual(['🐳 ahoy']);
});

test('where emoji do not come, there is what was typed', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await ann.page.route('**/assets/emoji-menu-*', (route) => route.abort());
  await begin(ann, `${server.url}/d/emoji`);
  const asked = ann.page.waitForRequest('**/assets/emoji-menu-*');
  await ann.type(':whale');
  await asked;
  await ann.press('Enter');
  await ann.type('Oil.');
  await expect.poll(() => ann.blocks()).toEqual([':whale', 'Oil.']);
});

for (const [size, options] of windows) {
  test(`pictures, ${size}: emoji`, async ({ server, join }) => {
    const ann = await join('Ann Ek', options);
    await begin(ann, `${server.url}/d/emoji`);
    await ann.type('The lamp is lit :he', 0);
    await expect(menu(ann.page).getByRole('option')).toHaveCount(8);
    await picture(ann.page, `emoji-${size}`);
  });
}

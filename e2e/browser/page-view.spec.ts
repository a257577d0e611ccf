// How somebody likes to have the page: as wide as they want it, and the sheet alone.

import type { Locator } from '@playwright/test';
import { barriers } from './accessibility.js';
import { picture, windows } from './picture.js';
import { expect, test } from './story.js';
import type { Writer } from './writer.js';

const sheet = ({ page }: Writer): Locator => page.locator('.sheet');
const menu = ({ page }: Writer): Locator => page.getByRole('menu', { name: 'More' });
const heard = ({ page }: Writer): Locator => page.locator('[aria-live=polite]');
const leave = ({ page }: Writer): Locator => page.getByRole('button', { name: 'Leave focus mode' });

async function choose({ page }: Writer, width: string): Promise<void> {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitemradio', { name: width }).click();
}

const widthOf = async (writer: Writer): Promise<number> => (await sheet(writer).boundingBox())!.width;

test('a page is as wide as somebody wants it, on this device from then on, and the outline stands beside it', async ({
  server,
  join,
}) => {
  const ann = await join('Ann Ek', { viewport: { width: 1500, height: 700 } });
  await ann.open(`${server.url}/d/wide`);
  await ann.type('# The long watch\nNight.\n# In the lamp room\nOil.', 0);
  const outline = ann.page.getByRole('navigation', { name: 'Outline' });
  await expect(outline).toBeVisible();
  const normal = await widthOf(ann);
  await choose(ann, 'Wide');
  await expect.poll(() => widthOf(ann)).toBeGreaterThan(normal + 100);
  const wide = await widthOf(ann);
  await choose(ann, 'Full');
  await expect.poll(() => widthOf(ann)).toBeGreaterThan(wide + 100);
  const [beside, paper] = [(await outline.boundingBox())!, (await sheet(ann).boundingBox())!];
  expect(beside.x + beside.width).toBeLessThanOrEqual(paper.x);
  expect(paper.x + paper.width).toBeLessThanOrEqual(1500);
  const full = await widthOf(ann);

  await ann.page.reload();
  await ann.text.waitFor();
  await expect(outline).toBeVisible();
  await expect.poll(() => widthOf(ann)).toBe(full);
  await ann.page.getByRole('button', { name: 'More', exact: true }).press('Enter');
  await expect(ann.page.getByRole('menuitem', { name: /^Find/ })).toBeFocused();
  await expect(menu(ann).getByRole('menuitemradio', { name: 'Full' })).toHaveAttribute('aria-checked', 'true');
  await menu(ann).getByRole('menuitemradio', { name: 'Normal' }).click();
  await expect.poll(() => widthOf(ann)).toBe(normal);
});

test('the sheet alone: everything else leaves but what is wrong, until Escape, which is first for what lies above', async ({
  wire,
  join,
}) => {
  const ann = await join('Ann Ek');
  await ann.open(`${wire.url}/d/alone`);
  await ann.page.locator('weft-block-handle').waitFor({ state: 'attached' });
  await ann.type('# The long watch\nNight', 0);
  await ann.press('Control+Shift+f');
  await expect(heard(ann)).toHaveText('Focus mode. Escape leaves it.');
  for (const gone of [ann.toolbar, ann.title, ann.saveLine, ann.page.getByRole('button', { name: 'Share' })]) {
    await expect(gone).toBeHidden();
  }
  await ann.type(' falls.', 0);
  await expect(ann.text).toContainText('Night falls.');

  await wire.cut();
  await expect(ann.saveLine).toBeInViewport();
  await expect(ann.saveLine).toContainText('Offline');
  await expect(ann.title).toBeHidden();
  await wire.mend();
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved', { timeout: 30_000 });
  await expect(ann.saveLine).toBeHidden();

  await ann.type('\n/', 0);
  await expect(ann.page.getByRole('option', { name: 'Heading 1' })).toBeVisible();
  await ann.press('Escape');
  await expect(ann.page.getByRole('option', { name: 'Heading 1' })).toBeHidden();
  await expect(leave(ann)).toBeVisible();
  await ann.press('Control+f');
  await expect(ann.page.getByRole('textbox', { name: 'Find' })).toBeFocused();
  await ann.press('Escape');
  await expect(ann.text).toBeFocused();
  await expect(leave(ann)).toBeVisible();
  await ann.page.reload();
  await ann.text.waitFor();
  await expect(leave(ann)).toBeVisible();
  await expect(ann.toolbar).toBeHidden();
  await ann.text.click();
  await ann.press('Escape');
  await expect(heard(ann)).toHaveText('Focus mode is off.');
  await expect(ann.text).toBeFocused();
  await expect(ann.toolbar).toBeVisible();
  await expect(ann.title).toBeVisible();
  await expect(leave(ann)).toHaveCount(0);
});

test('the page fills the screen from the menu, which says so, and is left by it; where that cannot be it is not offered', async ({
  server,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/screen`);
  const item = (writer: Writer): Locator => menu(writer).getByRole('menuitemcheckbox', { name: 'Full screen' });
  const open = ({ page }: Writer): Promise<void> =>
    page.getByRole('button', { name: 'More', exact: true }).press('Enter');
  const isFull = (): Promise<boolean> => ann.page.evaluate(() => document.fullscreenElement !== null);
  await open(ann);
  await expect(item(ann)).toHaveAttribute('aria-checked', 'false');
  await item(ann).click();
  await expect.poll(isFull).toBe(true);
  await expect(heard(ann)).toHaveText('Full screen. Escape leaves it.');
  await ann.text.click();
  await ann.type('Night', 0);
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  await open(ann);
  await expect(item(ann)).toHaveAttribute('aria-checked', 'true');
  await item(ann).click();
  await expect.poll(isFull).toBe(false);
  await expect(heard(ann)).toHaveText('Full screen is off.');

  await ben.page.addInitScript(() => Object.defineProperty(document, 'fullscreenEnabled', { value: false }));
  await ben.open(`${server.url}/d/screen`);
  await open(ben);
  await expect(menu(ben).getByRole('menuitem', { name: /^Focus mode/ })).toBeVisible();
  await expect(item(ben)).toHaveCount(0);
});

for (const [size, options] of windows) {
  test(`widths and the sheet alone, ${size}`, async ({ wire, join }) => {
    const ann = await join('Ann Ek', options);
    const { page } = ann;
    await ann.open(`${wire.url}/d/look`);
    await ann.title.fill('The keeper’s almanac');
    await ann.text.click();
    const words =
      'Every keeper writes the almanac twice, once for the office and once for whoever comes after. '.repeat(4);
    await ann.type('# The long watch\n', 0);
    await ann.paste(words);
    await ann.press('Enter');
    await ann.type('# In the lamp room\n', 0);
    await ann.paste(words);
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await expect(menu(ann)).toBeVisible();
    await picture(page, `view-menu-${size}`);
    if (size === 'wide') {
      for (const width of ['Wide', 'Full']) {
        await menu(ann).getByRole('menuitemradio', { name: width }).click();
        await expect(page.locator('weft-editor')).toHaveAttribute('width', width.toLowerCase());
        await picture(page, `view-${width.toLowerCase()}-${size}`);
        await page.getByRole('button', { name: 'More', exact: true }).click();
      }
      await menu(ann).getByRole('menuitemradio', { name: 'Normal' }).click();
      await page.getByRole('button', { name: 'More', exact: true }).click();
    }
    await page.getByRole('menuitem', { name: /^Focus mode/ }).click();
    await expect(ann.title).toBeHidden();
    expect(await barriers(page)).toEqual([]);
    await picture(page, `view-focus-${size}`);
    await wire.cut();
    await expect(ann.saveLine).toContainText('Offline');
    await picture(page, `view-focus-offline-${size}`);
    await leave(ann).click();
    await expect(ann.title).toBeVisible();
  });
}

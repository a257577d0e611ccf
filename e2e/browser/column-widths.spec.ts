// How wide the columns of a table are: by the line between two of them, with a mouse or a finger, and by the menu of the table. It is
// written when the line is let go, once, and others see it then; whoever only looks writes nothing.

import { ROLES } from '@weft/protocol';
import * as Y from 'yjs';
import { picture, windows } from './picture.js';
import { expect, test } from './story.js';
import { tapWire } from './wire-tap.js';
import type { Writer } from './writer.js';

const edge = ({ page }: Writer) => page.locator('.column-edge');
const cell = ({ text }: Writer, name: string) => text.locator('td, th').filter({ hasText: name }).first();
const widths = ({ text }: Writer): Promise<number[]> =>
  text
    .locator('tr')
    .first()
    .locator('td, th')
    .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().width)));

/** Three columns, as wide as the letters in them. */
async function withTable(writer: Writer, url: string): Promise<void> {
  await writer.open(url);
  await writer.page.locator('weft-block-handle').waitFor({ state: 'attached' });
  await writer.paste(
    '| Lamp | Oil | Seen from afar |\n| --- | --- | --- |\n| East | 2 cans | Two miles |\n| West | 1 can | Nine |',
  );
  await expect(writer.text.locator('td')).toHaveCount(6);
  await expect(writer.saveLine).toHaveAttribute('data-save-state', 'saved');
}

/** The line at the end of a cell. @returns what moves it from there */
async function hold(writer: Writer, name: string): Promise<(byPx: number) => Promise<void>> {
  const { page } = writer;
  const box = (await cell(writer, name).boundingBox())!;
  const [x, y] = [box.x + box.width, box.y + box.height / 2];
  await page.mouse.move(x - 30, y);
  await page.mouse.move(x - 2, y);
  await expect(edge(writer)).toBeVisible();
  await page.mouse.down();
  return async (byPx) => {
    await page.mouse.move(x - 2 + byPx / 2, y + 3);
    await page.mouse.move(x - 2 + byPx, y + 3);
  };
}

test('the line between two columns is dragged: others see it once it is let go, and it is undone at once', async ({
  server,
  join,
  connect,
}) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  const url = `${server.url}/d/lamps`;
  await withTable(ann, url);
  await ben.open(url);
  await expect(ben.text.locator('td')).toHaveCount(6);
  const stock = connect('lamps', 'Stocky');
  await expect.poll(() => stock.synced).toBe(true);
  // To look writes nothing.
  await cell(ann, 'Oil').hover();
  await cell(ben, 'Nine').click();
  const [before, written] = [await widths(ann), stock.markup];
  const [lamp = 0, oil = 0, seen = 0] = before;
  const drag = await hold(ann, 'Lamp');
  await drag(120);
  // Neither while it is dragged, nor when one thinks better of it.
  await ann.press('Escape');
  await expect(edge(ann)).toBeHidden();
  await ann.page.mouse.up();
  const again = await hold(ann, 'Lamp');
  await again(90);
  await cell(ben, 'Nine').click();
  await ben.press('End');
  await ben.type('!', 0);
  await expect(cell(ann, 'Nine')).toContainText('Nine!');
  expect(await widths(ben)).toEqual(before);
  await expect.poll(() => stock.markup).toBe(written.replace('Nine', 'Nine!'));
  await ann.page.mouse.up();
  await expect.poll(() => widths(ben)).toEqual([lamp + 90, oil, seen]);
  await expect.poll(() => widths(ann)).toEqual([lamp + 90, oil, seen]);
  await ann.press('Control+z');
  await expect.poll(() => widths(ben)).toEqual(before);
  await expect.poll(() => stock.markup).toBe(written.replace('Nine', 'Nine!'));
  await ann.press('Control+Shift+z');
  await expect.poll(() => widths(ben)).toEqual([lamp + 90, oil, seen]);

  // Never narrower than a word’s beginning, never wider than the text; where there is no room the next column gives it.
  await (await hold(ann, 'Lamp'))(-900);
  await ann.page.mouse.up();
  await expect.poll(async () => (await widths(ben))[0]).toBeLessThan(60);
  await (await hold(ann, 'Seen'))(2000);
  await ann.page.mouse.up();
  const text = (await ben.text.boundingBox())!.width;
  await expect
    .poll(async () => Math.abs((await widths(ben)).reduce((sum, width) => sum + width) - text))
    .toBeLessThan(4);
  await (await hold(ann, 'Oil'))(100);
  await ann.page.mouse.up();
  await expect.poll(async () => (await widths(ben))[1]).toBeGreaterThan(oil + 80);
  await expect
    .poll(async () => Math.abs((await widths(ben)).reduce((sum, width) => sum + width) - text))
    .toBeLessThan(4);
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  const kept = await widths(ann);
  await ann.page.reload();
  await expect.poll(() => widths(ann)).toEqual(kept);
});

test('by the menu of the table, and not by whoever only reads', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  const url = `${server.url}/d/lamps`;
  await withTable(ann, url);
  const asReader = { role: ROLES.indexOf('reader') + 1, access: 0 };
  await tapWire(ben.page, { heard: (message) => (message.type === 'Opened' ? { ...message, ...asReader } : message) });
  await ben.open(url);
  const before = await widths(ann);
  const [lamp = 0, oil = 0, seen = 0] = before;
  const heard = ann.page.locator('[aria-live=polite]');
  const choose = async (item: string): Promise<void> => {
    await ann.press('Alt+Enter');
    await ann.page.getByRole('menuitem', { name: 'Rows and columns' }).click();
    await ann.page.getByRole('menuitem', { name: item }).click();
    await expect(heard).toHaveText(item);
  };
  await cell(ann, '2 cans').click();
  await choose('Wider column');
  await expect.poll(() => widths(ben)).toEqual([lamp, oil + 32, seen]);
  await choose('Narrower column');
  await expect.poll(() => widths(ben)).toEqual(before);
  await choose('Columns of equal width');
  const each = (lamp + oil + seen) / 3;
  await expect.poll(async () => (await widths(ben)).every((width) => Math.abs(width - each) < 2)).toBe(true);
  await choose('Columns as wide as their text');
  await expect.poll(() => widths(ben)).toEqual(before);

  await expect(ben.text).toHaveAttribute('contenteditable', 'false');
  const box = (await cell(ben, 'Lamp').boundingBox())!;
  await ben.page.mouse.move(box.x + box.width - 2, box.y + 9);
  await expect(edge(ben)).toHaveCount(0);
});

for (const [size, options] of windows) {
  test(`looks: the line between two columns, ${size}`, async ({ server, join, connect }) => {
    const ann = await join('Ann Ek', options);
    await withTable(ann, `${server.url}/d/lamps`);
    const [lamp = 0] = await widths(ann);
    if (size === 'phone') {
      await cell(ann, 'Lamp').tap();
      await expect(edge(ann)).toBeVisible();
      await picture(ann.page, 'column-edge-phone');
      const { x, y, width, height } = (await edge(ann).boundingBox())!;
      const touch = await ann.context.newCDPSession(ann.page);
      const at = (byPx: number) => [{ x: x + width / 2 + byPx, y: y + height / 2 }];
      await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) });
      for (const byPx of [20, 40]) {
        await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(byPx) });
      }
      await picture(ann.page, 'column-edge-dragged-phone');
      await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
      await expect.poll(async () => (await widths(ann))[0]).toBe(lamp + 40);

      // What others write comes also while the page does not show the editor.
      await cell(ann, 'Lamp').tap();
      await expect(edge(ann)).toBeVisible();
      const errors: string[] = [];
      ann.page.on('pageerror', ({ message }) => errors.push(message));
      await ann.page
        .locator('weft-editor')
        .evaluate((editor) => editor.style.setProperty('display', 'none', 'important'));
      const stock = connect('lamps', 'Stocky');
      await expect.poll(() => stock.markup).toContain('Nine');
      const above = new Y.XmlElement('paragraph');
      above.insert(0, [new Y.XmlText('Above.')]);
      stock.fragment.insert(0, [above]);
      await expect(ann.page.locator('.ProseMirror')).toContainText('Above.');
      await ann.page.evaluate(() => new Promise(requestAnimationFrame));
      expect(errors).toEqual([]);
    } else {
      const drag = await hold(ann, 'Oil');
      await drag(60);
      await picture(ann.page, 'column-edge-wide');
      await ann.page.mouse.up();
      await cell(ann, 'Lamp').click();
      await ann.page.locator('.corner').click();
      await expect(ann.page.getByRole('menuitem', { name: 'Wider column' })).toBeVisible();
      await picture(ann.page, 'column-menu-wide');
    }
  });
}

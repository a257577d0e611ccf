// One goes along with somebody else: the window is where they write, until one does something oneself.

import type { BrowserContextOptions } from '@playwright/test';
import { picture, windows } from './picture.js';
import { expect, test } from './story.js';
import type { Writer } from './writer.js';

const lines = Array.from({ length: 80 }, (_, n) => `Line ${n + 1} of the log, written at night.`);
const avatar = ({ page }: Writer, name: string) => page.getByRole('button', { name: `${name} – follow` });
const note = ({ page }: Writer) => page.locator('.following');
const heard = ({ page }: Writer) => page.locator('[aria-live=polite]');
const still: BrowserContextOptions = { reducedMotion: 'reduce' };

async function goToLine(writer: Writer, line: number): Promise<void> {
  await writer.text
    .locator('p')
    .nth(line - 1)
    .click();
  await writer.press('End');
}

test('the window goes where somebody writes, and stays where one scrolls to oneself', async ({ server, join }) => {
  const [ann, ben] = [
    await join('Ann Ek', { ...still, viewport: { width: 700, height: 500 } }),
    await join('Ben Ro', still),
  ];
  await ann.open(`${server.url}/d/log`);
  await ann.paste(lines.join('\n'));
  await goToLine(ann, 2);
  await ben.open(`${server.url}/d/log`);
  await expect(ben.text.locator('p')).toHaveCount(lines.length);
  await goToLine(ann, 60);
  await expect(ben.caretOf('Ann Ek')).not.toBeInViewport();

  await avatar(ben, 'Ann Ek').click();
  await expect(ben.caretOf('Ann Ek')).toBeInViewport();
  await expect(note(ben)).toContainText('Following Ann Ek');
  await expect(heard(ben)).toContainText('You follow Ann Ek. Escape ends it.');
  for (const line of [4, 78, 30]) {
    await goToLine(ann, line);
    await ann.type('!');
    await expect(ben.text.locator('p').nth(line - 1)).toContainText(/!/);
    await expect(ben.caretOf('Ann Ek')).toBeInViewport();
  }
  await expect(note(ben)).toBeVisible();

  await ben.page.mouse.move(400, 300);
  await ben.page.mouse.wheel(0, 200);
  await expect(note(ben)).toHaveCount(0);
  await expect(heard(ben)).toContainText('You do not follow Ann Ek any more.');
  await goToLine(ann, 70);
  await ann.type('?');
  await expect(ben.text.locator('p').nth(69)).toContainText(/\?/);
  await expect(ben.caretOf('Ann Ek')).not.toBeInViewport();
});

test('it ends with Escape, with a key that scrolls or writes, by its button, and when they leave', async ({
  server,
  join,
  connect,
}) => {
  const ben = await join('Ben Ro', still);
  await ben.open(`${server.url}/d/log`);
  await ben.paste(lines.join('\n'));
  const stock = connect('log', 'Stocky');
  await expect.poll(() => stock.markup).toContain('Line 80');
  const begin = async (): Promise<void> => {
    await avatar(ben, 'Stocky').press('Enter');
    await expect(note(ben)).toBeVisible();
  };
  await begin();
  // Who only reads has no caret to go to.
  await expect(heard(ben)).toContainText('Stocky is reading, and has no caret in the text.');
  stock.putCaret(50, 3);
  await expect(ben.caretOf('Stocky')).toBeInViewport();
  await ben.press('Escape');
  await expect(note(ben)).toHaveCount(0);
  await expect(avatar(ben, 'Stocky')).toBeFocused();

  await begin();
  await note(ben).getByRole('button', { name: 'Stop following' }).press('Enter');
  await expect(note(ben)).toHaveCount(0);
  await expect(ben.text).toBeFocused();
  for (const key of ['ArrowDown', 'x', 'PageDown']) {
    await begin();
    await ben.text.focus();
    await ben.press(key);
    await expect(note(ben), key).toHaveCount(0);
  }
  await begin();
  stock.close();
  await expect(note(ben)).toHaveCount(0);
  await expect(heard(ben)).toContainText('Stocky has left.');
});

for (const [size, options] of windows) {
  test(`following, ${size}`, async ({ server, join, connect }) => {
    const ben = await join('Ben Ro', options);
    await ben.open(`${server.url}/d/log`);
    await ben.text.click();
    await ben.paste(lines.join('\n'));
    const stock = connect('log', 'Ann-Kathrin of the northern harbour office, deputy');
    await expect.poll(() => stock.markup).toContain('Line 80');
    stock.putCaret(50, 3);
    await ben.page.getByRole('button', { name: /^Ann-Kathrin/ }).click();
    await expect(note(ben)).toBeInViewport({ ratio: 1 });
    await expect(ben.text.locator('.weft-caret')).toBeInViewport();
    await picture(ben.page, `following-${size}`);
  });
}

// All of it without a mouse: a document is made, written, shared, looked at as it was, and brought back. Whatever has the focus is seen to
// have it, nothing keeps it, and Escape gives it back to where it was.

import type { Page } from '@playwright/test';
import { png } from './brought-files.js';
import { expectCaretSeen } from './caret.js';
import { expect, test } from './story.js';
import type { Writer } from './writer.js';

const MOST_STOPS = 40;

interface Focused {
  /** What it is called, as far as it says so itself. */
  readonly name: string;
  /** It is in the window, not covered, and drawn otherwise than without the focus. */
  readonly isSeen: boolean;
}

function focused(page: Page): Promise<Focused | null> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    if (!element || element === document.body) return null;
    const name = element.ariaLabel ?? (element.textContent.trim().replace(/\s+/g, ' ') || element.tagName);
    const box = element.getBoundingClientRect();
    const [x, y] = [
      (Math.max(0, box.left) + Math.min(innerWidth, box.right)) / 2,
      (Math.max(0, box.top) + Math.min(innerHeight, box.bottom)) / 2,
    ];
    const top = document.elementFromPoint(x, y);
    const isOnTop = top !== null && (element.contains(top) || top.contains(element));
    /** A field may leave the ring to what is around it. */
    const isRinged = [element, element.parentElement!, element.closest('.sheet') ?? element].some((one) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
      const isLine = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1.5;
      return (
        isLine ||
        (one !== element && boxShadow.includes('inset')) ||
        one.matches('.sheet:has(.ProseMirror:focus-visible)')
      );
    });
    return { name, isSeen: isOnTop && isRinged };
  });
}

/** Presses Tab until what is called so has the focus; each stop on the way is seen. */
async function tabTo({ page }: Writer, name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const stops: string[] = [];
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press(key);
    const now = await focused(page);
    if (now === null) continue;
    stops.push(now.name);
    await expect
      .poll(async () => (await focused(page))?.isSeen, `one sees that “${now.name}” has the focus`)
      .toBe(true);
    if (typeof name === 'string' ? now.name === name : name.test(now.name)) return;
  }
  throw new Error(`The Tab key does not lead to ${name}, but to ${stops.join(', ')}`);
}

test('a document is made, written and shared by keys alone', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  const { page, text } = ann;
  await page.goto(server.url);
  await page.getByRole('heading', { name: 'Your documents will be here' }).waitFor();
  await tabTo(ann, 'New document');
  await ann.press('Enter');
  await expect(text).toBeFocused();
  await tabTo(ann, 'Title', 'Shift+Tab');
  await ann.type('The long watch');
  await ann.press('Enter');
  await expect(text).toBeFocused();
  await page.locator('weft-block-handle').waitFor({ state: 'attached' });
  await ann.type('# The lamp\nOil and a wick, a lamp and a glass.\n- oil\n');
  await ann.press('Tab');
  await ann.type('lamp oil\n\n\n');
  await expect(text.locator('li li')).toHaveText('lamp oil');
  await ann.type('/table');
  await page.getByRole('listbox', { name: 'Insert' }).waitFor();
  await ann.press('Enter');
  await ann.type('wicks');
  await ann.press('Tab');
  await ann.type('12');
  await expect(text.locator('th')).toHaveText(['wicks', '12', '']);
  // Nothing keeps the focus, not even what has a use for the Tab key.
  for (let i = 0; i < 4; i++) await ann.press('ArrowDown');
  await ann.type('See there');
  for (const _ of 'there') await ann.press('Shift+ArrowLeft');
  await ann.press('Control+k');
  await expect(page.getByRole('textbox', { name: 'Address' })).toBeFocused();
  await ann.press('Escape');
  await expect(text).toBeFocused();
  await ann.press('Control+k');
  await ann.type('https://example.org');
  await ann.press('Enter');
  await expect(text).toBeFocused();
  await expect(text.getByRole('link')).toHaveText('there');

  // A picture from the toolbar, which is one stop.
  await ann.press('ArrowRight');
  await tabTo(ann, /^Kind of text/, 'Shift+Tab');
  const picture = ann.tool('Picture');
  for (let i = 0; i < 20 && !(await picture.evaluate((one) => one === document.activeElement)); i++)
    await ann.press('ArrowRight');
  await expect(picture).toBeFocused();
  await ann.press('Escape');
  await expect(text).toBeFocused();
  await ann.press('Shift+Tab');
  await expect(picture).toBeFocused();
  await ann.chooses(() => ann.press('Enter'), png('lamp.png', 320, 200));
  await expect(text.locator('figure img')).toBeVisible();
  await expect(text).toBeFocused();

  await ann.press('Control+f');
  await expect(page.getByRole('textbox', { name: 'Find' })).toBeFocused();
  await ann.type('wick');
  await tabTo(ann, 'Replace with');
  await ann.type('candle');
  await tabTo(ann, 'Replace all');
  await ann.press('Enter');
  await expect(text.locator('th').first()).toHaveText('candles');
  await expect(page.getByRole('button', { name: 'Undo', exact: true }).first()).toBeVisible();
  await ann.press('Escape');
  await expect(text).toBeFocused();

  await tabTo(ann, 'Picture', 'Shift+Tab');
  await ann.press('Home');
  // What is opened from a control gives the focus back to it.
  for (const [control, role, opened, key] of [
    // From the last thing in it, where one begins.
    ['Share', 'dialog', /^Share/, 'Shift+Tab'],
    ['More', 'menu', 'More', 'ArrowDown'],
    [/\(you\)/, 'dialog', 'You', 'Tab'],
    [/^Kind of text/, 'menu', 'Kind of text', 'ArrowDown'],
  ] as const) {
    await text.focus();
    await tabTo(ann, control, 'Shift+Tab');
    const before = (await focused(page))!.name;
    await ann.press('Enter');
    const shown = page.getByRole(role, { name: opened, exact: true });
    await shown.waitFor();
    if (opened === 'You') await page.getByRole('textbox', { name: 'Your name' }).waitFor();
    await ann.press(key);
    await expect(shown.locator(':focus')).toHaveCount(1);
    await ann.press('Escape');
    await expect(shown).toBeHidden();
    await expect.poll(async () => (await focused(page))?.name, `after ${opened}`).toBe(before);
  }
  await text.focus();
  await ann.press('Control+/');
  await page.locator('dialog.shortcuts').waitFor();
  await ann.press('Escape');
  await expect(text).toBeFocused();
});

test('the past of a document is looked at, and brought back, by keys alone', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  const { page, text } = ann;
  const past = page.getByRole('document', { name: 'The text at this moment' });
  const banner = page.locator('.banner');
  const openPast = async (): Promise<void> => {
    await tabTo(ann, 'More', 'Shift+Tab');
    await ann.press('Enter');
    await page.getByRole('menu', { name: 'More' }).waitFor();
    await ann.press('h');
    await ann.press('Enter');
    await past.waitFor();
    // Who goes to another page is at its beginning.
    await expect(page.locator('h1.title')).toBeFocused();
  };
  await ann.open(`${server.url}/d/stores`);
  await ann.type('Stores\nFlour.\nSea biscuits.');
  await expect.poll(() => ann.saveState()).toBe('saved');
  await openPast();
  await tabTo(ann, 'Name this moment…');
  await ann.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await ann.press('Escape');
  await expect(page.getByRole('button', { name: 'Name this moment…' })).toBeFocused();
  await ann.press('Enter');
  await ann.type('Whole');
  await ann.press('Enter');
  await expect(page.getByRole('button', { name: 'Whole' })).toHaveAttribute('aria-current', 'true');
  await expect(page.getByRole('button', { name: 'Name this moment…' })).toBeFocused();

  await tabTo(ann, 'Back to the text', 'Shift+Tab');
  await ann.press('Enter');
  await text.waitFor();
  await expect(page.getByRole('main')).toBeFocused();
  await tabTo(ann, 'Document');
  await ann.press('Control+End');
  await ann.press('Control+Shift+Backspace');
  await expect.poll(() => ann.blocks()).toEqual(['Stores', 'Flour.']);
  await expect.poll(() => ann.saveState()).toBe('saved');
  await openPast();
  await expect(past.locator('del')).toHaveText('Sea biscuits.');
  const part = 'Bring back only this: Sea biscuits.';
  await tabTo(ann, part);
  await ann.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await ann.press('Escape');
  await expect(page.getByRole('button', { name: part })).toBeFocused();
  await ann.press('Enter');
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Bring it back' })).toBeFocused();
  await ann.press('Enter');
  await expect(banner).toContainText('Brought back: “Sea biscuits.”');
  // Its button has gone; what can be done next follows.
  await expect(past.locator('del')).toHaveCount(0);
  await expect(banner).toBeFocused();
  await tabTo(ann, 'Undo');
  await ann.press('Enter');
  await expect(banner).toContainText('What was written since then stays.');
  await expect(banner).toBeFocused();

  await tabTo(ann, /^Whole/);
  await ann.press('Enter');
  await tabTo(ann, 'Bring it back', 'Shift+Tab');
  await ann.press('Enter');
  await ann.press('Enter');
  await expect(banner).toContainText('Brought back: “Whole”');
  await expect(banner).toBeFocused();
  await tabTo(ann, 'Open the document');
  await ann.press('Enter');
  await expect.poll(() => ann.blocks()).toEqual(['Stores', 'Flour.', 'Sea biscuits.']);
});

test('the line one writes in is never under what stays at the top, nor out of the window', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  const { page, text } = ann;
  await ann.open(`${server.url}/d/long`);
  await ann.paste(Array.from({ length: 60 }, (_, index) => `Paragraph ${index}.`).join('\n\n'));
  await expect(text.locator('p')).toHaveCount(60);
  for (const size of [
    { width: 1280, height: 900 },
    { width: 390, height: 500 },
  ]) {
    await page.setViewportSize(size);
    await ann.press('Control+End');
    await expectCaretSeen(text, /^Paragraph 59/);
    for (let line = 0; line < 24; line++) await ann.press('ArrowUp');
    await expectCaretSeen(text, /^Paragraph 35/);
    await ann.press('x');
    await expectCaretSeen(text, /^Paragraph 35\.x+|^x+Paragraph 35/);
    await ann.press('PageUp');
    await expectCaretSeen(text, /^Paragraph [12]?\d\./);
    // What is taken back lies far above.
    await ann.press('Control+Home');
    await expectCaretSeen(text, /^Paragraph 0/);
    for (let line = 0; line < 5; line++) await ann.press('ArrowDown');
    await ann.press('Enter');
    await expectCaretSeen(text, /^Paragraph 5\./);
    await ann.press('Control+End');
    await expectCaretSeen(text, /^Paragraph 59/);
    await ann.press('Control+z');
    await expectCaretSeen(text, /^Paragraph 5\./);
  }
  // Looking for something takes more of the window.
  await ann.press('Control+f');
  await expect(page.getByRole('search')).toBeVisible();
  await text.getByText('Paragraph 14.').click();
  for (let line = 0; line < 12; line++) await ann.press('ArrowUp');
  await expectCaretSeen(text, /^Paragraph 2\./);
});

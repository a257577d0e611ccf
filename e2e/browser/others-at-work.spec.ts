// What others do where one does not look, and who is writing now: seen at the edge of the text and among the people.

import type { Locator } from '@playwright/test';
import { isWhole, picture, windows } from './picture.js';
import { expect, test } from './story.js';
import type { Writer } from './writer.js';

const lines = Array.from({ length: 80 }, (_, n) => `Line ${n + 1} of the log, written at night.`);
const marks = ({ page }: Writer): Locator => page.locator('.change-mark');
const notice = ({ page }: Writer): Locator => page.locator('.following.changes');
const paragraph = ({ text }: Writer, line: number): Locator => text.locator('p').nth(line - 1);
const heard = ({ page }: Writer): Locator => page.locator('[aria-live=polite]');

/** It is loaded once a text is shown. */
async function looks({ page }: Writer): Promise<void> {
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.includes('others-at-work')),
  );
  await page.waitForFunction(() => document.adoptedStyleSheets.length > 0);
}

test('a paragraph that somebody changed out of sight says so when it comes into view, once', async ({
  server,
  join,
  connect,
}) => {
  const ann = await join('Ann Ek', { viewport: { width: 1000, height: 500 } });
  await ann.open(`${server.url}/d/log`);
  await ann.paste(lines.join('\n'));
  await looks(ann);
  await ann.goToEndOf(0);
  const ben = connect('log', 'Ben Ro');
  await expect.poll(() => ben.markup).toContain('Line 80');
  ben.putCaret(59, 2);
  await expect(ann.caretOf('Ben Ro')).toBeAttached();
  // One before her eyes, two out of sight; of one only letters go. Hers own are not told of.
  ben.text(1).insert(4, ' xy');
  ben.text(59).delete(0, 1);
  ben.text(60).insert(0, 'New: ');
  await expect(paragraph(ann, 61)).toHaveText(/^New: /);
  await expect(paragraph(ann, 2)).toHaveText(/xy/);
  await ann.type(' Mine.');
  await expect(marks(ann)).toHaveCount(0);

  await paragraph(ann, 62).scrollIntoViewIfNeeded();
  await expect(marks(ann)).toHaveCount(2);
  await expect(marks(ann).first()).toHaveText('Edited by Ben Ro');
  // The name once for both; the focus where it was.
  await expect(marks(ann).last()).toHaveText('');
  const beside = async (): Promise<boolean> => {
    const [mark, block] = await Promise.all([marks(ann).last().boundingBox(), paragraph(ann, 61).boundingBox()]);
    return mark !== null && block !== null && Math.abs(mark.y - block.y) < 2 && mark.x < block.x;
  };
  expect(await beside()).toBe(true);
  await expect(ann.text).toBeFocused();
  // After a few seconds they are gone.
  await ann.page.evaluate(() => {
    for (const animation of document.getAnimations())
      if (animation.effect?.getTiming().iterations === 1) animation.finish();
  });
  await expect(marks(ann)).toHaveCount(0);
  await paragraph(ann, 1).scrollIntoViewIfNeeded();
  await expect(paragraph(ann, 1)).toBeInViewport();
  await paragraph(ann, 62).scrollIntoViewIfNeeded();
  await expect(paragraph(ann, 62)).toBeInViewport();
  await expect(marks(ann)).toHaveCount(0);
});

test('of very much that changed, or came after a time without a connection, there is one sentence', async ({
  wire,
  join,
  connect,
}) => {
  const ann = await join('Ann Ek', { viewport: { width: 1000, height: 500 } });
  await ann.open(`${wire.url}/d/log`);
  await ann.paste(lines.join('\n'));
  await looks(ann);
  await ann.goToEndOf(0);
  const ben = connect('log', 'Ben Ro');
  await expect.poll(() => ben.markup).toContain('Line 80');
  const changeMany = (): void =>
    ben.doc.transact(() => {
      for (const n of lines.keys()) ben.text(n).insert(0, '+');
    });
  changeMany();
  await expect(notice(ann)).toContainText(/^\d\d paragraphs were edited\./);
  await expect(heard(ann)).toContainText('paragraphs were edited.');
  await notice(ann).getByRole('button', { name: 'Close' }).press('Enter');
  await expect(notice(ann)).toHaveCount(0);
  await expect(ann.text).toBeFocused();

  await wire.cut();
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'offline');
  changeMany();
  await expect.poll(() => ben.synced).toBe(true);
  await wire.mend();
  await expect(paragraph(ann, 1)).toHaveText(/^\+\+/, { timeout: 30_000 });
  await expect(notice(ann)).toContainText('80 paragraphs were edited while you were away.');
  await expect(marks(ann)).toHaveCount(0);
  await notice(ann).getByRole('button', { name: 'Show them' }).click();
  await expect(marks(ann).first()).toHaveText('Edited by Ben Ro');
  await expect(notice(ann)).toHaveCount(0);
});

test('who is writing is seen at their picture and their caret, is there to be read, and is over soon', async ({
  server,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/now`);
  await ann.type('Ann.\nBen.');
  await looks(ann);
  await ben.open(`${server.url}/d/now`);
  const picture = ann.page.getByRole('button', { name: 'Ben Ro – follow' });
  const flag = () =>
    ann
      .caretOf('Ben Ro')
      .evaluate((caret) => getComputedStyle(caret.querySelector('.weft-caret-name')!, '::after').content);
  await ben.goToEndOf(1);
  await expect(ann.caretOf('Ben Ro')).toBeAttached();
  // Whoever only moves does not write.
  await expect(picture).not.toHaveClass(/writing/);
  await expect.poll(flag).toBe('none');
  await expect(async () => {
    await ben.type(' words');
    await expect(picture).toHaveClass(/writing/, { timeout: 1_000 });
    await expect(picture).toHaveAccessibleDescription('is writing', { timeout: 1_000 });
    await expect.poll(flag, { timeout: 1_000 }).toContain('…');
  }).toPass();
  await expect(picture).not.toHaveClass(/writing/);
  await expect(picture).toHaveAccessibleDescription('Ben Ro');
  await expect.poll(flag).toBe('none');
  await expect(heard(ann).filter({ hasText: 'writing' })).toHaveCount(0);
});

test('of thirty people the row shows as many as it has room for, and a list leads to each of the others', async ({
  server,
  join,
  connect,
}) => {
  const ann = await join('Ann Ek', { reducedMotion: 'reduce', viewport: { width: 600, height: 600 } });
  const { page } = ann;
  await ann.open(`${server.url}/d/many`);
  await ann.paste(lines.join('\n'));
  await looks(ann);
  const others = Array.from({ length: 30 }, (_, n) => connect('many', `Writer ${n + 1}`));
  const rest = page.getByRole('button', { name: /more people here/ });
  await expect(rest).toHaveText('+27');
  await page.setViewportSize({ width: 1300, height: 600 });
  await expect(rest).toHaveText('+26');
  await page.setViewportSize({ width: 390, height: 600 });
  await expect(rest).toHaveText('+30');
  const list = page.getByRole('dialog', { name: 'Everybody here' });
  await expect.poll(() => others.every(({ synced }) => synced)).toBe(true);

  // Of those who have no picture in the row the number tells that they write, and the list who it is.
  await expect(async () => {
    for (const other of others) other.text(0).insert(0, 'x');
    await expect(rest).toHaveClass(/writing/, { timeout: 1_000 });
    await expect(rest).toHaveAccessibleDescription('30 of them are writing', { timeout: 1_000 });
  }).toPass();
  await rest.press('Enter');
  await expect(list).toBeInViewport({ ratio: 1 });
  await expect(list.getByRole('listitem')).toHaveCount(30);
  const last = list.getByRole('listitem').last().getByRole('button');
  const name = (await last.textContent())!.match(/Writer \d+/)![0];
  others[Number(name.slice('Writer '.length)) - 1]!.putCaret(70, 3);
  await last.press('Enter');
  await expect(list).toBeHidden();
  await expect(page.locator('.following:not(.changes)')).toContainText(`Following ${name}`);
  await expect(ann.caretOf(name)).toBeInViewport();
});

for (const [size, options] of windows) {
  test(`what others do, ${size}`, async ({ server, join, connect }) => {
    const ann = await join('Ann Ek', options);
    await ann.open(`${server.url}/d/log`);
    await ann.title.fill('The keeper’s log');
    await ann.text.click();
    await ann.type('# The log\n', 0);
    await ann.paste(lines.join('\n'));
    await looks(ann);
    await ann.goToEndOf(2);
    const ben = connect('log', 'Ann-Kathrin of the northern harbour office, deputy');
    const cem = connect('log', 'Cem Ay');
    await expect.poll(() => ben.markup).toContain('Line 80');
    await expect.poll(() => cem.markup).toContain('Line 80');
    const write = (): void => {
      ben.text(60).insert(0, 'More of it, so that the line is a long one and goes on. ');
      ben.putCaret(60, 9);
      cem.text(62).insert(0, 'And ');
      cem.putCaret(62, 4);
    };
    write();
    await expect(paragraph(ann, 62)).toHaveText(/^And /);
    await paragraph(ann, 62).scrollIntoViewIfNeeded();
    await expect(marks(ann)).toHaveCount(2);
    write();
    // On a phone a number stands for both.
    await expect(ann.page.locator('.avatar.writing')).toHaveCount(size === 'wide' ? 2 : 1);
    await picture(ann.page, `others-${size}`);
    if (size === 'phone') {
      // However small: that all is saved, and since when, is not what has to give way.
      await ann.page.setViewportSize({ width: 360, height: 780 });
      await expect(ann.saveLine).toHaveText(/^Saved · \d\d:\d\d$/);
      expect(await isWhole(ann.saveLine.locator('span'))).toBe(true);
    }
    ben.doc.transact(() => {
      for (const n of lines.keys()) ben.text(n).insert(0, '+');
    });
    await expect(notice(ann)).toBeInViewport({ ratio: 1 });
    await picture(ann.page, `others-many-${size}`);
  });
}

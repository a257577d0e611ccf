// Text that is not on the server, or not in this way: it is kept in the browser, listed, and can be read as it was written, put
// back, made a document of its own, copied, downloaded and, when one is sure, thrown away. And what is kept can be forgotten.

import { readFile } from 'node:fs/promises';
import { picture, windows } from './picture.js';
import { expect, test } from './story.js';
import { refuse, tapWire, turnAway } from './wire-tap.js';
import type { Writer } from './writer.js';

/** Of "Lamps", a text with a heading and a list, the last item is refused; the rest is saved. */
async function haveRefused(writer: Writer, url: string): Promise<void> {
  let isRefusing = false;
  await tapWire(writer.page, { answered: (message) => (isRefusing ? refuse(message) : null) });
  await writer.open(url);
  await writer.title.fill('Lamps');
  await writer.title.press('Enter');
  await writer.type('# The long watch\n- Wicks\nOil');
  await expect(writer.saveLine).toHaveAttribute('data-save-state', 'saved');
  isRefusing = true;
  await writer.press('Enter');
  await expect(writer.saveLine).toHaveAttribute('data-save-state', 'refused');
  isRefusing = false;
  await expect.poll(() => writer.blocks()).toEqual(['The long watch', 'WicksOil']);
}

/** The same, and the person goes to read it. */
async function readRefused(writer: Writer, url: string): Promise<void> {
  await haveRefused(writer, url);
  await writer.page.getByRole('alert').getByRole('link', { name: 'Read it' }).click();
}

const keptText = ({ page }: Writer) => page.getByRole('textbox', { name: 'Kept text' });
const button = ({ page }: Writer, name: string) => page.getByRole('button', { name, exact: true });

test('is told of where it was written, listed on the start page, put back, and then listed no more', async ({
  server,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await haveRefused(ben, `${server.url}/d/lamps`);
  const alert = ben.page.getByRole('alert');
  await expect(alert).toContainText('kept on this device: read it, put it back, or copy it.');
  await alert.getByRole('button', { name: 'Dismiss' }).click();
  await expect(alert).toHaveCount(0);
  // Others go on meanwhile.
  await ann.open(`${server.url}/d/lamps`);
  await ann.goToEndOf(0);
  await ann.type(', by Ann');

  // Also for a tab that comes later.
  await ben.page.goto(`${server.url}/`);
  await ben.page.getByRole('link', { name: 'A text is kept for you' }).click();
  await ben.page.getByRole('link', { name: /^Lamps/ }).click();
  await expect(keptText(ben)).toContainText('The long watch');
  await expect(keptText(ben)).toHaveAttribute('contenteditable', 'false');
  await expect(keptText(ben).locator('li')).toHaveCount(3);
  await button(ben, 'Put back').click();

  await expect(ben.text.locator('li')).toHaveCount(3);
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
  await expect(ann.text.locator('li')).toHaveCount(3);
  await expect(ann.text).toContainText('The long watch, by Ann');
  await ben.page.goto(`${server.url}/`);
  await expect(ben.page.getByRole('listitem')).toHaveCount(1);
  await expect(ben.page.getByRole('link', { name: /kept for you/ })).toHaveCount(0);
});

test('becomes a document of its own, with all of it', async ({ server, join }) => {
  const ben = await join('Ben Ro');
  await readRefused(ben, `${server.url}/d/lamps`);
  await button(ben, 'Make a new document').click();
  await expect(ben.page).not.toHaveURL(/\/kept|\/d\/lamps/);
  await expect(ben.title).toHaveValue('Lamps');
  await expect(ben.text.locator('li')).toHaveCount(3);
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
  await ben.page.goto(`${server.url}/kept`);
  await expect(ben.page.getByRole('heading', { name: 'Nothing is kept here' })).toBeVisible();
});

test('is copied and downloaded, thrown away when one is sure, and brought back for a while', async ({
  server,
  join,
}) => {
  const ben = await join('Ben Ro', { permissions: ['clipboard-read'] });
  await readRefused(ben, `${server.url}/d/lamps`);
  const words = 'The long watch\n\n- Wicks\n- Oil';
  await button(ben, 'Copy').click();
  await expect.poll(() => ben.clipboard()).toContain(words);
  const downloading = ben.page.waitForEvent('download');
  await button(ben, 'Download').click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('Lamps.txt');
  expect(await readFile(await download.path(), 'utf8')).toContain(words);

  await button(ben, 'Throw away').click();
  const question = ben.page.getByRole('dialog');
  await expect(question).toContainText('Throw away this text of “Lamps”?');
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await ben.press('Escape');
  await expect(question).toHaveCount(0);
  await expect(keptText(ben)).toBeVisible();
  await button(ben, 'Throw away').click();
  await question.getByRole('button', { name: 'Throw away' }).click();
  await expect(ben.page.getByRole('heading', { name: 'Nothing is kept here' })).toBeVisible();
  await button(ben, 'Undo').click();
  await expect(ben.page.getByRole('link', { name: /^Lamps/ })).toBeVisible();

  await ben.page.getByRole('link', { name: /^Lamps/ }).click();
  await button(ben, 'Throw away').click();
  await question.getByRole('button', { name: 'Throw away' }).click();
  await expect(ben.page.getByRole('heading', { name: 'Nothing is kept here' })).toBeVisible();
  await ben.page.goto(`${server.url}/`);
  await expect(ben.page.getByRole('listitem')).toHaveCount(1);
  await expect(ben.page.getByRole('link', { name: /kept for you/ })).toHaveCount(0);
});

test('is copied where the document may not be opened and the editor does not come, nor what writes it out, or shown to be copied by hand', async ({
  server,
  join,
}) => {
  const ben = await join('Ben Ro', { permissions: ['clipboard-read', 'clipboard-write'] });
  await haveRefused(ben, `${server.url}/d/lamps`);
  await tapWire(ben.page, { heard: turnAway });
  await ben.page.route(/\/assets\/(editor|plain-text)-/, (route) => route.abort());
  await ben.page.reload();
  await expect(ben.page.getByRole('heading', { name: 'You cannot open this document' })).toBeVisible();
  const words = 'The long watch\nWicks\nOil';
  // As where a browser was told to let no page have it.
  await ben.page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error('Not allowed.'));
    document.execCommand = () => false;
  });
  await button(ben, 'Copy your text').click();
  await expect(ben.page.getByRole('alert')).toContainText('Your text could not be put on the clipboard.');
  const shown = ben.page.getByRole('textbox', { name: 'Your text' });
  await expect(shown).toHaveValue(words);
  await shown.focus();
  await ben.press('Control+c');
  await expect.poll(() => ben.clipboard()).toBe(words);

  await ben.page.reload();
  await ben.page.evaluate(() => navigator.clipboard.writeText('Something else'));
  await button(ben, 'Copy your text').click();
  await expect(button(ben, 'Copy your text')).toHaveCount(0);
  await expect(shown).toHaveCount(0);
  await expect.poll(() => ben.clipboard()).toBe(words);
});

test('a document is forgotten on this device, from its page and from the list, and asked about when it is unsaved', async ({
  wire,
  join,
}) => {
  const ben = await join('Ben Ro');
  await ben.open(`${wire.url}/d/lamps`);
  await ben.type('Saved.');
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
  await ben.page.getByRole('link', { name: 'All documents' }).click();
  const device = ben.page.getByRole('button', { name: /^On this device: forget/ });
  const question = ben.page.getByRole('dialog', { name: /^Forget/ });
  await device.click();
  await question.getByRole('button', { name: 'Forget', exact: true }).click();
  await expect(device).toHaveCount(0);
  await expect(ben.page.getByRole('listitem')).toHaveCount(1);

  await ben.open(`${wire.url}/d/lamps`);
  await ben.goToEndOf(0);
  await wire.cut();
  await ben.type(' Not.');
  await expect(ben.saveLine).toHaveText(/kept on this device$/);
  await button(ben, 'More').click();
  await ben.page.getByRole('menuitem', { name: 'Forget on this device…' }).click();
  await expect(question).toContainText('lose what is not saved?');
  await question.getByRole('button', { name: 'Lose it and forget' }).click();
  await expect(ben.page.getByRole('heading', { name: 'Documents', level: 1 })).toBeVisible();

  await wire.mend();
  await ben.open(`${wire.url}/d/lamps`);
  await expect.poll(() => ben.blocks()).toEqual(['Saved.']);
  await button(ben, 'Ben Ro (you): change name or colour').click();
  await button(ben, 'Forget all on this device…').click();
  await question.getByRole('button', { name: 'Forget', exact: true }).click();
  await expect(ben.page.getByRole('listitem')).toHaveCount(1);
  await expect(device).toHaveCount(0);
});

for (const [size, options] of windows) {
  test(`pictures of kept texts and of forgetting, ${size}`, async ({ server, join }) => {
    const ben = await join('Ben Ro', options);
    await haveRefused(ben, `${server.url}/d/lamps`);
    await picture(ben.page, `kept-told-${size}`);
    await ben.page.getByRole('link', { name: 'Read it' }).click();
    await expect(keptText(ben)).toBeVisible();
    await picture(ben.page, `kept-one-${size}`);
    await button(ben, 'Throw away').click();
    await expect(ben.page.getByRole('dialog')).toBeVisible();
    await picture(ben.page, `kept-question-${size}`);
    await ben.press('Escape');
    await ben.page.goto(`${server.url}/kept`);
    await expect(ben.page.getByRole('link', { name: /^Lamps/ })).toBeVisible();
    await picture(ben.page, `kept-list-${size}`);
    await ben.page.goto(`${server.url}/`);
    await expect(ben.page.getByRole('link', { name: /kept for you/ })).toBeVisible();
    await expect(ben.page.getByRole('button', { name: /^On this device/ })).toBeVisible();
    await picture(ben.page, `kept-start-${size}`);
    await button(ben, 'Ben Ro (you): change name or colour').click();
    await expect(ben.page.getByRole('dialog', { name: 'You' })).toBeVisible();
    await picture(ben.page, `forget-all-${size}`);
    await ben.page.goto(`${server.url}/d/lamps`);
    await button(ben, 'More').click();
    await expect(ben.page.getByRole('menuitem', { name: 'Forget on this device…' })).toBeVisible();
    await picture(ben.page, `forget-menu-${size}`);
  });
}

// The past of a document as a whole: how long it is kept, and taking it away for good, beside somebody who writes on.

import type { Page } from '@playwright/test';
import { expect, test } from './members.js';
import { picture, windows } from './picture.js';
import type { Writer } from './writer.js';

const SECRET = 'QkwxSecret';
const versions = (page: Page) => page.getByRole('complementary', { name: 'Versions' });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const keeping = (page: Page) => page.getByRole('dialog', { name: /^The past of/ });
const question = (page: Page) => page.locator('dialog.question');
/** A story that is played at midnight has begun on the day before. */
const aMomentAgo = (before: string): RegExp => new RegExp(`${before} (today|yesterday), \\d\\d:\\d\\d`);

/** A document of hers, in which Ann wrote a secret and took it back. @returns its address */
async function withSecret(ann: Writer): Promise<string> {
  await button(ann.page, 'New document').click();
  await ann.text.waitFor();
  await ann.title.fill('Plans');
  await ann.text.click();
  await ann.type('Keep this. ');
  // In one piece, as it is pasted.
  await ann.page.keyboard.insertText(SECRET);
  await expect(ann.saveLine).toHaveText(/^Saved · /);
  for (let at = 0; at < SECRET.length; at++) await ann.press('Backspace');
  await expect.poll(() => ann.blocks()).toEqual(['Keep this. ']);
  await expect(ann.saveLine).toHaveText(/^Saved · /);
  return ann.page.url();
}

async function letWrite(ann: Writer, email: string): Promise<void> {
  await button(ann.page, 'Share').click();
  const share = ann.page.getByRole('dialog', { name: /^Share/ });
  await share.getByRole('textbox', { name: 'Email' }).fill(email);
  await share.getByRole('combobox', { name: 'What they may do' }).selectOption('Can edit');
  await share.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(share.getByRole('status')).toContainText('can edit from now on');
  await share.getByRole('button', { name: 'Done' }).click();
}

async function openKeeping(page: Page, address: string): Promise<void> {
  // A title is known to the server a moment after it was written (J4).
  await expect(async () => {
    await page.goto(address.replace('/d/', '/history/'));
    await expect(page.getByRole('heading', { name: 'Plans' })).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await versions(page).getByRole('button', { name: 'Keeping the past…' }).click();
  await expect(keeping(page)).toContainText(aMomentAgo('\\d changes? since'));
}

/** Whether what the app keeps on the device has a word in it. */
const isOnDevice = (page: Page, word: string): Promise<boolean> =>
  page.evaluate(async (sought) => {
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const texts: string[] = [];
    const look = (value: unknown): void => {
      if (value instanceof Uint8Array) texts.push(new TextDecoder('latin1').decode(value));
      else if (typeof value === 'string') texts.push(value);
      else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look);
    };
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name!));
      for (const store of database.objectStoreNames) {
        look(await done(database.transaction(store).objectStore(store).getAll()));
      }
      database.close();
    }
    return texts.some((text) => text.includes(sought));
  }, word);

test('an owner erases what was deleted while somebody writes, and nobody can undo their way back', async ({
  member,
}) => {
  const [ann, ben] = [await member('ann'), await member('ben')];
  const address = await withSecret(ann);
  await letWrite(ann, 'ben@example.org');
  await ben.open(address);
  await ben.text.click();
  await ben.press('Control+End');
  await ben.type('Ben is here.');
  await expect.poll(() => ann.blocks()).toEqual(['Keep this. Ben is here.']);

  await expect.poll(() => isOnDevice(ann.page, SECRET)).toBe(true);
  const owner = await ann.page.context().newPage();
  await openKeeping(owner, address);
  await button(owner, 'Erase what was deleted…').click();
  await expect(question(owner)).toContainText('Erase what was deleted in “Plans” for good?');
  await expect(question(owner)).toContainText(
    'Pictures and other files stay as long as the document does, deleted ones',
  );
  await expect(question(owner)).toContainText(/With it \d+ changes (and \d+ versions? )?go/);
  await button(owner, 'Cancel').click();
  await expect(keeping(owner).getByRole('status')).toHaveText('');
  await button(owner, 'Erase what was deleted…').click();
  await button(owner, 'Erase it').click();
  await expect(keeping(owner).getByRole('status')).toContainText('Text that was deleted is erased for good');
  await expect(keeping(owner)).toContainText(aMomentAgo('Nothing is kept of what was here before'));
  await button(owner, 'Erase what was deleted…').click();
  await expect(keeping(owner).getByRole('status')).toContainText('All text that was deleted is erased already');
  await button(owner, 'Done').click();
  await expect(keeping(owner)).toHaveCount(0);

  // Both come back by themselves to the same text, and write on; what Ann undoes is nothing of what was.
  await ben.text.click();
  await ben.press('Control+End');
  await expect(ben.saveLine).toHaveText(/^Saved · /);
  await ben.type(' Still.');
  await expect.poll(() => ann.blocks()).toEqual(['Keep this. Ben is here. Still.']);
  await ann.text.click();
  for (let times = 0; times < 5; times++) await ann.press('Control+z');
  await expect.poll(() => ann.blocks()).toEqual(['Keep this. Ben is here. Still.']);
  await expect(ann.saveLine).toHaveText(/^Saved · /);
  await expect.poll(() => isOnDevice(ann.page, SECRET), 'Ann’s device has let go of it').toBe(false);
  await ann.page.reload();
  await ann.text.waitFor();
  await expect.poll(() => ann.blocks()).toEqual(['Keep this. Ben is here. Still.']);
});

test('an owner says how long the past is kept and removes some of it, and who writes is not disturbed', async ({
  member,
}) => {
  const [ann, ben] = [await member('ann'), await member('ben')];
  const address = await withSecret(ann);
  await letWrite(ann, 'ben@example.org');
  const made: string[] = [];
  ben.page.on('websocket', (socket) => made.push(socket.url()));
  await ben.open(address);
  await ben.text.click();
  await ben.press('Control+End');
  await ben.type('Ben is here.');
  await expect.poll(() => ann.blocks()).toEqual(['Keep this. Ben is here.']);

  const owner = await ann.page.context().newPage();
  await openKeeping(owner, address);
  const kept = keeping(owner).getByRole('combobox', { name: 'Earlier states are kept' });
  await expect(kept).toHaveValue('');
  await kept.selectOption('90 days');
  await expect(keeping(owner).getByRole('status')).toContainText('What is older than 90 days is removed once a day');
  await expect(kept).toHaveValue('90');
  await kept.selectOption('for good');
  await expect(keeping(owner).getByRole('status')).toContainText('Nothing is removed by itself any more');
  const keptVersions = keeping(owner).getByRole('combobox', { name: 'Versions without a name are kept' });
  await expect(keptVersions).toHaveValue('thinned');
  await keptVersions.selectOption('all');
  await expect(keeping(owner).getByRole('status')).toContainText('All versions stay from now on');

  const before = keeping(owner).getByLabel('Before');
  await before.fill('2020-01-01T00:00');
  await button(owner, 'Remove…').click();
  await expect(keeping(owner).getByRole('status')).toContainText('There is nothing older than');
  // What the field takes goes on with the clock.
  await owner.waitForFunction(() => {
    const { max } = document.querySelector<HTMLInputElement>('.keeping input[name=before]')!;
    return Date.now() - new Date(max).getTime() > 1_000;
  });
  // In whole seconds, as the field takes it: what Ann wrote is older than this one.
  const now = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  await before.fill(await owner.evaluate(now));
  await button(owner, 'Remove…').click();
  await expect(question(owner)).toContainText(aMomentAgo('Remove the past of “Plans” before'));
  await button(owner, 'Remove it').click();
  await expect(keeping(owner).getByRole('status')).toContainText(/^Gone: \d+ changes/);

  await ben.type(' Still.');
  await expect.poll(() => ann.blocks()).toEqual(['Keep this. Ben is here. Still.']);
  expect(made).toHaveLength(1);

  // Who was here before what is kept is shown all of that.
  const name = decodeURIComponent(new URL(address).pathname.slice('/d/'.length));
  await owner.evaluate((visited) => localStorage.setItem('weft.visits', JSON.stringify([[visited, 1e12, 1e12]])), name);
  await owner.reload();
  await versions(owner)
    .getByRole('button', { name: /^Since you were here/ })
    .click();
  await expect(owner.getByRole('combobox', { name: 'Compared with' })).toHaveValue('beginning');
  await expect(owner.getByRole('document', { name: 'The text at this moment' })).toContainText('Still.');
  await expect(versions(owner).getByRole('button', { name: /^Since you were here/ })).toHaveCount(0);

  // Who does not own it is not offered it.
  await ben.page.goto(address.replace('/d/', '/history/'));
  await expect(versions(ben.page).getByRole('button', { name: /^Now/ })).toBeVisible();
  await expect(versions(ben.page).getByRole('button', { name: 'Keeping the past…' })).toHaveCount(0);
});

for (const [name, options] of windows) {
  test(`the dialog of the past in a ${name} window, by day and at night`, async ({ member }) => {
    const ann = await member('ann', options);
    const address = await withSecret(ann);
    await openKeeping(ann.page, address);
    await picture(ann.page, `keeping-${name}`);
    await button(ann.page, 'Erase what was deleted…').click();
    await question(ann.page).waitFor();
    await picture(ann.page, `keeping-question-${name}`);
  });
}

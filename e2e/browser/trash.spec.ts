// The trash between two people: what one of them moves there is gone for both, and back with everything.

import type { Page } from '@playwright/test';
import { expect, test } from './members.js';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });

test('a document goes to the trash, both are told, and its owner brings it back, or erases it for good', async ({
  member,
}) => {
  const ann = await member('ann');
  await button(ann.page, 'New document').click();
  await ann.text.waitFor();
  await ann.title.fill('Plans');
  await ann.text.click();
  await ann.type('Keep this.');
  await expect(ann.saveLine).toHaveText(/^Saved · /);
  const address = ann.page.url();
  await button(ann.page, 'Share').click();
  const share = ann.page.getByRole('dialog', { name: /^Share/ });
  await share.getByRole('textbox', { name: 'Email' }).fill('ben@example.org');
  await share.getByRole('combobox', { name: 'What they may do' }).selectOption('Can edit');
  await share.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(share.getByRole('status')).toContainText('can edit from now on');
  await share.getByRole('button', { name: 'Done' }).click();

  const ben = await member('ben');
  await ben.page.goto(address);
  await expect.poll(() => ben.blocks()).toEqual(['Keep this.']);
  // What is not his to move is not offered to him.
  await button(ben.page, 'More').click();
  await expect(ben.page.getByRole('menuitem', { name: 'History' })).toBeVisible();
  await expect(ben.page.getByRole('menuitem', { name: 'Move to the trash' })).toHaveCount(0);
  await ben.page.keyboard.press('Escape');

  const trash = async (): Promise<void> => {
    await button(ann.page, 'More').click();
    await ann.page.getByRole('menuitem', { name: 'Move to the trash' }).click();
    for (const { page } of [ann, ben]) await expect(heading(page, 'This document is in the trash')).toBeVisible();
  };
  // What stands before a page goes with it.
  await button(ben.page, 'Share').click();
  await expect(ben.page.getByRole('dialog', { name: /^Share/ })).toBeVisible();
  await trash();
  await expect(ben.page.getByRole('dialog', { name: /^Share/ })).toBeHidden();
  await expect(ben.page.getByText('its owner can bring it back')).toBeVisible();
  await expect(button(ben.page, 'Bring it back')).toHaveCount(0);
  await button(ann.page, 'Bring it back').click();
  // Ben's page finds out by itself.
  for (const one of [ann, ben]) await expect.poll(() => one.blocks(), { timeout: 20_000 }).toEqual(['Keep this.']);

  // From the list, with a way back beside it.
  await ann.page.goto(new URL('/', address).href);
  const row = ann.page.getByRole('link', { name: /^Plans/ });
  await button(ann.page, 'Move “Plans” to the trash').click();
  await expect(row).toHaveCount(0);
  await expect(ann.page.getByText('“Plans” is in the trash')).toBeVisible();
  await expect(heading(ben.page, 'This document is in the trash')).toBeVisible();
  await expect(button(ann.page, 'Undo')).toBeFocused();
  await ann.page.keyboard.press('Enter');
  await expect(row).toBeFocused();
  await expect(button(ann.page, 'Undo')).toHaveCount(0);
  // Brought back elsewhere it is in the list again, once that is looked at.
  await button(ann.page, 'Move “Plans” to the trash').click();
  await expect(row).toHaveCount(0);
  const other = await ann.context.newPage();
  await other.goto(new URL('/trash', address).href);
  await button(other, 'Bring “Plans” back').click();
  await expect(heading(other, 'The trash is empty')).toBeVisible();
  await other.close();
  await ann.page.evaluate(() => dispatchEvent(new Event('online')));
  await expect(row).toBeVisible();
  await expect(button(ann.page, 'Undo')).toHaveCount(0);
  await expect.poll(() => ben.blocks(), { timeout: 20_000 }).toEqual(['Keep this.']);
  await row.click();
  await expect.poll(() => ann.blocks()).toEqual(['Keep this.']);

  await trash();
  await ann.page.goto(new URL('/', address).href);
  await expect(ann.page.getByRole('heading', { name: 'Your documents will be here' })).toBeVisible();
  await ann.page.getByRole('link', { name: 'Trash', exact: true }).click();
  await expect(ann.page.getByText(/Erased for good after /)).toBeVisible();
  await button(ann.page, 'Bring “Plans” back').click();
  await expect(heading(ann.page, 'The trash is empty')).toBeVisible();
  await ann.page.goto(address);
  await expect.poll(() => ann.blocks()).toEqual(['Keep this.']);
  await expect.poll(() => ben.blocks(), { timeout: 20_000 }).toEqual(['Keep this.']);

  await trash();
  await ann.page.goto(new URL('/trash', address).href);
  await button(ann.page, 'Erase “Plans” for good…').click();
  const question = ann.page.locator('dialog.question');
  await expect(question).toContainText('Erase “Plans” for good?');
  await question.getByRole('button', { name: 'Erase for good', exact: true }).click();
  await expect(heading(ann.page, 'The trash is empty')).toBeVisible();
  await ben.page.reload();
  await expect(heading(ben.page, 'You cannot open this document')).toBeVisible();
});

// Pictures of every page that has to do with who may do what, each taken only once it shows what it is named for.

import type { Page } from '@playwright/test';
import { accounts, expect, test } from './members.js';
import { isWhole, picture, windows } from './picture.js';
import type { Writer } from './writer.js';

async function openShare(page: Page) {
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const share = page.getByRole('dialog', { name: /^Share/ });
  await expect(share).toBeVisible();
  return share;
}

async function beginAlmanac(writer: Writer): Promise<string> {
  await writer.page.getByRole('button', { name: 'New document' }).click();
  await writer.text.waitFor();
  await writer.title.fill('The keeper’s almanac');
  await writer.title.press('Enter');
  await writer.type(
    '# The long watch\nEvery keeper writes the almanac twice: once for the office, and once for the sea.',
    0,
  );
  await expect(writer.saveLine).toHaveText(/^Saved · /);
  return writer.page.url();
}

for (const [size, options] of windows) {
  test(`sharing, ${size}`, async ({ member, join }) => {
    const [ann, ben] = [await member('ann', options), await member('ben', options)];
    const address = await beginAlmanac(ann);
    await ben.page.goto(address);
    await expect(ben.page.getByRole('heading', { name: 'You cannot open this document' })).toBeVisible();
    await picture(ben.page, `no-access-signed-in-${size}`);
    await ben.page.getByRole('button', { name: 'Ask to be let in' }).click();
    await expect(ben.page.getByText('Your question was sent.')).toBeVisible();
    await picture(ben.page, `no-access-asked-${size}`);

    const share = await openShare(ann.page);
    await expect(share.getByText('Waiting to be let in')).toBeVisible();
    for (const email of [accounts.cleo.email, 'someone.with.a.very.long.name@department.university.example.org']) {
      await share.getByRole('textbox', { name: 'Email' }).fill(email);
      await share.getByRole('button', { name: 'Add', exact: true }).click();
      await expect(share.getByRole('combobox', { name: `What ${email} may do` })).toBeVisible();
    }
    await share.getByRole('textbox', { name: 'For whom the link is' }).fill('Press');
    await share.getByRole('combobox', { name: 'How long the link works' }).selectOption('1 week');
    await share.getByRole('button', { name: 'Make a link' }).click();
    await expect(share.getByRole('button', { name: 'Copy the link Press' })).toBeVisible();
    await picture(ann.page, `share-links-${size}`);
    await share.getByRole('button', { name: `Remove ${accounts.cleo.email}` }).click();
    await expect(share.getByRole('button', { name: 'Undo' })).toBeVisible();
    await share.getByText('Waiting to be let in').scrollIntoViewIfNeeded();
    await expect.poll(() => isWhole(share.locator('.share-scroll'))).toBe(true);
    await picture(ann.page, `share-${size}`);

    await share.getByRole('combobox', { name: 'Let Ben Ro in' }).selectOption('Can comment');
    await ben.open(address);
    await expect(ben.saveLine).toHaveText('You can read and comment');
    await picture(ben.page, `document-commenter-${size}`);
    const told = await openShare(ben.page);
    await expect(told).toContainText('You can comment here.');
    await picture(ben.page, `share-not-owner-${size}`);
    await told.getByRole('button', { name: 'Done' }).click();
    await ben.page.getByRole('button', { name: 'Ben Ro (you): your account' }).click();
    await expect(ben.page.getByRole('dialog', { name: 'You' })).toBeVisible();
    await picture(ben.page, `own-account-${size}`);
    await ben.press('Escape');
    await ben.page.goto(new URL('/', address).href);
    await expect(ben.page.getByText('Can comment')).toBeVisible();
    await picture(ben.page, `list-roles-${size}`);
    await ben.open(address);
    await share.getByRole('button', { name: 'Remove Ben Ro' }).click();
    await expect(ben.page.getByRole('heading', { name: 'You can no longer open this document' })).toBeVisible();
    await picture(ben.page, `no-access-any-more-${size}`);

    const guest = await join('Quiet Heron', options);
    await guest.page.goto(address);
    await expect(guest.page.getByRole('heading', { name: 'You cannot open this document' })).toBeVisible();
    await picture(guest.page, `no-access-guest-${size}`);
    await guest.page.goto(new URL('/', address).href);
    await expect(guest.page.getByRole('heading', { name: 'Sign in to see your documents' })).toBeVisible();
    await picture(guest.page, `list-guest-${size}`);
    await guest.page.getByRole('button', { name: /^Quiet Heron/ }).click();
    await expect(guest.page.getByRole('dialog', { name: 'You' })).toBeVisible();
    await picture(guest.page, `own-guest-${size}`);
    await guest.page.goto(`${new URL('/', address).href}sign-in?problem=unreachable&to=%2F`);
    await expect(guest.page.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
    await picture(guest.page, `sign-in-problem-${size}`);
  });
}

// A server where everybody may do everything says so, and an address that nobody has begun is not an empty sheet.

import { picture, windows } from './picture.js';
import { expect, test } from './story.js';

for (const [size, options] of windows) {
  test(`an address nobody has begun says so, and can be begun, ${size}`, async ({ server, join }) => {
    const ann = await join('Ann Ek', options);
    const { page } = ann;
    await page.goto(`${server.url}/d/notes/mistyped`);
    await expect(page.getByRole('heading', { name: 'There is no document here yet' })).toBeVisible();
    await expect(page.getByText('Nobody has begun “notes/mistyped”.')).toBeVisible();
    await picture(page, `absent-${size}`);
    const { documents } = await (await page.request.get(`${server.url}/api/v1/documents`)).json();
    expect(documents).toEqual([]);
    await page.getByRole('button', { name: 'Begin it' }).click();
    await ann.text.click();
    await ann.type('Begun');
    await expect(ann.saveLine).toHaveText(/^Saved · /);
    await page.reload();
    await expect.poll(() => ann.blocks()).toEqual(['Begun']);
  });

  test(`the share dialog of an open server says what it means, ${size}`, async ({ server, join }) => {
    const ann = await join('Ann Ek', options);
    const { page } = ann;
    await ann.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await ann.open(`${server.url}/d/plans`);
    const button = page.getByRole('button', { name: 'Share', exact: true });
    await button.press('Enter');
    const share = page.getByRole('dialog', { name: 'Share “Untitled”' });
    await expect(share).toContainText('Whoever can reach this server can read and change this document.');
    await picture(page, `share-open-server-${size}`);
    // The focus stays inside until it is closed, and goes back where it was.
    const inside = () => page.evaluate(() => document.activeElement?.closest('dialog') !== null);
    for (let n = 0; n < 6; n++) {
      await ann.press('Tab');
      // Between its last control and its first the focus may be with the browser, never with the page behind.
      expect((await inside()) || (await page.evaluate(() => document.activeElement === document.body))).toBe(true);
    }
    await share.getByRole('button', { name: 'Copy address' }).click();
    await expect.poll(() => ann.clipboard()).toBe(`${server.url}/d/plans`);
    await ann.press('Escape');
    await expect(share).toBeHidden();
    await expect(button).toBeFocused();
  });
}

test('each browser is a guest of its own, for longer than a visit', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  const guestOf = async ({ page }: typeof ann) => {
    await expect.poll(() => page.evaluate(() => localStorage.getItem('weft.guest'))).toMatch(/^eyJ/);
    return page.evaluate(() => localStorage.getItem('weft.guest'));
  };
  await ann.open(`${server.url}/d/a`);
  await ben.open(`${server.url}/d/a`);
  const [first, other] = [await guestOf(ann), await guestOf(ben)];
  expect(first).not.toBe(other);
  await ann.page.reload();
  await ann.text.waitFor();
  expect(await guestOf(ann)).toBe(first);
  // What this server never signed is replaced, and keeps nobody out.
  await ann.page.evaluate(() => localStorage.setItem('weft.guest', 'eyJ.of.another'));
  await ann.page.reload();
  await ann.text.waitFor();
  await expect.poll(() => guestOf(ann)).not.toBe('eyJ.of.another');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
});

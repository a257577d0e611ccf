// The list of documents: empty, small, large, and when it cannot be had.

import { expect, test } from './story.js';

test('an empty list says what will be here; a document begun from it is listed with its title', async ({
  server,
  join,
}) => {
  const ann = await join('Ann Ek');
  const { page } = ann;
  await page.goto(server.url);
  await expect(page.getByRole('heading', { name: 'Your documents will be here' })).toBeVisible();
  await page.getByRole('button', { name: 'New document' }).click();
  await expect(page).toHaveURL(/\/d\/[0-9a-f-]{36}$/);
  await expect(ann.text).toBeFocused();
  await expect(page).toHaveTitle('Untitled – Weft');

  // Without a title it is called by its first line, here as in the list.
  await ann.type('Every night');
  await expect(page).toHaveTitle('Every night – Weft');
  await expect(ann.title).toHaveAttribute('placeholder', 'Every night');
  await ann.title.click();
  await ann.type('The keeper’s almanac');
  await ann.press('Enter');
  await expect(ann.text).toBeFocused();
  await ann.type(' the lamp is lit.');
  await expect(page).toHaveTitle('The keeper’s almanac – Weft');
  await expect(ann.saveLine).toHaveText(/^Saved · \d\d:\d\d$/);

  // The server reads title and first words out of the text when it gets round to it.
  await page.getByRole('link', { name: 'All documents' }).click();
  const row = page.getByRole('listitem');
  await expect(async () => {
    await page.reload();
    await expect(row).toContainText('The keeper’s almanac', { timeout: 500 });
    await expect(row).toContainText('Every night the lamp is lit.', { timeout: 500 });
  }).toPass({ timeout: 10_000 });
  await expect(row).toContainText('just now');

  await row.getByRole('link').click();
  await expect(ann.title).toHaveValue('The keeper’s almanac');
  await expect.poll(() => ann.blocks()).toEqual(['Every night the lamp is lit.']);
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Documents', level: 1 })).toBeVisible();
});

test('the list is as new as the last look at it', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.page.goto(server.url);
  await expect(ann.page.getByRole('heading', { name: 'Your documents will be here' })).toBeVisible();
  await ben.open(`${server.url}/d/letters/first`);
  await ben.type('Dear Ann,');
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
  await expect(async () => {
    await ann.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect(ann.page.getByRole('listitem')).toContainText('Dear Ann,', { timeout: 500 });
  }).toPass({ timeout: 10_000 });
  await expect(ann.page.getByRole('link', { name: /Dear Ann,/ })).toHaveAttribute('href', '/d/letters/first');
});

test.describe('a full list', () => {
  // Nobody makes so many at once otherwise.
  test.use({ config: { limits: { requestsAtOnce: 1000 } } });

  test('one of five hundred documents is found by typing a few letters', async ({ server, join, request }) => {
    const names = Array.from({ length: 500 }, (_, n) => `log/day-${String(n + 1).padStart(3, '0')}`);
    for (let at = 0; at < names.length; at += 50) {
      await Promise.all(names.slice(at, at + 50).map((name) => create(name)));
    }
    async function create(name: string): Promise<void> {
      const response = await request.post(`${server.url}/api/v1/documents`, { data: { name } });
      expect(response.status(), name).toBe(201);
    }

    const { page } = await join('Ann Ek');
    await page.goto(server.url);
    const rows = page.getByRole('listitem');
    await expect(rows).toHaveCount(500);
    await page.keyboard.press('/');
    const box = page.getByRole('searchbox', { name: 'Find a document by title or first lines' });
    await expect(box).toBeFocused();
    await page.keyboard.type('day-37');
    await expect(page.getByRole('status')).toHaveText('10 of 500');
    await page.keyboard.type('7');
    await expect(rows).toHaveCount(1);
    await expect(rows.getByRole('link', { name: 'log/day-377' })).toHaveAttribute('href', '/d/log/day-377');

    await page.keyboard.type('x');
    await expect(page.getByText('No document has “day-377x” in its title or first lines.')).toBeVisible();
    await page.getByRole('button', { name: 'Show all documents' }).click();
    await expect(rows).toHaveCount(500);
    await expect(box).toBeFocused();
  });
});

test('when the list cannot be had, it says so, and where the text is, and tries again when asked', async ({
  server,
  join,
}) => {
  const { page } = await join('Ann Ek');
  await page.route('**/api/v1/documents*', (route) => route.abort());
  await page.goto(server.url);
  await expect(page.getByRole('alert')).toContainText('The list could not be loaded');
  await expect(page.getByRole('alert')).toContainText(
    'The server cannot be reached. What is saved is on the server; what is not yet saved is kept on the device it was written on.',
  );
  await page.unroute('**/api/v1/documents*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'Your documents will be here' })).toBeVisible();
});

test('a document that cannot be made is said to be so, and can be made later', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  const { page } = ann;
  await page.goto(server.url);
  // The list is fetched at the same address.
  await expect(page.getByRole('heading', { name: 'Your documents will be here' })).toBeVisible();
  await page.route('**/api/v1/documents*', (route) =>
    route.fulfill({ status: 500, json: { error: { code: 'INTERNAL', message: 'The disk is full.' } } }),
  );
  await page.getByRole('button', { name: 'New document' }).click();
  await expect(page.getByRole('alert')).toContainText('The document could not be made. The disk is full.');
  await page.unroute('**/api/v1/documents*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(ann.text).toBeFocused();
});

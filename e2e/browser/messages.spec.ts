// What the pages say when something is not as it should be: what happened, what it means for the text, what to do.

import { expect, test } from './story.js';

const MEBIBYTE = 1024 * 1024;

test('an address that names no document says why, and leads on', async ({ server, join }) => {
  const { page } = await join('Ann Ek');
  const addresses: [path: string, reason: string][] = [
    ['/d/', 'A document name cannot be empty.'],
    ['/d/letters/..%2Fkeys', 'A document name cannot have "." or ".." as a part.'],
    ['/d/letters//first', 'A document name cannot have an empty part between slashes.'],
    ['/d/cafe%CC%81', 'A document name must be in Unicode form NFC: "café".'],
    ['/d/a%00b', 'A document name cannot hold control characters.'],
    [`/d/${'a'.repeat(256)}`, 'A document name has at most 255 bytes.'],
    ['/d/%E4', 'A document name in a URL must be percent-encoded UTF-8.'],
  ];
  for (const [path, reason] of addresses) {
    await page.goto(server.url + path);
    await expect(page.getByRole('heading', { name: 'This address names no document' }), path).toBeVisible();
    await expect(page.getByRole('main'), path).toContainText(reason);
  }
  await page.getByRole('link', { name: 'All documents' }).click();
  await expect(page.getByRole('heading', { name: 'Documents', level: 1 })).toBeVisible();
});

test('names of all the world are names', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  for (const name of ['café', '日記/十一月', 'a b+c%d', '😀']) {
    await ann.open(`${server.url}/d/${name.split('/').map(encodeURIComponent).join('/')}`);
    await ann.type('Here');
    await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  }
});

test('an address that is nothing says that nothing is lost', async ({ server, join }) => {
  const { page } = await join('Ann Ek');
  const answer = await page.goto(`${server.url}/d`);
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('No document is affected.');
});

test('a server that is away when a document is opened: the page waits and says so', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ben.open(`${server.url}/d/waiting`);
  await ben.type('Worth the wait');
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
  await ann.page.goto(server.url);
  await expect(ann.page.getByRole('listitem')).toHaveCount(1);
  await ann.hasPages();
  await server.stop();

  await ann.page.getByRole('listitem').getByRole('link').click();
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'loading');
  await expect(ann.page.getByRole('main')).toContainText(
    'The server cannot be reached. It is tried again by itself; the text will appear here.',
  );
  await expect(ann.text).toHaveCount(0);
  await server.restart();
  // It may have come back by itself before the button was pressed.
  await ann.page
    .getByRole('button', { name: 'Try again' })
    .click({ timeout: 500 })
    .catch(() => {});
  await expect.poll(() => ann.blocks(), { timeout: 15_000 }).toEqual(['Worth the wait']);
});

test('a change the server refuses is kept and said aloud, and writing goes on with the others (S2)', async ({
  server,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro', { permissions: ['clipboard-read'] })];
  await ann.open(`${server.url}/d/too-much`);
  await ann.type('Before. ');
  await ben.open(`${server.url}/d/too-much`);
  await expect.poll(() => ben.blocks()).toEqual(['Before. ']);
  await ben.goToEndOf(0);
  const tooMuch = `${`${'wick and lamp '.repeat(1000)}\n`.repeat(320)}the end`;
  expect(tooMuch.length).toBeGreaterThan(4 * MEBIBYTE);
  await ben.paste(tooMuch);

  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'refused');
  await expect(ben.saveLine).toHaveText('This change was refused · your text is kept');
  const alert = ben.page.getByRole('alert');
  await expect(alert).toContainText('A change was refused. This change is larger than the server accepts at once.');
  await expect.poll(() => ben.blocks()).toEqual(['Before. ']);

  await alert.getByRole('button', { name: 'Copy your text' }).click();
  await expect.poll(async () => (await ben.clipboard()).length).toBeGreaterThan(tooMuch.length);
  expect((await ben.clipboard()).replace(/\n+/g, '\n')).toBe(`Before. ${tooMuch}`);

  await alert.getByRole('button', { name: 'Dismiss' }).click();
  await expect(alert).toHaveCount(0);
  await ben.goToEndOf(0);
  await ben.type('After.');
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'saved');
  await expect.poll(() => ann.blocks()).toEqual(['Before. After.']);
  await ann.goToEndOf(0);
  await ann.type(' Both.');
  await expect.poll(() => ben.blocks()).toEqual(['Before. After. Both.']);
});

test.describe('where little is taken at once', () => {
  test.use({ config: { limits: { updateBytes: 65_536 } } });

  test('texts that could not be saved are offered one after the other, the newest first (S2)', async ({
    server,
    join,
  }) => {
    const ben = await join('Ben Ro', { permissions: ['clipboard-read'] });
    await ben.open(`${server.url}/d/twice-too-much`);
    const alert = ben.page.getByRole('alert');
    const tooMuch = 'wick and lamp '.repeat(10_000);
    for (const end of ['first', 'second']) {
      await ben.paste(tooMuch + end);
      // Once it is refused it is no more on the sheet.
      await expect.poll(() => ben.blocks()).toEqual(['']);
      await expect(alert).toContainText('A change was refused.');
    }
    for (const end of ['second', 'first']) {
      await expect(alert).toContainText('This change is larger than the server accepts at once.');
      await alert.getByRole('button', { name: 'Copy your text' }).click();
      await expect(alert.getByRole('button', { name: 'Copied' })).toBeVisible();
      await expect.poll(async () => (await ben.clipboard()).slice(-6)).toContain(end);
      await alert.getByRole('button', { name: 'Dismiss' }).click();
    }
    await expect(alert).toHaveCount(0);
  });
});

test('a large paste that fits is a paste like any other', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/much`);
  const lines = Array.from({ length: 300 }, (_, n) => `${n} ${'wick and lamp '.repeat(70)}`);
  await ann.paste(lines.join('\n'));
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  await ben.open(`${server.url}/d/much`);
  await expect.poll(async () => (await ben.blocks()).length).toBe(300);
});

// The app in another language: the one a browser asks for, or the one somebody chose, also without a network.

import { expect, test } from './story.js';

const german = { locale: 'de-DE' } as const;

test('a page comes in the language its browser asks for, and says which that is', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek', german), await join('Ben Ro', { locale: 'fr-FR' })];
  await ann.page.goto(server.url);
  await expect(ann.page.locator('html')).toHaveAttribute('lang', 'de');
  await ben.page.goto(server.url);
  await expect(ben.page.locator('html')).toHaveAttribute('lang', 'en');
});

test('who chooses a language has it in every page from then on, and what was written stays', async ({
  server,
  join,
}) => {
  const ann = await join('Ann Ek');
  const { page } = ann;
  await ann.open(`${server.url}/d/letters`);
  await ann.type('Dear Ben,');
  await page.locator('.own').click();
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByRole('textbox', { name: 'Dokument' })).toHaveText('Dear Ben,');
  await page.locator('.own').click();
  const chooser = page.getByRole('combobox', { name: 'Sprache' });
  await expect(chooser).toHaveValue('de');
  await page.goto(`${server.url}/sign-in?problem=expired`);
  await expect(page.getByRole('heading', { name: 'Nicht angemeldet' })).toBeVisible();
  await page.goto(server.url);
  await page.locator('.own').click();
  await chooser.selectOption('English');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('without a network the app is in the language that was chosen', async ({ wire, join }) => {
  const ben = await join('Ben Ro', { serviceWorkers: 'allow' });
  const { page } = ben;
  /** Of the pages that are kept, for whichever release and language. */
  const keptLanguages = (): Promise<(string | undefined)[]> =>
    page.evaluate(async () => {
      const shells = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      const pages = await Promise.all(
        shells.map(async (shell) => (await shell.match('/', { ignoreVary: true }))?.text()),
      );
      return pages.map((html) => /<html lang="(\w+)"/.exec(html ?? '')?.[1]);
    });
  await page.goto(`${wire.url}/`);
  await expect.poll(keptLanguages).toEqual(['en']);
  await page.locator('.own').click();
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect.poll(keptLanguages).toEqual(['en', 'de']);
  const isChanging = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return registration.installing !== null || registration.waiting !== null;
    });
  await expect.poll(isChanging).toBe(false);
  await wire.cut();
  await page.goto(`${wire.url}/`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.locator('.own')).toHaveAttribute('title', 'Ben Ro (das bin ich)');
});

// The app in another language: the one a browser asks for, or the one somebody chose, also without a network.

import { ReleaseProxy } from './release-proxy.js';
import { expect, test } from './story.js';
import { refuse, tapWire } from './wire-tap.js';

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
  let isRefusing = false;
  await tapWire(page, { answered: (message) => (isRefusing ? refuse(message) : null) });
  await ann.open(`${server.url}/d/letters`);
  await ann.type('Dear Ben,');
  await page.locator('.own').click();
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch');
  // To look through the languages is not to choose one.
  await expect(page.locator('form').getByText('With Done the page is loaded anew')).toBeVisible();
  await expect(page.locator('body > [role=status]')).toHaveText('With Done the page is loaded anew in that language.');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByRole('textbox', { name: 'Dokument' })).toHaveText('Dear Ben,');
  // Emoji by what they are called there, and by names that are the same everywhere.
  await page.getByRole('textbox', { name: 'Dokument' }).click();
  await ann.press('Control+End');
  await ann.type(' :tada');
  await expect(page.getByRole('option')).toHaveText([/Konfettibombe/]);
  await ann.press('Enter');
  await ann.type(' :blasender_wal:');
  await expect(page.getByRole('textbox', { name: 'Dokument' })).toHaveText('Dear Ben, 🎉 🐳');
  await page.locator('.own').click();
  const chooser = page.getByRole('combobox', { name: 'Sprache' });
  await expect(chooser).toHaveValue('de');
  await page.keyboard.press('Escape');
  // Also what the server says, by its code.
  isRefusing = true;
  await page.getByRole('textbox', { name: 'Dokument' }).click();
  await ann.type('!');
  await expect(page.getByRole('alert')).toContainText('Eine Änderung wurde abgelehnt. Der Server konnte');
  isRefusing = false;
  await page.goto(`${server.url}/sign-in?problem=expired`);
  await expect(page.getByRole('heading', { name: 'Nicht angemeldet' })).toBeVisible();
  await page.goto(server.url);
  await page.locator('.own').click();
  await chooser.selectOption('English');
  await page.getByRole('button', { name: 'Fertig' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('a tab in the language from before hears of a newer release', async ({ server, join }) => {
  const releases = await ReleaseProxy.start(server.port);
  const ben = await join('Ben Ro', { serviceWorkers: 'allow' });
  const { page } = ben;
  const news = page.getByText('A newer version of Weft is ready.');
  await page.goto(`${releases.url}/`);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  const other = await ben.context.newPage();
  await other.goto(`${releases.url}/`);
  await other.locator('.own').click();
  await other.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch');
  await other.getByRole('button', { name: 'Done' }).click();
  await expect(other.locator('html')).toHaveAttribute('lang', 'de');
  await expect.poll(() => other.evaluate(async () => (await caches.keys()).length)).toBe(2);
  // The same release in another language is none.
  await expect(news).toHaveCount(0);
  releases.hasNewer = true;
  // A look at the wrong moment, while another one is under way, finds nothing.
  await expect(async () => {
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await expect(news).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await releases.close();
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
  const other = await ben.context.newPage();
  await other.goto(`${wire.url}/`);
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect.poll(keptLanguages).toEqual(['en', 'de']);
  const isChanging = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return registration.installing !== null || registration.waiting !== null;
    });
  await expect.poll(isChanging).toBe(false);
  // A tab in the language from before is not of an older release.
  await expect(other.getByText('A newer version of Weft is ready.')).toHaveCount(0);
  await wire.cut();
  await page.goto(`${wire.url}/`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.locator('.own')).toHaveAttribute('title', 'Ben Ro (das bin ich)');
});

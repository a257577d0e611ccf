// For everybody: by keyboard alone, by names and roles, on a phone, enlarged, with less motion; and with no complaint of
// the browser on any page.

import type { Page } from '@playwright/test';
import { expect, test } from './story.js';

const focused = (page: Page) => page.locator(':focus');

/** What is wider than the window, if anything makes the page scroll sideways. */
const widerThanWindow = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    return [...document.querySelectorAll<HTMLElement>('body *')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => element.outerHTML.slice(0, 80));
  });

test('everything can be done by keyboard: write, format, go back to the text, change one’s name', async ({
  server,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  const { page } = ann;
  await ben.open(`${server.url}/d/keys`);
  await ann.open(`${server.url}/d/keys`);
  await expect(ann.text).toBeFocused();
  await ann.type('Plain ');

  // Out of the text, which keeps Tab for itself only in lists, and back to the toolbar.
  await ann.press('Shift+Tab');
  await expect(focused(page)).toHaveAccessibleName(/^Kind of text/);
  await ann.press('ArrowRight');
  await expect(ann.tool('Bold')).toBeFocused();
  await ann.press('End');
  await expect(ann.tool('Redo')).toBeFocused();
  await ann.press('ArrowRight');
  await expect(focused(page)).toHaveAccessibleName(/^Kind of text/);
  await ann.press('ArrowRight');
  await expect(ann.tool('Bold')).toHaveAttribute('aria-pressed', 'false');
  await ann.press('Enter');
  await expect(ann.tool('Bold')).toHaveAttribute('aria-pressed', 'true');
  await expect(ann.text).toBeFocused();
  await ann.type('bold');
  await expect.poll(() => ben.markup()).toBe('<p>Plain <strong>bold</strong></p>');

  // The kind of text, from its menu; the toolbar remembers where one was.
  await ann.press('Shift+Tab');
  await expect(ann.tool('Bold')).toBeFocused();
  await ann.press('Home');
  await ann.press('Enter');
  await expect(page.getByRole('menuitemradio', { name: /^Text/ })).toBeFocused();
  await ann.press('ArrowDown');
  await ann.press('ArrowDown');
  await expect(page.getByRole('menuitemradio', { name: /^Heading 2/ })).toBeFocused();
  await ann.press('Enter');
  await expect(page.getByRole('menu')).toBeHidden();
  await expect(ann.text).toBeFocused();
  await expect.poll(() => ben.markup()).toBe('<h2>Plain <strong>bold</strong></h2>');
  await ann.press('Shift+Tab');
  await ann.press('Enter');
  await expect(page.getByRole('menuitemradio', { name: /^Heading 2/ })).toBeFocused();
  await ann.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
  await expect(focused(page)).toHaveAccessibleName(/^Kind of text/);

  // One's own name.
  await ann.press('Shift+Tab');
  await expect(focused(page)).toHaveAccessibleName('More');
  await ann.press('Shift+Tab');
  await expect(focused(page)).toHaveAccessibleName('Share');
  await ann.press('Shift+Tab');
  await expect(focused(page)).toHaveAccessibleName('Ann Ek (you): change name or colour');
  await ann.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'You' });
  await expect(dialog.getByRole('textbox', { name: 'Your name' })).toBeVisible();
  await ann.press('Tab');
  await expect(page.getByRole('textbox', { name: 'Your name' })).toBeFocused();
  await ann.press('Control+a');
  await ann.type('Dr. Ek');
  await ann.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(focused(page)).toHaveAccessibleName('Dr. Ek (you): change name or colour');
  await expect(ben.page.getByRole('button', { name: /^Dr\. Ek/ })).toBeVisible();

  await ann.press('Shift+Tab');
  await expect(focused(page)).toHaveAccessibleName(/^Ben Ro/);
  await ann.press('Shift+Tab');
  await expect(ann.title).toBeFocused();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Dr. Ek (you): change name or colour' })).toBeVisible();
});

test('a link is made, followed up and removed by keyboard', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  const { page } = ann;
  await ann.open(`${server.url}/d/keys`);
  await ann.type('See the notes');
  await ann.press('Control+Shift+ArrowLeft');
  await ann.press('Control+k');
  const dialog = page.getByRole('dialog', { name: 'Link' });
  await expect(page.getByRole('textbox', { name: 'Address' })).toBeFocused();
  await ann.type('javascript:alert(1)');
  await ann.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('This address cannot be linked to.');
  await ann.press('Control+a');
  await ann.type('example.org/notes');
  await ann.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(ann.text).toBeFocused();
  const link = ann.text.getByRole('link', { name: 'notes' });
  await expect(link).toHaveAttribute('href', 'https://example.org/notes');

  await ann.press('Control+k');
  await expect(page.getByRole('textbox', { name: 'Address' })).toHaveValue('https://example.org/notes');
  await dialog.getByRole('button', { name: 'Remove link' }).press('Enter');
  await expect(dialog).toBeHidden();
  await expect.poll(() => ann.markup()).toBe('<p>See the notes</p>');
});

test('who cannot see the page hears what matters', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/heard`);
  const heard = ann.page.locator('[aria-live=polite]');
  await expect(ann.page.getByRole('banner')).toBeVisible();
  await expect(ann.page.getByRole('main')).toBeVisible();
  await expect(ann.text).toHaveAttribute('aria-multiline', 'true');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  await server.kill();
  await expect(heard).toContainText('Offline. Your changes are kept on this device.');
  await server.restart();
  await expect(heard).toContainText('Everything is saved.', { timeout: 20_000 });
  // Whoever is seen soon after one's own arrival is taken for having been there before.
  const now = (): Promise<number> => ann.page.evaluate(() => performance.now());
  const arrived = await now();
  await expect.poll(now).toBeGreaterThan(arrived + 2_000);
  await ben.open(`${server.url}/d/heard`);
  await expect(heard).toContainText('Ben Ro joined.');
  // Carets of others are for the eye: read aloud they would be words in the text.
  await expect(ann.caretOf('Ben Ro')).toHaveAttribute('aria-hidden', 'true');
  await ben.page.goto(server.url);
  await expect(heard).toContainText('Ben Ro left.');
});

for (const [what, width, height] of [
  ['on a phone', 390, 780],
  ['on a window enlarged to 200 %', 680, 430],
  ['on the narrowest window (WCAG 1.4.10)', 320, 640],
] as const) {
  test(`nothing is lost ${what}, and the page does not scroll sideways`, async ({ server, join }) => {
    const [ann, ben] = [await join('Ann Ek', { viewport: { width, height } }), await join('Ben Ro')];
    const { page } = ann;
    await ben.open(`${server.url}/d/narrow`);
    await ben.type('# A heading with a rathersurprisinglylongwordthatcannotbebrokenatall\nText\n```');
    await ben.type('const aLineOfCode = thatIsLongerThan(the, window, on, a, phone, by, far, and, then, some);', 0);
    await ben.title.fill('A title that is so long that it cannot be shown on one line of a small window');
    await ann.open(`${server.url}/d/narrow`);
    await expect(ann.title).toHaveValue(/^A title/);
    await expect(ann.text.getByText('Text')).toBeVisible();
    expect(await widerThanWindow(page)).toEqual([]);

    await expect(ann.saveLine).toBeInViewport();
    for (const name of ['All documents', 'Share', 'Ann Ek (you): change name or colour']) {
      await expect(page.locator(`[aria-label="${name}"]`), name).toBeInViewport({ ratio: 1 });
    }
    await ann.text.getByText('Text').click();
    for (const name of ['Bold', 'Numbered list', 'Undo']) {
      await ann.tool(name).scrollIntoViewIfNeeded();
      await expect(ann.tool(name), name).toBeInViewport({ ratio: 0.9 });
    }
    for (const name of ['Ann Ek (you): change name or colour']) {
      await page.getByRole('button', { name }).click();
      const dialog = page.getByRole('dialog', { name: 'You' });
      await expect(dialog).toBeInViewport({ ratio: 1 });
      await ann.press('Escape');
    }
    expect(await widerThanWindow(page)).toEqual([]);

    await page.getByRole('link', { name: 'All documents' }).click();
    await expect(page.getByRole('button', { name: 'New document' })).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole('listitem')).toHaveCount(1);
    expect(await widerThanWindow(page)).toEqual([]);
    await page.goto(`${server.url}/nowhere`);
    await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
    expect(await widerThanWindow(page)).toEqual([]);
  });
}

test('who wants less motion gets none', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek', { reducedMotion: 'reduce' }), await join('Ben Ro')];
  await ben.open(`${server.url}/d/still`);
  await ben.type('Here');
  await ann.open(`${server.url}/d/still`);
  await expect(ann.caretOf('Ben Ro')).toBeVisible();
  await ann.page.getByRole('button', { name: 'Ann Ek (you): change name or colour' }).click();
  const moving = await ann.page.evaluate(() =>
    document
      .getAnimations()
      .filter(({ effect }) => Number(effect?.getComputedTiming().duration) > 1)
      .map(({ effect }) => (effect as KeyframeEffect).target?.outerHTML.slice(0, 80)),
  );
  expect(moving).toEqual([]);
  // A label that goes after its time is no motion.
  await expect(ann.caretOf('Ben Ro').locator('.weft-caret-name')).toHaveCSS('opacity', '0', { timeout: 15_000 });
});

test('no page makes the browser complain', async ({ server, join, request }) => {
  const { page } = await join('Ann Ek', { serviceWorkers: 'allow' });
  const said: string[] = [];
  await request.post(`${server.url}/api/v1/documents`, { data: { name: 'quiet' } });
  page.on('console', (message) => said.push(`${page.url()}: ${message.text()}`));
  for (const path of ['/', '/d/quiet', '/d/', '/d/cafe%CC%81']) {
    await page.goto(server.url + path);
    await expect(page.getByRole('main')).toBeVisible();
    await page.waitForLoadState('networkidle');
  }
  expect(said).toEqual([]);
});

// The life of a document, played: by a slider, by keys, by itself, and from one of its moments back into the present.

import type { Page } from '@playwright/test';
import { type Stretch, textOf, typed, writeLife } from './past-life.js';
import { picture, windows } from './picture.js';
import { expect, test } from './story.js';

const DAY_MS = 24 * 3_600_000;
/** Nothing moves by itself for whoever wants that. */
const still = { reducedMotion: 'reduce' } as const;

const slider = (page: Page) => page.getByRole('slider', { name: 'Moment' });
const played = (page: Page) => page.getByRole('document', { name: 'The text as it was' });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
/** Without the names of those who write in them. */
const blocks = (page: Page): Promise<string[]> =>
  played(page)
    .locator('p, h1')
    .evaluateAll((all) =>
      all.map((block) => {
        const copy = block.cloneNode(true) as Element;
        for (const caret of copy.querySelectorAll('.weft-caret, .ProseMirror-trailingBreak')) caret.remove();
        return copy.textContent ?? '';
      }),
    );

/** Ann begins on one day; Ben goes on two days later, and takes a word of hers out. */
function almanac(): Stretch[] {
  const morningMs = new Date(Date.now() - 9 * DAY_MS).setHours(9, 5, 0, 0);
  const laterMs = new Date(Date.now() - 7 * DAY_MS).setHours(14, 30, 0, 0);
  const ann = { person: 'g-ann', name: 'Ann Ek', betweenMs: 150 };
  const ben = { person: 'g-ben', name: 'Ben Ro', betweenMs: 150 };
  return [
    {
      ...ann,
      atMs: morningMs,
      does: [(_root, doc) => doc.getMap('meta').set('title', 'Almanac'), ...typed('The long watch', 'heading')],
    },
    { ...ann, atMs: morningMs + 60_000, does: typed('Every keeper writes the almanac twice.') },
    { ...ben, atMs: laterMs, does: typed('Fog arrives in autumn.') },
    { ...ben, atMs: laterMs + 60_000, does: [(root) => textOf(root, 1).delete(5, 7)] },
  ];
}

/** As the page says it, with the year where that was another one. */
function wordsOf(date: number): string {
  const isThisYear = new Date(date).getFullYear() === new Date().getFullYear();
  const year = isThisYear ? {} : ({ year: 'numeric' } as const);
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', ...year }).format(date);
}

test('is gone through step by step with keys, by days, and a moment of it is brought back', async ({
  server,
  join,
}) => {
  const life = almanac();
  await server.whileStopped((log) => writeLife(log, 'almanac', life));
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro', still)];
  await ann.open(`${server.url}/d/almanac`);
  await expect(ann.text).toContainText('Fog arrives in autumn.');
  const { page } = ben;
  await page.goto(`${server.url}/history/almanac`);
  await page.getByRole('link', { name: 'Play' }).click();
  await expect(page).toHaveURL(/\?play$/);

  // It waits for whoever wants no motion.
  await expect(button(page, 'Play')).toBeVisible();
  await expect(slider(page)).toHaveAttribute('aria-valuetext', `${wordsOf(life[0]!.atMs)}, 09:05, Ann Ek`);
  await expect.poll(() => blocks(page)).toEqual(['The long watch']);
  await expect(played(page).locator('.weft-caret')).toHaveText('Ann Ek');
  await slider(page).press('End');
  await expect
    .poll(() => blocks(page))
    .toEqual(['The long watch', 'Every writes the almanac twice.', 'Fog arrives in autumn.']);
  await expect(slider(page)).toHaveAttribute('aria-valuetext', `${wordsOf(life[3]!.atMs)}, 14:31, Ben Ro`);
  await expect(played(page).locator('.weft-caret')).toHaveText('Ben Ro');
  await slider(page).press('ArrowLeft');
  await expect
    .poll(() => blocks(page))
    .toEqual(['The long watch', 'Every keeper writes the almanac twice.', 'Fog arrives in autumn.']);
  await expect(played(page).locator('.played.is-fresh')).toHaveText('Fog arrives in autumn.');
  await slider(page).press('PageDown');
  await expect(slider(page)).toHaveAttribute('aria-valuetext', `${wordsOf(life[2]!.atMs)}, 14:30, Ben Ro`);
  const days = page.getByRole('combobox', { name: 'Day' });
  const dayShown = () => days.evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.label);
  await expect.poll(dayShown).toBe(wordsOf(life[2]!.atMs));
  await days.selectOption(wordsOf(life[0]!.atMs));
  await expect(slider(page)).toHaveAttribute('aria-valuetext', `${wordsOf(life[0]!.atMs)}, 09:05, Ann Ek`);
  await slider(page).press('Home');
  await expect(slider(page)).toHaveAttribute('aria-valuetext', 'The beginning');
  await expect.poll(dayShown).toBe(wordsOf(life[0]!.atMs));
  for (let i = 0; i < 2; i++) await slider(page).press('ArrowRight');
  await expect.poll(() => blocks(page)).toEqual(['The long watch', 'Every keeper writes the almanac twice.']);

  // What one is at can be compared, and one comes back to the player.
  await button(page, 'Compare with now').click();
  await expect(page.getByRole('document', { name: 'The text at this moment' }).locator('ins').last()).toHaveText(
    'Fog arrives in autumn.',
  );
  await page.goBack();
  await expect(slider(page)).toHaveAttribute('aria-valuetext', /Ann Ek$/);
  await expect.poll(() => blocks(page)).toEqual(['The long watch', 'Every keeper writes the almanac twice.']);
  await page.getByRole('button', { name: 'Bring it back' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Bring it back' }).click();
  await expect(page.getByText(/^Brought back:/)).toBeVisible();
  await expect(ann.text).toContainText('Every keeper writes the almanac twice.');
  await expect(ann.text).not.toContainText('Fog arrives');
});

test('plays by itself, is held and goes on, and skips what nobody wrote in', async ({ server, join }) => {
  await server.whileStopped((log) => writeLife(log, 'almanac', almanac()));
  const { page } = await join('Cleo Ivy');
  await page.goto(`${server.url}/history/almanac?play`);
  await expect(button(page, 'Pause')).toBeVisible();
  await expect(played(page).locator('.weft-caret')).toHaveText('Ann Ek');
  // What passes is no moment to do something with.
  for (const name of ['Make a copy', 'Name this moment…']) await expect(button(page, name)).toBeDisabled();
  await expect(button(page, 'Bring it back')).toBeHidden();
  // A key that is held is pressed once.
  await slider(page).focus();
  for (let i = 0; i < 2; i++) await page.keyboard.down('Space');
  await page.keyboard.up('Space');
  await expect(button(page, 'Play')).toBeVisible();
  for (const name of ['Make a copy', 'Name this moment…', 'Bring it back']) {
    await expect(button(page, name)).toBeEnabled();
  }
  const held = await slider(page).inputValue();
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('64×');
  expect(await slider(page).inputValue()).toBe(held);
  await slider(page).press('Space');
  // Two days and a night are gone through at once; it ends where the life does.
  await expect
    .poll(() => blocks(page))
    .toEqual(['The long watch', 'Every writes the almanac twice.', 'Fog arrives in autumn.']);
  await expect(button(page, 'Play')).toBeVisible();
  await expect(slider(page)).toHaveAttribute('aria-valuetext', /14:31, Ben Ro$/);
});

test('what cannot be fetched is told of, and tried again', async ({ server, join }) => {
  await server.whileStopped((log) => writeLife(log, 'almanac', almanac()));
  const { page } = await join('Cleo Ivy', still);
  await page.route('**/api/v1/entries/**', (route) => route.abort());
  await page.goto(`${server.url}/history/almanac?play`);
  await expect(page.getByRole('alert')).toContainText('The past could not be played');
  await page.unroute('**/api/v1/entries/**');
  await button(page, 'Try again').click();
  await expect.poll(() => blocks(page)).toEqual(['The long watch']);
  await page.goto(`${server.url}/history/nothing-here?play`);
  await expect(page.getByRole('heading', { name: 'There is no such document' })).toBeVisible();
});

test('where what plays it does not come, that is told, and it is played when it comes', async ({ server, join }) => {
  await server.whileStopped((log) => writeLife(log, 'almanac', almanac()));
  const { page } = await join('Cleo Ivy', still);
  const isPlayer = '**/assets/play-worker-*';
  const isServer = '**/service-worker.js';
  for (const part of [isPlayer, isServer]) await page.route(part, (route) => route.abort());
  await page.goto(`${server.url}/history/almanac?play`);
  const told = page.getByRole('alert').filter({ hasText: 'The playback could not be loaded' });
  await expect(told).toContainText('The server cannot be reached now. No document is affected.');
  await page.unroute(isServer);
  await button(page, 'Try again').click();
  await expect(told).toContainText('No document is affected. Reload the page.');
  await page.unroute(isPlayer);
  await button(page, 'Reload').click();
  await expect.poll(() => blocks(page)).toEqual(['The long watch']);
});

test('what cannot be drawn is told of, and nothing goes on meanwhile', async ({ server, join }) => {
  await server.whileStopped((log) => writeLife(log, 'almanac', almanac()));
  const { page } = await join('Cleo Ivy');
  await page.addInitScript(() => {
    const create = document.createElement.bind(document);
    document.createElement = ((name: string, options?: ElementCreationOptions) => {
      if (name === 'h1') throw new Error('no headings here');
      return create(name, options);
    }) as typeof document.createElement;
  });
  await page.goto(`${server.url}/history/almanac?play`);
  const told = page.getByRole('alert').filter({ hasText: 'The past could not be played' });
  await expect(told).toContainText('This page cannot draw what the document held then.');
  await expect(button(page, 'Make a copy')).toBeDisabled();
  await expect(button(page, 'Bring it back')).toBeHidden();
});

for (const [size, options] of windows) {
  test(`the life of a document, ${size}`, async ({ server, join }) => {
    const [first, second, third, last] = almanac() as [Stretch, Stretch, Stretch, Stretch];
    const more = Array.from({ length: 6 }, (_, day): Stretch => {
      const by = day % 2 === 0 ? third : first;
      const does = typed('The lamp wants trimming at half past three, whatever the printed table says.');
      return { ...by, atMs: last.atMs + (day + 1) * 0.8 * DAY_MS, does: does.slice(0, 20 + day * 12) };
    });
    await server.whileStopped((log) => writeLife(log, 'almanac', [first, second, third, last, ...more]));
    const { page } = await join('Cleo Ivy', options);
    await page.goto(`${server.url}/history/almanac?play`);
    await slider(page).press('End');
    await slider(page).press('ArrowLeft');
    await expect(played(page).locator('.weft-caret')).toBeVisible();
    await picture(page, `history-play-${size}`);
    await slider(page).press('Home');
    for (let i = 0; i < 5; i++) await slider(page).press('ArrowRight');
    await expect(played(page).locator('.weft-caret')).toBeVisible();
    await picture(page, `history-play-middle-${size}`);
  });
}

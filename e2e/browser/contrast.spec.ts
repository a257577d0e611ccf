// For those who see best with colours of their own (Windows' contrast themes) or with more contrast: what is told by colour elsewhere is
// told apart here, too.

import type { Locator } from '@playwright/test';
import { expect, test } from './story.js';

const style = (element: Locator, property: string): Promise<string> =>
  element.evaluate((shown, name) => getComputedStyle(shown).getPropertyValue(name), property);

test('with forced colours one tells pressed from not, matches from text, and people from each other', async ({
  server,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek', { forcedColors: 'active' }), await join('Ben Ro')];
  const { page } = ann;
  await ann.open(`${server.url}/d/contrast`);
  await ann.type('The lamp and the oil');
  await ben.open(`${server.url}/d/contrast`);
  await ben.text.click();
  await ben.press('Control+a');
  const selected = ann.text.locator('.weft-selection').first();
  await expect(selected).toBeVisible();
  // Drawn anew when Ben's caret comes.
  await expect.poll(() => style(selected, 'text-decoration-line')).toBe('underline');
  const caret = ann.caretOf('Ben Ro');
  const ofText = await style(ann.text, 'color');
  await expect.poll(async () => ['', ofText].includes(await style(caret, 'border-inline-start-color'))).toBe(false);

  await ann.press('Control+b');
  const bold = ann.tool('Bold');
  await expect(bold).toHaveAttribute('aria-pressed', 'true');
  const highlight = await page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.cssText = 'forced-color-adjust: none; color: Highlight';
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  });
  await expect.poll(() => style(bold, 'background-color')).toBe(highlight);
  expect(await style(ann.tool('Italic'), 'background-color')).not.toBe(highlight);
  await page.screenshot({ path: 'test-results/pictures/contrast-forced-writing.png' });

  await bold.focus();
  expect(await style(bold, 'outline-style')).toBe('solid');
  await ann.press('Control+f');
  await page.getByRole('textbox', { name: 'Find', exact: true }).fill('the');
  const matches = ann.text.locator('.weft-found');
  await expect(matches).toHaveCount(2);
  const grounds = await Promise.all([0, 1].map((index) => style(matches.nth(index), 'background-color')));
  expect(new Set([...grounds, await style(ann.text, 'background-color')]).size).toBe(3);
  await page.screenshot({ path: 'test-results/pictures/contrast-forced-finding.png' });
});

test('where more contrast is wanted, lines and quiet words are stronger', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/contrast`);
  const line = () => style(ann.page.locator('.sheet'), 'border-top-color');
  await ann.title.focus();
  const quiet = await line();
  await ann.page.emulateMedia({ contrast: 'more' });
  await expect.poll(line).not.toBe(quiet);
  await ann.page.screenshot({ path: 'test-results/pictures/contrast-more.png' });
});

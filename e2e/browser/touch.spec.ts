// On a phone everything one presses is large enough for a finger: 44 px each way, in the head of a document, its toolbar, menus and
// dialogs. What is measured is where a press lands, not what is drawn.

import type { Page } from '@playwright/test';
import { paste, png } from './brought-files.js';
import { expect, test } from './story.js';

const phone = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  reducedMotion: 'reduce',
} as const;
/** A link in a sentence is as large as its words, and the title is text. */
const CONTROLS =
  'button, a.button, select, summary, input:not([aria-label="Title"]), [role^="menuitem"], [role="option"]';

/** What one may miss, among what can be pressed within something. */
function small(page: Page, within: string): Promise<string[]> {
  return page.evaluate(
    ([root, controls]) => {
      // A pixel less than half of it: what is drawn between two pixels is rounded.
      const REACH_PX = 21;
      const all = [...document.querySelectorAll<HTMLElement>(root)].flatMap((element) => [
        ...element.querySelectorAll<HTMLElement>(controls),
      ]);
      const shown = all.filter((control) => control.checkVisibility({ visibilityProperty: true }));
      if (shown.length === 0) throw new Error(`There is nothing to press in ${root}.`);
      return shown.flatMap((control) => {
        control.scrollIntoView({ block: 'nearest', inline: 'center' });
        const place = control.closest('label') ?? control;
        const { left, right, top, bottom } = place.getBoundingClientRect();
        const [x, y] = [(left + right) / 2, (top + bottom) / 2];
        const isHit = (dx: number, dy: number): boolean => {
          const hit = document.elementFromPoint(x + dx, y + dy);
          return hit !== null && (place.contains(hit) || hit.closest('label')?.control === control);
        };
        const isWide = isHit(-REACH_PX, 0) && isHit(REACH_PX, 0);
        const isHigh = isHit(0, -REACH_PX) && isHit(0, REACH_PX);
        const name = control.ariaLabel || control.title || control.textContent?.trim() || control.id;
        return isWide && isHigh ? [] : [`${name}: ${Math.round(right - left)} × ${Math.round(bottom - top)}`];
      });
    },
    [within, CONTROLS] as const,
  );
}

test('on a phone everything that is pressed in a document is large enough for a finger', async ({ server, join }) => {
  const ann = await join('Ann Ek', phone);
  const { page } = ann;
  await ann.open(`${server.url}/d/touch`);
  await page.locator('weft-block-handle').waitFor({ state: 'attached' });
  await ann.text.click();
  await ann.type('Lamps', 0);
  const found: Record<string, string[]> = {};
  const look = async (what: string, within: string): Promise<void> => {
    // What opens something is pressed a moment before it is there.
    await page.locator(within).locator(CONTROLS).filter({ visible: true }).first().waitFor();
    found[what] = await small(page, within);
  };
  await look('the head', 'header');
  await look('the toolbar', '[role="toolbar"][aria-label="Formatting"]');

  await ann.toolbar.getByTitle('Kind of text').click();
  await look('kinds of text', '#block-menu');
  await ann.press('Escape');
  await ann.tool('Block').click();
  await look('the menu of a block', '.block-menu');
  await ann.press('Escape');
  await page.getByRole('button', { name: 'More' }).click();
  await look('the menu of the document', '#document-menu');
  await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
  await look('the list of shortcuts', 'dialog.shortcuts');
  await ann.press('Escape');
  await page.locator('.own').click();
  await page.locator('#own-person form').waitFor();
  await look('who one is', '#own-person');
  await ann.press('Escape');
  await page.getByRole('button', { name: 'Share' }).click();
  await page
    .getByRole('dialog', { name: /^Share/ })
    .getByRole('button')
    .first()
    .waitFor();
  await look('sharing', 'weft-share dialog');
  await ann.press('Escape');
  await ann.tool('Find and replace').click();
  await page.getByRole('textbox', { name: 'Find' }).waitFor();
  await look('finding', 'weft-find');
  await ann.press('Escape');

  await ann.goToEndOf(0);
  await ann.tool('Link').click();
  await page.getByRole('textbox', { name: 'Address' }).waitFor();
  await look('a link', 'weft-link-popover');
  await ann.press('Escape');
  await ann.goToEndOf(0);
  await ann.press('Enter');
  await ann.type('/');
  await page.getByRole('listbox', { name: 'Insert' }).waitFor();
  await look('the menu of a slash', '.slash-menu');
  await ann.type('table');
  await ann.press('Enter');
  await ann.tool('Block').click();
  await page.getByRole('menuitem', { name: 'Rows and columns' }).click();
  await look('the menu of a table', '.block-menu');
  await ann.press('Escape');

  await ann.goToEndOf(0);
  await paste(page, { files: [png('lamp.png')] });
  await ann.text.locator('figure .picture > img').click();
  await page.getByRole('toolbar', { name: 'Picture' }).waitFor();
  await look('the bar of a picture', '.picture-bar');
  await page.getByRole('button', { name: /^Description/ }).click();
  await look('the words for a picture', '.picture-bar');
  await ann.press('Escape');
  await page.route('**/assets?*', (route) => route.abort());
  await paste(page, { files: [png('night.png', 900, 420, 60)] });
  await page.locator('.upload[data-state=waiting]').waitFor();
  await look('a picture that waits', '.upload');
  await page.getByRole('button', { name: 'Cancel' }).click();

  expect(Object.fromEntries(Object.entries(found).filter(([, missed]) => missed.length > 0))).toEqual({});
});

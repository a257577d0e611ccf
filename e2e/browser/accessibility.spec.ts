// Every page and what opens in it, as axe-core judges it for people who do not see it or do not use a mouse: nothing serious, by
// daylight and at night, on a wide window and on a phone, in English and in German; and no page or dialog
// is wider than its window.

import type { Page } from '@playwright/test';
import { CloseCode } from '@weft/protocol';
import { catalogues } from '../../packages/words/src/catalogue.js';
import { barriers } from './accessibility.js';
import { paste, png } from './brought-files.js';
import { test as members } from './members.js';
import { isWhole, windows } from './picture.js';
import { expect, test } from './story.js';
import { refuse, tapWire } from './wire-tap.js';
import type { Writer } from './writer.js';

class Round {
  readonly #found: Record<string, string[]> = {};

  async look(page: Page, what: string): Promise<void> {
    const found = await barriers(page);
    const tooWide = await page.evaluate(() =>
      [...document.querySelectorAll('html, dialog[open] *')]
        .filter((one) => one.localName === 'html' || getComputedStyle(one).overflowX === 'auto')
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map(({ localName, className }) => `${localName} ${className}`),
    );
    for (const one of tooWide) found.push(`${one} can be pushed sideways`);
    if (found.length > 0) this.#found[what] = found;
  }

  end(): void {
    expect(this.#found).toEqual({});
  }
}

const almanac = [
  '# The long watch',
  'Every keeper writes the almanac **twice**, [for the office](https://example.org/office).',
  '## In the lamp room',
  '- Wicks, oil and `the glass`',
  '',
  '> Trim the lamp before the rain.',
  '',
  '| what | how many |\n| - | - |\n| wicks | 12 |',
  '',
  '- [ ] oil',
  '- [x] glass',
  '',
  '```js\nlight();\n```',
].join('\n');

async function writeAlmanac(writer: Writer): Promise<void> {
  await writer.title.fill('The keeper’s almanac');
  await writer.text.click();
  await writer.page.locator('weft-block-handle').waitFor({ state: 'attached' });
  await paste(writer.page, { text: almanac });
  await expect(writer.text.locator('td')).toHaveCount(2);
  await expect(writer.saveLine).toHaveAttribute('data-save-state', 'saved');
}

for (const [size, shape] of windows) {
  // One half in each language: axe-core takes its time.
  const language = size === 'phone' ? 'de' : 'en';
  const words = catalogues[language];
  const options = { ...shape, locale: language };

  test(`the list, and pages that are in place of a document, ${size}`, async ({ server, join }) => {
    const round = new Round();
    const ann = await join('Ann Ek', options);
    const { page } = ann;
    await page.goto(server.url);
    await page.getByRole('heading', { name: words.start.willBeHere }).waitFor();
    await round.look(page, 'an empty list');
    await page
      .getByLabel(words.start.fileToImport)
      .setInputFiles({ name: 'a.pdf', mimeType: '', buffer: Buffer.from('x') });
    await page.getByRole('alert').waitFor();
    await round.look(page, 'a file that cannot be read');
    await page.goto(`${server.url}/d/absent`);
    await page.getByRole('button', { name: words.turnedAway.beginIt }).waitFor();
    await round.look(page, 'a document that is not there');
    await page.getByRole('button', { name: words.turnedAway.beginIt }).click();
    await writeAlmanac(ann);
    await page.goto(server.url);
    await page.getByRole('listitem').first().waitFor();
    await round.look(page, 'the list');
    await page.locator('.own').click();
    await page.getByRole('dialog', { name: words.ownMenu.you }).waitFor();
    await round.look(page, 'who one is');
    await page.goto(`${server.url}/d/`);
    await page.getByRole('heading', { name: words.access.noName }).waitFor();
    await round.look(page, 'an address that names no document');
    await page.goto(`${server.url}/nowhere`);
    await page.getByRole('heading', { name: words.access.nothingHere }).waitFor();
    await round.look(page, 'an address that is nothing');
    await page.goto(`${server.url}/sign-in?problem=expired`);
    await page.getByRole('heading', { name: words.signIn.notSignedIn }).waitFor();
    await round.look(page, 'signing in did not work');
    await page.goto(`${server.url}/kept`);
    await page.getByRole('heading', { name: words.kept.nothingKept }).waitFor();
    await round.look(page, 'nothing is kept');
    round.end();
  });

  test(`a document and everything that opens in it, ${size}`, async ({ server, join, connect }) => {
    const round = new Round();
    const ann = await join('Ann Ek', options);
    const { page } = ann;
    await ann.open(`${server.url}/d/almanac`);
    await round.look(page, 'an empty document');
    await writeAlmanac(ann);
    await ann.press('Control+End');
    await paste(page, { files: [png('lamp.png')] });
    await expect(ann.text.locator('figure img')).toBeVisible();
    for (let guest = 0; guest < 7; guest++) connect('almanac', `Guest ${guest}`);
    const stock = connect('almanac', 'Stocky');
    await expect.poll(() => stock.synced).toBe(true);
    stock.putCaret(0, 2, 6);
    await expect(ann.caretOf('Stocky')).toBeVisible();
    await page.locator('.avatars .rest').waitFor();
    await round.look(page, 'a document');
    await expect.poll(() => isWhole(ann.saveLine.locator('span'))).toBe(true);

    await page.locator('.avatars .rest').click();
    await page.getByRole('dialog', { name: words.people.everybody }).waitFor();
    await round.look(page, 'everybody who is here');
    await ann.press('Escape');
    await page.locator('.own').click();
    await page.getByRole('dialog', { name: words.ownMenu.you }).waitFor();
    await round.look(page, 'who one is');
    await ann.press('Escape');
    await page.getByRole('button', { name: words.document.more, exact: true }).click();
    await page.getByRole('menu', { name: words.document.more }).waitFor();
    await round.look(page, 'the menu of the document');
    await page.getByRole('menuitem', { name: words.tools.shortcuts }).click();
    await page.locator('dialog.shortcuts').waitFor();
    await round.look(page, 'the list of shortcuts');
    await ann.press('Escape');
    await page.getByRole('button', { name: words.share.share, exact: true }).click();
    await page.locator('dialog.share').waitFor();
    await round.look(page, 'sharing');
    await ann.press('Escape');
    await ann.tool(words.tools.findAndReplace).click();
    await page.getByRole('textbox', { name: words.finding.find, exact: true }).fill('the');
    await round.look(page, 'finding');
    await ann.press('Escape');
    await ann.toolbar.getByTitle(words.tools.kindOfText).click();
    await page.getByRole('menu', { name: words.tools.kindOfText }).waitFor();
    await round.look(page, 'kinds of text');
    await ann.press('Escape');

    await ann.goToEndOf(1);
    await ann.tool(words.tools.block).click();
    await page.getByRole('menu', { name: words.tools.block }).waitFor();
    await round.look(page, 'the menu of a block');
    await ann.press('Escape');
    await ann.goToEndOf(1);
    await ann.tool(words.writing.link).click();
    await page.getByRole('textbox', { name: words.tools.address }).waitFor();
    await round.look(page, 'a link');
    await ann.press('Escape');
    await ann.goToEndOf(0);
    await ann.press('Shift+Home');
    if (size === 'wide') await page.getByRole('toolbar', { name: words.tools.selectedText }).waitFor();
    await round.look(page, 'selected words');
    await ann.press('ArrowRight');
    await ann.press('Enter');
    await ann.type('/');
    await page.getByRole('listbox', { name: words.tools.insert }).waitFor();
    await round.look(page, 'the menu of a slash');
    await ann.press('Escape');
    await ann.press('Backspace');
    await ann.text.locator('td').first().click();
    await ann.tool(words.tools.block).click();
    await page.getByRole('menuitem', { name: words.tools.rowsAndColumns }).click();
    await page.getByRole('menu', { name: words.writing.table }).waitFor();
    await round.look(page, 'the menu of a table');
    await ann.press('Escape');
    await ann.text.locator('figure .picture > img').click();
    await page.getByRole('toolbar', { name: words.pictures.picture }).waitFor();
    await round.look(page, 'a picture');
    await page.getByRole('button', { name: words.pictures.description }).click();
    await round.look(page, 'the words for a picture');
    await ann.press('Escape');
    await page.route('**/assets?*', (route) => route.abort());
    await ann.goToEndOf(0);
    await paste(page, { files: [png('night.png', 900, 420, 60)] });
    await page.locator('.upload[data-state=waiting]').waitFor();
    await round.look(page, 'a picture that waits');
    round.end();
  });

  test(`the past of a document, and texts that are kept, ${size}`, async ({ server, join }) => {
    const round = new Round();
    const ann = await join('Ann Ek', options);
    const { page } = ann;
    let isRefusing = false;
    await tapWire(page, { answered: (message) => (isRefusing ? refuse(message) : null) });
    await ann.open(`${server.url}/d/almanac`);
    await writeAlmanac(ann);
    await page.goto(`${server.url}/history/almanac`);
    await page.getByRole('document', { name: words.text.atThisMoment }).waitFor();
    await round.look(page, 'the past');
    await page.getByRole('button', { name: words.past.nameThis }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: words.past.name, exact: true }).fill('First');
    await round.look(page, 'naming a moment');
    await page.getByRole('dialog').getByRole('button', { name: words.past.nameIt }).click();
    await page.getByRole('button', { name: words.past.bringBack }).click();
    await page.getByRole('dialog').waitFor();
    await round.look(page, 'bringing a moment back');

    await page.goto(`${server.url}/d/almanac`);
    await ann.text.click();
    await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
    isRefusing = true;
    await ann.goToEndOf(0);
    await ann.type('x');
    await expect(ann.saveLine).toHaveAttribute('data-save-state', 'refused');
    isRefusing = false;
    await round.look(page, 'a refused change');
    await page.getByRole('alert').getByRole('link', { name: words.problems.readIt }).click();
    await page.getByRole('textbox', { name: words.kept.keptText }).waitFor();
    await round.look(page, 'a kept text');
    await page.goto(`${server.url}/kept`);
    await page.getByRole('listitem').first().waitFor();
    await round.look(page, 'texts that are kept');
    round.end();
  });

  test(`a page without its server, ${size}`, async ({ server, join }) => {
    const round = new Round();
    const ann = await join('Ann Ek', options);
    await ann.page.routeWebSocket(/\/weft(\?|$)/, (toPage) => toPage.close({ code: CloseCode.GoingAway }));
    await ann.page.goto(`${server.url}/d/away`);
    await ann.page.getByText(words.document.serverAway).first().waitFor();
    await round.look(ann.page, 'a document that cannot be had');
    round.end();
  });

  members(`for people who sign in, ${size}`, async ({ server, member, join }) => {
    const round = new Round();
    const nobody = await join('somebody', options);
    await nobody.page.goto(server.url);
    await nobody.page.getByRole('heading', { name: words.start.signInToSee }).waitFor();
    await round.look(nobody.page, 'signing in');
    await nobody.page.goto(`${server.url}/d/nothing`);
    await nobody.page.getByRole('heading', { name: words.turnedAway.cannotOpen }).waitFor();
    await round.look(nobody.page, 'no access');
    const [ann, ben] = [await member('ann', options), await member('ben', options)];
    const { page } = ann;
    await page.getByRole('button', { name: words.start.newDocument }).click();
    await ann.text.waitFor();
    await ann.text.click();
    await ann.type('Plans');
    await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
    const address = page.url();
    await ben.page.goto(address);
    await ben.page.getByRole('button', { name: words.turnedAway.askToBeLetIn }).click();
    await ben.page.getByText(words.turnedAway.wasAsked).waitFor();
    await round.look(ben.page, 'no access, asked');
    await page.reload();
    await ann.text.waitFor();
    await page.getByRole('button', { name: words.share.share, exact: true }).click();
    const share = page.locator('dialog.share');
    await share.getByRole('region', { name: words.share.waitingToBeLetIn }).waitFor();
    await share.getByRole('button', { name: words.share.makeLink }).click();
    await expect(share.getByRole('status')).toContainText(words.share.linkIsMade);
    await share
      .getByRole('combobox', { name: words.share.letPersonIn('Ben Ro') })
      .selectOption(words.roles.names.reader);
    await share.getByRole('combobox', { name: words.share.whatPersonMay('Ben Ro') }).waitFor();
    await round.look(page, 'sharing');
    // It opens by itself.
    await expect(ben.text).toHaveAttribute('contenteditable', 'false');
    await round.look(ben.page, 'a document one may read');
    await ben.page.locator('.own').click();
    await ben.page.getByRole('dialog', { name: words.ownMenu.you }).waitFor();
    await round.look(ben.page, 'one’s account');
    round.end();
  });
}

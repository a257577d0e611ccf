// Every page and what opens in it, as axe-core judges it for people who do not see it or do not use a mouse: nothing serious, by
// daylight and at night, on a wide window and on a phone.

import type { Page } from '@playwright/test';
import { CloseCode } from '@weft/protocol';
import { barriers } from './accessibility.js';
import { paste, png } from './brought-files.js';
import { test as members } from './members.js';
import { windows } from './picture.js';
import { expect, test } from './story.js';
import { refuse, tapWire } from './wire-tap.js';
import type { Writer } from './writer.js';

class Round {
  readonly #found: Record<string, string[]> = {};

  async look(page: Page, what: string): Promise<void> {
    const found = await barriers(page);
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

for (const [size, options] of windows) {
  test(`the list, and pages that are in place of a document, ${size}`, async ({ server, join }) => {
    const round = new Round();
    const ann = await join('Ann Ek', options);
    const { page } = ann;
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Your documents will be here' }).waitFor();
    await round.look(page, 'an empty list');
    await page
      .getByLabel('A file to make a document of')
      .setInputFiles({ name: 'a.pdf', mimeType: '', buffer: Buffer.from('x') });
    await page.getByRole('alert').waitFor();
    await round.look(page, 'a file that cannot be read');
    await page.goto(`${server.url}/d/absent`);
    await page.getByRole('button', { name: 'Begin it' }).waitFor();
    await round.look(page, 'a document that is not there');
    await page.getByRole('button', { name: 'Begin it' }).click();
    await writeAlmanac(ann);
    await page.goto(server.url);
    await page.getByRole('listitem').first().waitFor();
    await round.look(page, 'the list');
    await page.getByRole('button', { name: /\(you\)/ }).click();
    await page.getByRole('dialog', { name: 'You' }).waitFor();
    await round.look(page, 'who one is');
    await page.goto(`${server.url}/d/`);
    await page.getByRole('heading', { name: 'This address names no document' }).waitFor();
    await round.look(page, 'an address that names no document');
    await page.goto(`${server.url}/nowhere`);
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    await round.look(page, 'an address that is nothing');
    await page.goto(`${server.url}/sign-in?problem=expired`);
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    await round.look(page, 'signing in did not work');
    await page.goto(`${server.url}/kept`);
    await page.getByRole('heading', { name: 'Nothing is kept here' }).waitFor();
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
    await page.getByRole('button', { name: /more people here/ }).waitFor();
    await round.look(page, 'a document');

    await page.getByRole('button', { name: /more people here/ }).click();
    await page.getByRole('dialog', { name: 'Everybody here' }).waitFor();
    await round.look(page, 'everybody who is here');
    await ann.press('Escape');
    await page.getByRole('button', { name: /\(you\)/ }).click();
    await page.getByRole('dialog', { name: 'You' }).waitFor();
    await round.look(page, 'who one is');
    await ann.press('Escape');
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menu', { name: 'More' }).waitFor();
    await round.look(page, 'the menu of the document');
    await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
    await page.locator('dialog.shortcuts').waitFor();
    await round.look(page, 'the list of shortcuts');
    await ann.press('Escape');
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('dialog', { name: /^Share/ }).waitFor();
    await round.look(page, 'sharing');
    await ann.press('Escape');
    await ann.tool('Find and replace').click();
    await page.getByRole('textbox', { name: 'Find' }).fill('the');
    await round.look(page, 'finding');
    await ann.press('Escape');
    await ann.toolbar.getByTitle('Kind of text').click();
    await page.getByRole('menu', { name: 'Kind of text' }).waitFor();
    await round.look(page, 'kinds of text');
    await ann.press('Escape');

    await ann.goToEndOf(1);
    await ann.tool('Block').click();
    await page.getByRole('menu', { name: 'Block' }).waitFor();
    await round.look(page, 'the menu of a block');
    await ann.press('Escape');
    await ann.goToEndOf(1);
    await ann.tool('Link').click();
    await page.getByRole('textbox', { name: 'Address' }).waitFor();
    await round.look(page, 'a link');
    await ann.press('Escape');
    await ann.goToEndOf(0);
    await ann.press('Shift+Home');
    if (size === 'wide') await page.getByRole('toolbar', { name: 'Selected text' }).waitFor();
    await round.look(page, 'selected words');
    await ann.press('ArrowRight');
    await ann.press('Enter');
    await ann.type('/');
    await page.getByRole('listbox', { name: 'Insert' }).waitFor();
    await round.look(page, 'the menu of a slash');
    await ann.press('Escape');
    await ann.press('Backspace');
    await ann.text.locator('td').first().click();
    await ann.tool('Block').click();
    await page.getByRole('menuitem', { name: 'Rows and columns' }).click();
    await page.getByRole('menu', { name: 'Table' }).waitFor();
    await round.look(page, 'the menu of a table');
    await ann.press('Escape');
    await ann.text.locator('figure .picture > img').click();
    await page.getByRole('toolbar', { name: 'Picture' }).waitFor();
    await round.look(page, 'a picture');
    await page.getByRole('button', { name: /^Description/ }).click();
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
    await page.getByRole('document', { name: 'The text at this moment' }).waitFor();
    await round.look(page, 'the past');
    await page.getByRole('button', { name: 'Name this moment…' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('First');
    await round.look(page, 'naming a moment');
    await page.getByRole('dialog').getByRole('button', { name: 'Name it' }).click();
    await page.getByRole('button', { name: 'Bring it back' }).click();
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
    await page.getByRole('alert').getByRole('link', { name: 'Read it' }).click();
    await page.getByRole('textbox', { name: 'Kept text' }).waitFor();
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
    await ann.page.getByText('The server cannot be reached.').first().waitFor();
    await round.look(ann.page, 'a document that cannot be had');
    round.end();
  });

  members(`for people who sign in, ${size}`, async ({ server, member, join }) => {
    const round = new Round();
    const nobody = await join('somebody', options);
    await nobody.page.goto(server.url);
    await nobody.page.getByRole('heading', { name: 'Sign in to see your documents' }).waitFor();
    await round.look(nobody.page, 'signing in');
    await nobody.page.goto(`${server.url}/d/nothing`);
    await nobody.page.getByRole('heading', { name: 'You cannot open this document' }).waitFor();
    await round.look(nobody.page, 'no access');
    const [ann, ben] = [await member('ann', options), await member('ben', options)];
    const { page } = ann;
    await page.getByRole('button', { name: 'New document' }).click();
    await ann.text.waitFor();
    await ann.text.click();
    await ann.type('Plans');
    await expect(ann.saveLine).toHaveText(/^Saved · /);
    const address = page.url();
    await ben.page.goto(address);
    await ben.page.getByRole('button', { name: 'Ask to be let in' }).click();
    await ben.page.getByText('Your question was sent.').waitFor();
    await round.look(ben.page, 'no access, asked');
    await page.reload();
    await ann.text.waitFor();
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    const share = page.getByRole('dialog', { name: /^Share/ });
    await share.getByRole('region', { name: 'Waiting to be let in' }).waitFor();
    await share.getByRole('button', { name: 'Make a link' }).click();
    await expect(share.getByRole('status')).toContainText('The link is made.');
    await share.getByRole('combobox', { name: 'Let Ben Ro in' }).selectOption('Can read');
    await share.getByRole('combobox', { name: 'What Ben Ro may do' }).waitFor();
    await round.look(page, 'sharing');
    // It opens by itself.
    await expect(ben.text).toHaveAttribute('contenteditable', 'false');
    await round.look(ben.page, 'a document one may read');
    await ben.page.getByRole('button', { name: /\(you\)/ }).click();
    await ben.page.getByRole('dialog', { name: 'You' }).waitFor();
    await round.look(ben.page, 'one’s account');
    round.end();
  });
}

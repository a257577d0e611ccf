// More ways to write than typing: the menu of a slash, handles and menus of blocks, controls of selected words, tables. As somebody
// does it with a mouse, with keys alone, by touch, beside others, and who may only read.

import type { Page } from '@playwright/test';
import { ROLES } from '@weft/protocol';
import { paste } from './brought-files.js';
import { parsedMarkup } from './canary.js';
import { picture, windows } from './picture.js';
import { expect, test } from './story.js';
import { tapWire } from './wire-tap.js';
import { agreed, type Writer } from './writer.js';

const slashMenu = (page: Page) => page.getByRole('listbox', { name: 'Insert' });
const bubble = (page: Page) => page.getByRole('toolbar', { name: 'Selected text' });
const grip = (page: Page) => page.getByRole('button', { name: 'Block', exact: true }).and(page.locator('.grip'));
const blockMenu = (page: Page) => page.getByRole('menu', { name: 'Block' });
const tableMenu = (page: Page) => page.getByRole('menu', { name: 'Table' });

/** Opens a document, and writes lines once the menus for writing are there. */
async function begin(writer: Writer, url: string, ...lines: string[]): Promise<void> {
  await writer.open(url);
  await hasMenus(writer);
  // By touch a new document has no caret yet.
  await writer.text.click();
  for (const [index, line] of lines.entries()) {
    if (index > 0) await writer.press('Enter');
    await writer.type(line, 0);
  }
}

const hasMenus = ({ page }: Writer): Promise<void> => page.locator('weft-block-handle').waitFor({ state: 'attached' });

test('a slash in an empty line offers blocks, which are chosen by typing and keys', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await begin(ann, `${server.url}/d/slash`, 'and/or');
  await expect(slashMenu(ann.page)).toHaveCount(0);
  await ann.press('Enter');
  await ann.type('/');
  await expect(slashMenu(ann.page).getByRole('option')).toHaveCount(15);
  await ann.type('head');
  await expect(slashMenu(ann.page).getByRole('option')).toHaveText([/Heading 1/, /Heading 2/, /Heading 3/]);
  await ann.press('ArrowDown');
  const second = slashMenu(ann.page).getByRole('option', { name: 'Heading 2' });
  await expect(second).toHaveAttribute('aria-selected', 'true');
  await expect(ann.text).toHaveAttribute('aria-activedescendant', (await second.getAttribute('id'))!);
  await ann.press('Enter');
  await expect(slashMenu(ann.page)).toHaveCount(0);
  await expect(ann.text).not.toHaveAttribute('aria-activedescendant');
  await ann.type('The lamp');
  expect(await ann.markup()).toBe('<p>and/or</p><h2>The lamp</h2>');

  // Whoever sends it away has a slash.
  await ann.press('Enter');
  await ann.type('/q');
  await expect(slashMenu(ann.page).getByRole('option')).toHaveText([/Quote/]);
  await ann.press('Escape');
  await expect(slashMenu(ann.page)).toHaveCount(0);
  await ann.type('uote');
  await expect(slashMenu(ann.page)).toHaveCount(0);
  expect(await ann.blocks()).toEqual(['and/or', 'The lamp', '/quote']);
});

test('the menu of a slash stays while others write, and what it makes is undone at once', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await begin(ann, `${server.url}/d/both`, 'First');
  await ann.press('Enter');
  await ann.type('/task');
  await expect(slashMenu(ann.page).getByRole('option')).toHaveText([/Task list/]);
  await ben.open(`${server.url}/d/both`);
  await ben.goToEndOf(0);
  await ben.press('Enter');
  await ben.type('Second');
  await expect.poll(() => ann.blocks()).toEqual(['First', 'Second', '/task']);
  await slashMenu(ann.page).getByRole('option').click();
  await ann.type('oil');
  await expect(ann.text.locator('ul.tasks li')).toHaveText('oil');
  await ann.tool('Undo').click();
  await expect.poll(() => ann.blocks()).toEqual(['First', 'Second', '']);
  await ann.tool('Undo').click();
  expect(await agreed(ann, ben)).toEqual(['First', 'Second', '/task']);
});

test('selected words have controls above them, by mouse and by keys', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await begin(ann, `${server.url}/d/bubble`, 'A bright day');
  await expect(bubble(ann.page)).toHaveCount(0);
  await ann.text.getByText('bright').click({ position: { x: 40, y: 10 }, clickCount: 2 });
  await bubble(ann.page).getByRole('button', { name: 'Bold' }).click();
  await expect(ann.text.locator('strong')).toHaveCount(1);
  await expect(bubble(ann.page).getByRole('button', { name: 'Bold' })).toHaveAttribute('aria-pressed', 'true');
  await ann.press('Alt+F10');
  await expect(bubble(ann.page).getByRole('button', { name: 'Bold' })).toBeFocused();
  await ann.press('ArrowRight');
  await ann.press('Enter');
  await expect(ann.text.locator('em')).toHaveCount(1);
  await expect(ann.text).toBeFocused();
  await bubble(ann.page).getByRole('button', { name: 'Link' }).click();
  await expect(ann.page.getByRole('textbox', { name: 'Address' })).toBeFocused();
  await ann.press('Escape');
  await ann.press('ArrowRight');
  await expect(bubble(ann.page)).toBeHidden();
});

test('a block is dragged by its handle to another place, while somebody else writes in it', async ({
  server,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await begin(ann, `${server.url}/d/drag`, 'One', 'Two', 'Three');
  await ben.open(`${server.url}/d/drag`);
  await ann.text.locator('p').nth(2).hover();
  await expect(grip(ann.page)).toBeVisible();
  await grip(ann.page).hover();
  await ann.page.mouse.down();
  const first = (await ann.text.locator('p').first().boundingBox())!;
  await ann.page.mouse.move(first.x + 40, first.y + 20);
  await ben.goToEndOf(2);
  await ben.type(' and a half');
  await expect.poll(() => ann.blocks()).toEqual(['One', 'Two', 'Three and a half']);
  await ann.page.mouse.move(first.x + 40, first.y + 2);
  await expect(ann.page.locator('.weft-dropline')).toBeVisible();
  await ann.page.mouse.up();
  await expect(ann.page.locator('.weft-dropline')).toHaveCount(0);
  expect(await agreed(ann, ben)).toEqual(['Three and a half', 'One', 'Two']);
  await ann.tool('Undo').click();
  expect(await agreed(ann, ben)).toEqual(['One', 'Two', 'Three and a half']);

  // Dropped nowhere it stays, and what is typed takes nothing's place.
  await ann.text.locator('p').nth(1).hover();
  await grip(ann.page).hover();
  await ann.page.mouse.down();
  await ann.page.mouse.move(first.x + 40, first.y + 20);
  await ann.page.mouse.move(first.x + 40, first.y + 2);
  await expect(ann.page.locator('.weft-dropline')).toBeVisible();
  await ann.page.mouse.move(600, 20, { steps: 3 });
  await ann.page.mouse.up();
  await expect(ann.page.locator('.weft-dropline')).toHaveCount(0);
  await ann.type('x');
  expect(await agreed(ann, ben)).toEqual(['One', 'xTwo', 'Three and a half']);
});

test('the menu of a block turns it into another, doubles and deletes it; keys do as well', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await begin(ann, `${server.url}/d/menu`, 'One', 'Two', 'Three');
  await ann.text.locator('p').nth(1).hover();
  await grip(ann.page).click();
  await expect(blockMenu(ann.page).getByRole('menuitemradio', { name: 'Text' })).toBeFocused();
  await blockMenu(ann.page).getByRole('menuitemradio', { name: 'Heading 1' }).click();
  await expect.poll(() => ann.markup()).toBe('<p>One</p><h1>Two</h1><p>Three</p>');
  await ann.press('Alt+Enter');
  await expect(blockMenu(ann.page).getByRole('menuitemradio', { name: 'Heading 1' })).toBeFocused();
  await ann.press('ArrowUp');
  await ann.press('ArrowUp');
  await ann.press('ArrowUp');
  await expect(blockMenu(ann.page).getByRole('menuitem', { name: 'Duplicate' })).toBeFocused();
  await ann.press('Enter');
  await expect.poll(() => ann.markup()).toBe('<p>One</p><h1>Two</h1><h1>Two</h1><p>Three</p>');
  await expect(ann.text).toBeFocused();
  await ann.press('Alt+Shift+ArrowDown');
  await expect.poll(() => ann.blocks()).toEqual(['One', 'Two', 'Three', 'Two']);
  await ann.press('Control+Shift+Backspace');
  await expect.poll(() => ann.blocks()).toEqual(['One', 'Two', 'Three']);
  await ann.press('Control+z');
  await ann.press('Control+z');
  await expect.poll(() => ann.blocks()).toEqual(['One', 'Two', 'Two', 'Three']);
});

test('code is given a language, and words are highlighted', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await begin(ann, `${server.url}/d/code`, '```let oil');
  await ann.press('Alt+Enter');
  await blockMenu(ann.page).getByRole('menuitem', { name: 'Language' }).click();
  const languages = ann.page.getByRole('menu', { name: 'Language' });
  await expect(languages.getByRole('menuitemradio', { name: 'No language' })).toBeFocused();
  await languages.getByRole('menuitemradio', { name: 'TypeScript' }).click();
  await expect(ann.text.locator('pre')).toHaveAttribute('data-language', 'typescript');
  await ann.press('Control+Enter');
  await ann.type('bright');
  await ann.press('Shift+Home');
  await bubble(ann.page).getByRole('button', { name: 'Highlight' }).click();
  await expect(ann.text.locator('mark')).toHaveText('bright');
});

test('a table is made, written in with Tab, and changed by its menu, beside somebody else', async ({
  server,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await begin(ann, `${server.url}/d/table`, 'Supplies');
  await ann.press('Enter');
  await ann.type('/table');
  await ann.press('Enter');
  await expect(ann.text.locator('th')).toHaveCount(3);
  for (const text of ['Oil', 'Wax', 'Wick', '1', '2', '3', '4', '5', '6']) {
    await ann.type(text);
    await ann.press('Tab');
  }
  await ann.type('7');
  await expect(ann.text.locator('tr')).toHaveText(['OilWaxWick', '123', '456', '7']);
  await ben.open(`${server.url}/d/table`);
  await ben.text.getByText('5').click();
  await ben.press('End');
  await ben.type('5');

  await ann.page.getByRole('button', { name: 'Table', exact: true }).click();
  await tableMenu(ann.page).getByRole('menuitem', { name: 'Column after' }).click();
  await expect(ann.text.locator('tr').first().locator('th')).toHaveCount(4);
  await ann.page.getByRole('button', { name: 'Table', exact: true }).click();
  await tableMenu(ann.page).getByRole('menuitemcheckbox', { name: 'Header row' }).click();
  await expect(ann.text.locator('th')).toHaveCount(0);

  await ann.page.getByRole('button', { name: 'Table', exact: true }).click();
  const alignment = tableMenu(ann.page).getByRole('group', { name: 'Alignment' });
  await expect(alignment.getByRole('menuitemradio', { checked: true })).toHaveText('Align at the start');
  await alignment.getByRole('menuitemradio', { name: 'Align right' }).click();
  await expect(ann.text.locator('td').filter({ hasText: '7' })).toHaveCSS('text-align', 'right');
  // Letters lead through the menu as well as the arrows.
  await ann.page.getByRole('button', { name: 'Table', exact: true }).click();
  await expect(alignment.getByRole('menuitemradio', { checked: true })).toHaveText('Align right');
  await ann.press('End');
  await expect(tableMenu(ann.page).getByRole('menuitem', { name: 'Delete table' })).toBeFocused();
  await ann.type('co');
  await expect(tableMenu(ann.page).getByRole('menuitem', { name: 'Column before' })).toBeFocused();
  await ann.press('Escape');

  // A drag from cell to cell selects all between.
  await expect(ann.text.getByText('55')).toBeVisible();
  const [from, to] = [(await ann.text.getByText('1').boundingBox())!, (await ann.text.getByText('55').boundingBox())!];
  await ann.page.mouse.move(from.x + 5, from.y + 8);
  await ann.page.mouse.down();
  await ann.page.mouse.move(to.x + 5, to.y + 8, { steps: 4 });
  await ann.page.mouse.up();
  await expect(ann.text.locator('.selectedCell')).toHaveText([/1/, '', /2/, /4/, '', /55/]);
  await ann.page.getByRole('button', { name: 'Table', exact: true }).click();
  await tableMenu(ann.page).getByRole('menuitem', { name: 'Merge cells' }).click();
  for (const { text } of [ann, ben]) {
    await expect(text.locator('td[colspan="3"][rowspan="2"] p')).toHaveText([/1/, /2/, /4/, /55/]);
  }
  await ann.tool('Undo').click();
  await expect(ben.text.locator('td')).toHaveCount(16);
  await ann.press('Alt+Enter');
  await blockMenu(ann.page).getByRole('menuitem', { name: 'Rows and columns' }).click();
  await tableMenu(ann.page).getByRole('menuitem', { name: 'Delete table' }).click();
  await expect(ben.text.locator('table')).toHaveCount(0);
});

test('Markdown that is pasted becomes what it says, and one undo leaves the text', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await begin(ann, `${server.url}/d/paste`, 'Before');
  await ann.press('Enter');
  await ann.paste('## Oil\n\n- whale, see https://example.org/whale\n- rape **seed**');
  await expect(ann.text.locator('h2')).toHaveText('Oil');
  await expect(ann.text.locator('li')).toHaveText(['whale, see https://example.org/whale', 'rape seed']);
  await expect(ann.text.locator('li a')).toHaveAttribute('href', 'https://example.org/whale');
  await ann.press('Control+z');
  await expect(ann.text.locator('h2')).toHaveCount(0);
  await expect(ann.text).toContainText('## Oil');
  await ann.press('Control+z');
  await expect.poll(() => ann.blocks()).toEqual(['Before', '']);
});

/** Of the shape of ckeditor/ckeditor5: packages/ckeditor5-paste-from-office/tests/_data/list/nested-mixed. */
const inWord = (sign: string, text: string, level: number): string =>
  `<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level${level} lfo1'><![if !supportLists]><span style='font-family:Symbol'>` +
  `<span style='mso-list:Ignore'>${sign}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;\n</span></span></span><![endif]>${text}<o:p></o:p></p>\n`;
const fromWord =
  `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {margin:0cm;} --></style></head><body lang=EN-GB>\n<!--StartFragment-->` +
  `<p class=MsoNormal>Bring <b>today</b>:<o:p></o:p></p>${inWord('·', 'oil', 1)}${inWord('1)', 'whale', 2)}${inWord('·', 'wicks', 1)}<!--EndFragment--></body></html>`;

test('a list that is copied in Word is a list, for everybody', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  ann.expected.push(...parsedMarkup);
  await begin(ann, `${server.url}/d/copied`, 'Before');
  await ben.open(`${server.url}/d/copied`);
  await ann.press('Enter');
  await paste(ann.page, { html: fromWord });
  await expect(ben.text.locator('ul > li > p')).toHaveText([/^oil/, /^wicks/]);
  await expect(ben.text.locator('ul > li > ol > li')).toHaveText(/^whale/);
  await expect(ben.text.locator('strong')).toHaveText('today');
  await ann.press('Control+z');
  await expect(ben.text.locator('li')).toHaveCount(0);
});

/** Of the shape of Mr0grog/google-docs-to-markdown: test/unit/convert.test.js. */
const taskFromDocs = (isChecked: boolean, text: string): string =>
  `<li dir="ltr" role="checkbox" aria-checked="${isChecked}" style="list-style-type:none;font-weight:400;" aria-level="1">` +
  `<img src="data:image/png;base64,iVBORw0KGgo=" width="18.4px" height="18.4px" alt="checked" aria-roledescription="checkbox" style="margin-right:3px;" />` +
  `<p dir="ltr" style="display:inline-block;" role="presentation"><span style="font-weight:400;">${text}</span></p></li>`;

/** Of the shape of ckeditor/ckeditor5: packages/ckeditor5-paste-from-office/tests/_data/paste-from-google-docs. */
const fromDocs =
  `<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1f2e"><h2 dir="ltr" style="line-height:1.38;"><span style="font-size:16pt;font-weight:400;text-decoration:none;">The lamp</span></h2>` +
  `<p dir="ltr"><span style="font-weight:400;font-style:normal;">Lit </span><span style="font-weight:700;font-style:normal;">daily</span><span style="font-weight:400;font-style:italic;"> at dusk</span></p><br />` +
  `<ul style="margin-top:0;"><li dir="ltr" style="list-style-type:disc;font-weight:400;" aria-level="1"><p dir="ltr" role="presentation"><a href="https://example.org/oil" style="text-decoration:none;"><span style="font-weight:400;text-decoration:underline;">oil</span></a></p></li></ul>` +
  `<ul style="padding-inline-start:28px;">${taskFromDocs(true, 'call Ben')}${taskFromDocs(false, 'call Ann')}</ul></b>`;

test('what is copied in Google Docs, or of a page, looks as it did there', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  ann.expected.push(...parsedMarkup);
  await begin(ann, `${server.url}/d/copied`, 'Before');
  await ben.open(`${server.url}/d/copied`);
  await ann.press('Enter');
  await paste(ann.page, { html: fromDocs });
  await expect(ben.text.locator('h2')).toHaveText('The lamp');
  await expect(ben.text.locator('strong')).toHaveText('daily');
  await expect(ben.text.locator('em')).toHaveText('at dusk');
  await expect(ben.text.locator('li a')).toHaveText('oil');
  await expect(ben.text.locator('u, p br:not([class])')).toHaveCount(0);
  await expect(ben.text.locator('ul.tasks > [data-checked=true] + [data-checked=false]')).toHaveCount(1);
  const pasted = ['Before', 'The lamp', 'Lit daily at dusk', '', 'oil', 'call Bencall Ann'];
  await expect.poll(() => ben.blocks()).toEqual(pasted);
  // Nor is a picture of a box on its way.
  expect(await ann.blocks()).toEqual(pasted);
  await ann.press('Control+a');
  const page = '<div style="font-weight: bold">Heavy <span style="font-weight: normal">and not</span></div>';
  await paste(ann.page, { html: page });
  await expect(ben.text.locator('strong')).toHaveText('Heavy');
  await expect.poll(() => ben.blocks()).toEqual(['Heavy and not']);
});

test('an address that is typed becomes a link', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await begin(ann, `${server.url}/d/links`, 'See https://example.org/a, or www.example.org');
  await ann.press('Enter');
  await expect(ann.text.locator('a')).toHaveText(['https://example.org/a', 'www.example.org']);
  await expect.poll(() => ann.blocks()).toEqual(['See https://example.org/a, or www.example.org', '']);
});

test('whoever may only read has no menus for writing', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await begin(ann, `${server.url}/d/read`, 'Read me');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  const asReader = { role: ROLES.indexOf('reader') + 1, access: 0 };
  await tapWire(ben.page, { heard: (message) => (message.type === 'Opened' ? { ...message, ...asReader } : message) });
  await ben.open(`${server.url}/d/read`);
  await expect(ben.text).toHaveAttribute('contenteditable', 'false');
  await ben.hasPages();
  await ben.text.getByText('Read me').dblclick();
  await ben.text.getByText('Read me').hover();
  await expect(ben.page.locator('weft-block-handle, weft-bubble, weft-slash-menu')).toHaveCount(0);
});

for (const [size, options] of windows) {
  test(`pictures of the menus for writing, ${size}`, async ({ server, join }) => {
    const ann = await join('Ann Ek', options);
    await begin(
      ann,
      `${server.url}/d/pictures`,
      '# The keeper’s almanac',
      'The lamp burns oil, and oil is dear.',
      '- wicks',
      'oil',
    );
    await ann.press('Enter');
    await ann.press('Enter');
    await ann.type('/');
    await expect(slashMenu(ann.page)).toBeVisible();
    await picture(ann.page, `slash-${size}`);
    await ann.type('table');
    await ann.press('Enter');
    for (const text of ['Month', 'Oil', 'Wicks', 'November', '14 gallons', '3']) {
      await ann.type(text, 0);
      await ann.press('Tab');
    }
    if (size === 'phone') {
      await ann.tool('Block').click();
      await blockMenu(ann.page).getByRole('menuitem', { name: 'Rows and columns' }).click();
    } else {
      await ann.page.getByRole('button', { name: 'Table', exact: true }).click();
    }
    await expect(tableMenu(ann.page)).toBeVisible();
    await picture(ann.page, `table-menu-${size}`);
    await ann.press('Escape');
    await ann.text.locator('p').first().click();
    await ann.press('Alt+Enter');
    await expect(blockMenu(ann.page)).toBeVisible();
    await picture(ann.page, `block-menu-${size}`);
    await ann.press('Escape');
    await ann.press('Home');
    await ann.press('Control+Shift+ArrowRight');
    await ann.press('Control+Shift+ArrowRight');
    if (size === 'phone') {
      // There is nothing to go to.
      await ann.press('Alt+F10');
      await expect(ann.text).toBeFocused();
      await expect(bubble(ann.page)).toHaveCount(0);
    } else {
      await expect(bubble(ann.page)).toBeVisible();
      await ann.text.locator('li').first().hover();
      await expect(grip(ann.page)).toBeVisible();
    }
    await picture(ann.page, `selection-${size}`);
  });
}

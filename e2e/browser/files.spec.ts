// Files become documents, and documents files: chosen, dropped, damaged, of the wrong kind; and what a file cannot hold.

import { readFile } from 'node:fs/promises';
import type { Download, Page } from '@playwright/test';
import { fromDocx, fromMarkdown, schema, toDocx, toHtmlPage } from '@weft/model';
import { picture, windows } from './picture.js';
import { expect, test } from './story.js';
import { scriptRefused } from './writer.js';

const wordType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const almanac = ['# The long watch', 'Lit at **dusk**.', '- Oil\n- Wicks', '| a | b |\n| - | - |\n| c | d |'].join(
  '\n\n',
);

async function almanacFile(): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const { bytes } = await toDocx(fromMarkdown(almanac).doc, 'The keeper’s almanac');
  return { name: 'almanac (2).docx', mimeType: wordType, buffer: Buffer.from(bytes) };
}

const chooser = (page: Page) => page.getByLabel('A file to make a document of');

async function downloadAs(page: Page, name: string): Promise<Download> {
  const menu = page.getByRole('menu', { name: 'More' });
  if (!(await menu.isVisible())) await page.getByRole('button', { name: 'More', exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    menu.getByRole('menuitem', { name: `Download as ${name}` }).click(),
  ]);
  return download;
}

const textOf = async (download: Download): Promise<string> => readFile(await download.path(), 'utf8');

test('a Word file becomes a document with its title, is saved, and can be taken along in every format', async ({
  server,
  join,
}) => {
  const ann = await join('Ann Ek');
  const { page } = ann;
  await page.goto(server.url);
  const scripts: string[] = [];
  page.on('request', (request) => scripts.push(new URL(request.url()).pathname));
  await chooser(page).setInputFiles(await almanacFile());
  await expect(page).toHaveURL(/\/d\/[0-9a-f-]{36}$/);
  await expect(ann.title).toHaveValue('The keeper’s almanac');
  await expect(ann.text.getByRole('heading', { name: 'The long watch' })).toBeVisible();
  await expect(ann.text.getByRole('listitem')).toHaveText(['Oil', 'Wicks']);
  await expect(ann.text.locator('th, td')).toHaveText(['a', 'b', 'c', 'd']);
  await expect(ann.saveLine).toHaveText(/^Saved · \d\d:\d\d$/);
  expect(scripts.filter((path) => path.includes('convert'))).toHaveLength(1);

  // It is the server's now, and somebody else's to read.
  const ben = await join('Ben Ro');
  await ben.open(page.url());
  await expect(ben.text.locator('th, td')).toHaveText(['a', 'b', 'c', 'd']);

  const word = await downloadAs(page, 'Word');
  expect(word.suggestedFilename()).toBe('The keeper’s almanac.docx');
  const again = await fromDocx(new Uint8Array(await readFile(await word.path())));
  expect(again.title).toBe('The keeper’s almanac');
  expect(again.doc.toString()).toBe(fromMarkdown(almanac).doc.toString());
  await expect(page.getByRole('menu', { name: 'More' })).toBeHidden();
  expect(await textOf(await downloadAs(page, 'Markdown'))).toContain('Lit at **dusk**.');
  expect(await textOf(await downloadAs(page, 'Web page'))).toContain('<h1 class="title">The keeper’s almanac</h1>');
  expect(await textOf(await downloadAs(page, 'Plain text'))).toContain(
    'The long watch\n\nLit at dusk.\n\n- Oil\n- Wicks',
  );
});

test('a web page that is downloaded shows alignment, and which way text was said to go', async ({ page }) => {
  const table = fromMarkdown('| Oil |\n| --: |\n| 12 |').doc;
  const said = schema.node('paragraph', { dir: 'rtl' }, [schema.text('To the right.')]);
  await page.setContent(toHtmlPage(table.copy(table.content.addToEnd(said)), ''));
  for (const text of ['Oil', '12'])
    await expect(page.getByText(text, { exact: true })).toHaveCSS('text-align', 'right');
  const begins = page.getByText('To the right.');
  await expect(begins).toHaveCSS('unicode-bidi', 'isolate');
  await expect(begins).toHaveCSS('direction', 'rtl');
});

test('a file that is dropped on the list becomes a document', async ({ server, join }) => {
  for (const [name, content, first] of [
    ['notes.md', '# Notes\n\nOne *two*', 'Notes'],
    [
      'page.html',
      '<title>A page</title><h1>Notes</h1><p onclick="x">One <em>two</em><script>alert(1)</script>',
      'Notes',
    ],
    ['plain.txt', 'Notes\r\n\r\nOne two', 'Notes'],
  ] as const) {
    const ann = await join('Ann Ek');
    ann.expected.push(scriptRefused);
    await ann.page.goto(server.url);
    await ann.page.getByRole('heading', { name: 'Documents', exact: true }).waitFor();
    await ann.page.getByRole('button', { name: 'Import' }).waitFor();
    await ann.page.evaluate(
      ([fileName, text]) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([text], fileName));
        for (const type of ['dragover', 'drop']) {
          document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
        }
      },
      [name, content] as const,
    );
    await expect.poll(() => ann.blocks(), name).toEqual([first, 'One two']);
    await expect(ann.title).toHaveValue(name === 'page.html' ? 'A page' : name.replace(/\..*/, ''));
    await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  }
});

test('what cannot be read is told, and no document is made of it', async ({ server, join }) => {
  const { page } = await join('Ann Ek');
  await page.goto(server.url);
  const alert = page.getByRole('alert');
  const word = await almanacFile();
  for (const [name, bytes, words] of [
    ['lamp.png', Buffer.from('x'), 'Weft reads Word (.docx), Markdown (.md), web pages (.html) and plain text (.txt).'],
    [
      'cut.docx',
      word.buffer.subarray(0, -40),
      'It is damaged: it ends too early. Ask whoever sent it for another copy.',
    ],
    ['old.docx', Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), 'It is of an earlier Word, or protected by a password.'],
    ['latin.txt', Buffer.from([0xe4, 0x20]), 'It is no text in UTF-8.'],
  ] as const) {
    await chooser(page).setInputFiles({ name, mimeType: '', buffer: bytes });
    await expect(alert).toContainText(`No document could be made of “${name}”. ${words}`);
  }
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(alert).toBeHidden();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Your documents will be here' })).toBeVisible();
});

test('what a file could not hold is told in the menu', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  const { page } = ann;
  await page.goto(server.url);
  const centred = schema.node('paragraph', { align: 'center' }, [schema.text('In the middle')]);
  const { bytes } = await toDocx(schema.node('doc', null, [centred]));
  await chooser(page).setInputFiles({ name: 'middle.docx', mimeType: wordType, buffer: Buffer.from(bytes) });
  await expect(ann.title).toHaveValue('middle');
  await downloadAs(page, 'Markdown');
  await expect(page.getByRole('menu').getByRole('status')).toContainText('Markdown has no alignment');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
  // It has the focus in the very turn that shows it: a key that follows at once is for the menu.
  const more = page.getByRole('button', { name: 'More', exact: true });
  const focused = await more.evaluate((button: HTMLElement) => {
    button.click();
    return document.activeElement?.textContent;
  });
  expect(focused).toContain('Find and replace…');
  await expect(page.getByRole('menu').getByRole('status')).toBeHidden();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'History' })).toBeFocused();
});

for (const [size, options] of windows) {
  test(`pictures, ${size}: importing and taking along`, async ({ server, join }) => {
    const ann = await join('Ann Ek', options);
    const { page } = ann;
    await page.goto(server.url);
    await page.getByRole('button', { name: 'Import' }).waitFor();
    await picture(page, `import-empty-${size}`);
    await chooser(page).setInputFiles({ name: 'a scan of the almanac.pdf', mimeType: '', buffer: Buffer.from('x') });
    await page.getByRole('alert').waitFor();
    await picture(page, `import-refused-${size}`);
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['x'], 'x.md'));
      document.body.dispatchEvent(new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true }));
    });
    await page.getByText('Drop it to make a document of it').waitFor();
    await picture(page, `import-drop-${size}`);

    const refusing = '[a](javascript:x)';
    await chooser(page).setInputFiles({
      name: 'notes.md',
      mimeType: '',
      buffer: Buffer.from(`${almanac}\n\n${refusing}`),
    });
    await expect(page.getByText('The text of “notes.md” is here.')).toBeVisible();
    await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
    await picture(page, `imported-${size}`);
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await picture(page, `download-menu-${size}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await page.goto(server.url);
    await page.getByRole('listitem').waitFor();
    await picture(page, `import-list-${size}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });
}

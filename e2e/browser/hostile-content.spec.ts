// What people who mean harm write, paste, import and call themselves: it is text and nothing else, in every page that shows it. No script
// of it runs, nothing is asked of any other server, and the policy of the page had nothing to stop.

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import * as Y from 'yjs';
import { docxOf } from '../../packages/model/test/docx-files.js';
import { paste, png } from './brought-files.js';
import { Canary, parsedMarkup } from './canary.js';
import { hostileBlocks, hostileLines, markdown, names, OWN_ADDRESSES, pages, word } from './hostile-content.js';
import { expect, type Story, test } from './story.js';
import { refuse, type Tap, tapWire } from './wire-tap.js';

/** As many as fit into one update. */
const AT_ONCE = 40;

/** Somebody with a client of their own writes it into a document. Ann looks at it. */
async function writeHostile(
  { server, join, connect }: Pick<Story, 'server' | 'join' | 'connect'>,
  blocks: Iterable<Y.XmlElement>,
  tap: Tap = {},
) {
  const ann = await join('Ann Ek');
  await tapWire(ann.page, tap);
  const canary = await Canary.watch(ann.context, server.url);
  await ann.open(`${server.url}/d/hostile`);
  const stock = connect('hostile', names[0]!);
  await expect.poll(() => stock.synced).toBe(true);
  const all = [...blocks];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    stock.doc.transact(() => stock.fragment.push(all.slice(from, from + AT_ONCE)));
  }
  stock.doc.transact(() => {
    stock.doc.getMap('meta').set('title', names[2]);
    const end = new Y.XmlElement('heading');
    end.insert(0, [new Y.XmlText('The end')]);
    stock.fragment.push([end]);
  });
  await expect(ann.text.getByRole('heading', { name: 'The end', exact: true })).toBeVisible({ timeout: 60_000 });
  return { ann, stock, canary, count: all.length };
}

/** Of all that somebody might write, as much as a page shows within a story, or as can be written at once. */
const oneIn = (count: number): Y.XmlElement[] =>
  [...hostileBlocks(), ...hostileLines()].filter((_block, index) => index % count === 0);

/** The page is still one: it answers, and somebody can write in it. */
async function expectSound(page: Page, canary: Canary): Promise<void> {
  await page.evaluate(() => new Promise(requestAnimationFrame));
  expect(canary.reports).toEqual([]);
}

test('the canary tells of each thing that it is there for', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  ann.expected.push(/./);
  const canary = await Canary.watch(ann.context, server.url);
  await ann.open(`${server.url}/d/canary`);
  expect(canary.reports).toEqual([]);
  await ann.page.evaluate(() => {
    const { sheet } = Object.assign(window, { sheet: document.body.appendChild(document.createElement('div')) });
    const { DOMParser: Parser } = window;
    new Parser().parseFromString('<p onclick="parsed()">', 'text/html');
    Object.assign(window, { __pwned: 1 });
    sheet.innerHTML =
      '<a href="javascript:1">a</a><b style="background:url(/x)"></b><iframe></iframe><img src="http://elsewhere.test/p.png" onerror="1">';
    void fetch('http://elsewhere.test/').catch(() => {});
    open('http://elsewhere.test/opened');
  });
  for (const what of [
    /^a script ran/,
    /^address: <a/,
    /^style:/,
    /^element: <iframe/,
    /^attribute: <img/,
    /^address: <img/,
  ]) {
    await expect.poll(() => canary.reports).toContainEqual(expect.stringMatching(what));
  }
  for (const what of [/^policy: img-src/, /^policy: connect-src/, /^policy: script-src-attr/, /^request:/]) {
    await expect.poll(() => canary.reports).toContainEqual(expect.stringMatching(what));
  }
});

test('elements, attributes and marks that a client of their own writes are text, or a note that they are kept', async ({
  server,
  join,
  connect,
}) => {
  const { ann, stock, canary, count } = await writeHostile({ server, join, connect }, [
    ...hostileBlocks(),
    ...hostileLines(),
  ]);
  expect(count).toBeGreaterThan(900);
  const { length } = stock.fragment;
  await expectSound(ann.page, canary);
  const links = await ann.text
    .locator('a')
    .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).protocol));
  expect([...new Set(links)]).toEqual(['http:']);

  // One can write beside it, and it stays as it is.
  await ann.text.getByRole('heading', { name: 'The end', exact: true }).click();
  await ann.press('End');
  await ann.type('!');
  await expect.poll(() => stock.text(length - 1).toString()).toBe('The end!');
  expect(stock.fragment.length).toBe(length);
  await expectSound(ann.page, canary);
});

test('what is copied of such a document is pasted as what it was', async ({ server, join, connect }) => {
  const { ann, canary } = await writeHostile({ server, join, connect }, oneIn(7));
  await ann.text.click();
  await ann.press('Control+a');
  const copied = await ann.text.evaluate((editable) => {
    const clipboardData = new DataTransfer();
    editable.dispatchEvent(new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true }));
    return clipboardData.getData('text/html');
  });
  await expectSound(ann.page, canary);
  await ann.open(`${server.url}/d/copy`);
  await ann.text.click();
  await paste(ann.page, { html: copied });
  await expect(ann.text).toContainText('The end', { timeout: 30_000 });
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved', { timeout: 30_000 });
  await expectSound(ann.page, canary);
});

test('the past of such a document, and the page that it is downloaded as', async ({ server, join, connect }) => {
  const { ann, canary } = await writeHostile({ server, join, connect }, oneIn(4));
  const { page } = ann;
  await page.getByRole('button', { name: 'More', exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Download as Web page' }).click(),
  ]);
  const exported = await readFile(await download.path(), 'utf8');
  await page.goto(`${server.url}/history/hostile`);
  const past = page.getByRole('document', { name: 'The text at this moment' });
  await expect(past).toContainText('The end', { timeout: 60_000 });
  await expectSound(page, canary);
  await page.getByRole('checkbox', { name: 'Show changes' }).uncheck();
  await expect(past.locator('ins, del')).toHaveCount(0);
  await expectSound(page, canary);

  // Opened by itself, where no policy keeps anything from running.
  const ben = await join('Ben Ro');
  ben.expected.push(/./);
  const bare = await Canary.watch(ben.context, server.url);
  await ben.page.route('http://files.test/**', (route) => route.fulfill({ contentType: 'text/html', body: exported }));
  await ben.page.goto('http://files.test/page.html');
  await expect(ben.page.getByRole('heading', { name: 'The end', exact: true })).toBeVisible({ timeout: 60_000 });
  await ben.page.evaluate(() => new Promise(requestAnimationFrame));
  // It asks for pictures where they lie, and for nothing else.
  expect(
    bare.reports.filter((report) => !/^(request: http:\/\/(files|elsewhere)\.test\/|address: <img )/.test(report)),
  ).toEqual([]);
});

test('what is pasted is what the schema knows of it', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  ann.expected.push(...parsedMarkup);
  const canary = await Canary.watch(ann.context, server.url);
  await ann.open(`${server.url}/d/pasted`);
  for (const html of pages) {
    await ann.text.click();
    await ann.press('Control+End');
    await paste(ann.page, { html, text: 'as text' });
    // It is still an editor, and what was pasted is in the document or nowhere.
    await ann.press('Control+End');
    await ann.press('Enter');
    await ann.type('next', 0);
    await expect(ann.text.locator('> *').last(), html.slice(0, 200)).toContainText('next');
  }
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved', { timeout: 30_000 });
  await expectSound(ann.page, canary);
  await ann.page.reload();
  await ann.text.waitFor();
  for (const words of ['handlers', 'sliced', 'listed', 'next']) await expect(ann.text).toContainText(words);
  await expectSound(ann.page, canary);
});

test('what is imported is what the schema knows of it', async ({ server, join }) => {
  const bytes = await docxOf(word);
  const files: [name: string, content: string | Uint8Array][] = [
    ['hostile.md', markdown],
    ['hostile.html', `<title>${names[0]}</title>${pages.slice(0, -4).join('\n')}`],
    ['hostile.docx', bytes],
    ['hostile.txt', names.join('\n')],
  ];
  for (const [name, content] of files) {
    const ann = await join('Ann Ek');
    ann.expected.push(...parsedMarkup);
    const canary = await Canary.watch(ann.context, server.url);
    await ann.page.goto(server.url);
    const buffer = Buffer.from(content);
    await ann.page.getByLabel('A file to make a document of').setInputFiles({ name, mimeType: '', buffer });
    await expect(ann.saveLine, name).toHaveAttribute('data-save-state', 'saved', { timeout: 30_000 });
    await expectSound(ann.page, canary);
    await ann.page.goto(server.url);
    await expect(ann.page.getByRole('listitem').first()).toBeVisible();
    await expectSound(ann.page, canary);
  }
});

test('names and titles are shown as they are', async ({ server, join, connect }) => {
  const ann = await join('Ann Ek');
  const canary = await Canary.watch(ann.context, server.url);
  for (const [index, name] of names.entries()) {
    const document = `titled ${index} ${name}`.replace(/\p{Cc}/gu, '').replaceAll('/', '⁄');
    await ann.open(`${server.url}/d/${encodeURIComponent(document)}`);
    await ann.title.fill(name);
    await ann.text.click();
    await ann.type('Text');
    const stock = connect(document, name);
    await expect.poll(() => stock.markup).toContain('Text');
    stock.putCaret(0, 2);
    await expect(ann.text.locator('.weft-caret')).toHaveCount(1);
    const ben = await join(name);
    const his = await Canary.watch(ben.context, server.url);
    await ben.open(`${server.url}/d/${encodeURIComponent(document)}`);
    await ben.text.click();
    await expect(ann.text.locator('.weft-caret')).toHaveCount(2);
    await ben.type('More');
    await expect.poll(() => stock.markup).toContain('More');
    await ann.page.getByRole('button', { name: 'Share' }).click();
    await ann.page.getByRole('dialog', { name: /^Share/ }).waitFor();
    await ann.press('Escape');
    await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
    await ann.page.goto(`${server.url}/history/${encodeURIComponent(document)}`);
    await expect(ann.page.getByRole('document', { name: 'The text at this moment' })).toContainText('Text');
    await expectSound(ann.page, canary);
    await expectSound(ben.page, his);
  }
  await ann.page.goto(server.url);
  await expect(ann.page.getByRole('listitem')).toHaveCount(names.length);
  await expectSound(ann.page, canary);
});

test('versions, reasons of bringing back, and files may be called anything', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  const { page } = ann;
  const canary = await Canary.watch(ann.context, server.url);
  const url = `${server.url}/d/named`;
  await ann.open(url);
  await ann.type('The long watch\n', 0);
  await paste(page, { files: [png(`${names[0]}.png`, 64, 40)] });
  await expect(ann.text.locator('figure img')).toBeVisible();
  const plan = { mimeType: 'text/html', buffer: Buffer.from(pages[0]!) };
  for (const name of names) {
    await paste(page, { files: [{ ...plan, name: `${name}.html` }] });
  }
  await expect(ann.text.getByRole('link')).toHaveCount(names.length);
  await expect(ann.text.getByRole('link').first()).toContainText('onerror');
  // One that is on its way, or did not arrive, says what it is called, too.
  await page.route('**/assets**', (route) => route.fulfill({ status: 413, body: '{}' }));
  await paste(page, { files: [{ ...plan, name: `${names[1]}.html` }] });
  await expect(ann.text.locator('.upload')).toContainText('<svg onload');
  await expectSound(page, canary);
  await page.unroute('**/assets**');
  await ann.text.locator('.upload').getByRole('button', { name: 'Remove' }).click();
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');

  await page.goto(`${server.url}/history/named`);
  const dialog = page.getByRole('dialog');
  const versions = page.getByRole('complementary', { name: 'Versions' });
  await expect(page.getByRole('document', { name: 'The text at this moment' })).toContainText('The long watch');
  const version = names[1]!;
  await page.getByRole('button', { name: 'Name this moment…' }).click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill(version);
  await dialog.getByRole('button', { name: 'Name it' }).click();
  await expect(versions.getByRole('button', { name: version })).toHaveAttribute('aria-current', 'true');
  await ann.open(url);
  await ann.goToEndOf(0);
  await ann.type(' ends', 0);
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  await page.goto(`${server.url}/history/named`);
  await versions.getByRole('button', { name: version }).click();
  await page.getByRole('button', { name: 'Bring it back', exact: true }).click();
  await dialog.getByRole('textbox').fill(names[0]!);
  await dialog.getByRole('button', { name: 'Bring it back' }).click();
  await expect(page.getByText(/^Brought back:/)).toBeVisible();
  await page.reload();
  await expect(versions).toContainText('Before something was brought back');
  await expect(versions).toContainText(version);
  await expectSound(page, canary);
  const answer = await page.request.get(`${server.url}/api/v1/versions/named`);
  expect(answer.headers()['content-type']).toContain('application/json');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
});

test('to show a picture nothing is asked for but files of documents', async ({ server, join, connect }) => {
  const asked: string[] = [];
  const watch = (page: Page): void => {
    page.on('request', (request) => {
      if (request.resourceType() === 'image') asked.push(new URL(request.url()).pathname);
    });
  };
  const pictures = OWN_ADDRESSES.map((src) => {
    const picture = new Y.XmlElement('figure');
    picture.setAttribute('src', src);
    return picture;
  });
  let isRefusing = false;
  const tap: Tap = { answered: (message) => (isRefusing ? refuse(message) : null) };
  const { ann, canary } = await writeHostile({ server, join, connect }, [], tap);
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  watch(ann.page);
  const stock = connect('hostile', 'Stocky');
  await expect.poll(() => stock.synced).toBe(true);
  stock.doc.transact(() => stock.fragment.push(pictures));
  await expect(ann.text.locator('figure .picture-why')).toHaveText(
    OWN_ADDRESSES.map(() => 'It lies where no page can load it from.'),
  );
  // The text is shown anew, as it is on the server.
  isRefusing = true;
  await ann.text.getByRole('heading', { name: 'The end', exact: true }).click();
  await ann.type('x');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'refused');
  isRefusing = false;
  await expect(ann.text.locator('figure')).toHaveCount(OWN_ADDRESSES.length);
  await ann.page.getByRole('alert').getByRole('link', { name: 'Read it' }).click();
  await expect(ann.page.getByRole('textbox', { name: 'Kept text' }).locator('figure')).toHaveCount(
    OWN_ADDRESSES.length,
  );
  await ann.page.goto(`${server.url}/history/hostile`);
  await expect(ann.page.getByRole('document', { name: 'The text at this moment' }).locator('figure')).toHaveCount(
    OWN_ADDRESSES.length,
  );
  await expectSound(ann.page, canary);
  expect(asked.filter((path) => path !== '/favicon.svg')).toEqual([]);
});

// Pictures and files come into a text: pasted, dropped, chosen, or within what is pasted. Nobody sees one before it is on the server;
// what did not arrive says so where it was to stand, and nobody leaves without being asked.

import type { Locator, Page, Route } from '@playwright/test';
import { drop, hold, paste, png } from './brought-files.js';
import { expect, test } from './story.js';
import { agreed, scriptRefused, type Writer } from './writer.js';

const uploads = '**/api/v1/documents/**/assets?*';
const pictures = ({ text }: Writer): Locator => text.locator('figure .picture > img');
const card = ({ text }: Writer, name: string): Locator => text.getByRole('group', { name: new RegExp(`^${name}, `) });

/** How wide each picture is that was decoded; 0 for one that was not. */
const widths = (writer: Writer): Promise<number[]> =>
  pictures(writer).evaluateAll((all) => all.map((image) => (image as HTMLImageElement).naturalWidth));

/** Files are held on their way until the story lets them go. */
async function holdUploads(page: Page): Promise<{ letGo: () => Promise<void> }> {
  const held: Route[] = [];
  let isHeld = true;
  await page.route(uploads, (route) => {
    if (isHeld) held.push(route);
    else void route.continue();
  });
  return {
    letGo: async () => {
      isHeld = false;
      for (const route of held.splice(0)) await route.continue();
    },
  };
}

const choose = (writer: Writer, ...files: ReturnType<typeof png>[]): Promise<void> =>
  writer.chooses(() => writer.toolbar.getByRole('button', { name: 'Picture', exact: true }).click(), ...files);

test('pictures that are pasted, dropped or chosen stand where they were put, for everybody, and later', async ({
  server,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/lamps`);
  await ann.type('First\nSecond\nThird');
  await ben.open(`${server.url}/d/lamps`);
  await agreed(ann, ben);

  // At the end of the text, with a line to go on in.
  await paste(ann.page, { files: [png('a.png', 64, 40)] });
  await expect.poll(() => widths(ann)).toEqual([64]);
  await ann.type('Under it');
  await expect.poll(() => ben.blocks()).toEqual(['First', 'Second', 'Third', '', 'Under it']);

  // The upper half of a block is the place above it.
  await drop(ann.text.getByText('Second'), [png('b.png', 80, 50), png('c.png', 96, 60)], 'top');
  await expect.poll(() => widths(ben)).toEqual([80, 96, 64]);
  expect(await ben.blocks()).toEqual(['First', '', '', 'Second', 'Third', '', 'Under it']);

  await ann.goToEndOf(0);
  await choose(ann, png('d.png', 112, 70));
  await expect.poll(() => widths(ben)).toEqual([112, 80, 96, 64]);
  await expect(ann.text).toBeFocused();

  // Each is a step of its own.
  await ann.press('Control+z');
  await expect.poll(() => widths(ben)).toEqual([80, 96, 64]);
  await ann.press('Control+Shift+z');
  await expect.poll(() => widths(ben)).toEqual([112, 80, 96, 64]);

  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  await server.stop();
  await server.restart();
  const cleo = await join('Cleo Vi');
  await cleo.open(`${server.url}/d/lamps`);
  await expect.poll(() => widths(cleo)).toEqual([112, 80, 96, 64]);
  // There is room for each before it has come.
  expect(await pictures(cleo).first().getAttribute('width')).toBe('112');
});

test('until it is on the server it is drawn for its writer alone, and goes with the text', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/lamps`);
  await ann.type('First\nSecond');
  await ben.open(`${server.url}/d/lamps`);
  await agreed(ann, ben);
  const { letGo } = await holdUploads(ann.page);
  await drop(ann.text.getByText('Second'), [png('lamp.png')], 'top');
  await expect(card(ann, 'lamp.png')).toBeVisible();
  await expect(card(ann, 'lamp.png').getByRole('progressbar')).toBeVisible();
  await expect(card(ann, 'lamp.png').locator('img')).toHaveAttribute('src', /^blob:/);

  await ben.text.click();
  await ben.press('Control+Home');
  await ben.type('Above\n');
  await expect.poll(() => ann.text.getByText('Above').isVisible()).toBe(true);
  await ann.goToEndOf(0);
  await ann.type('!');
  await expect(ben.text.locator('figure, .upload')).toHaveCount(0);
  await expect.poll(() => ben.blocks()).toEqual(['Above!', 'First', 'Second']);
  await letGo();
  await expect.poll(() => widths(ben)).toEqual([640]);
  expect(await ben.blocks()).toEqual(['Above!', 'First', '', 'Second']);
  await expect(ann.text.locator('.upload')).toHaveCount(0);
  await expect.poll(() => widths(ann)).toEqual([640]);
  // What was typed meanwhile is not undone with it.
  await ann.press('Control+z');
  await expect.poll(() => ben.blocks()).toEqual(['Above!', 'First', 'Second']);
});

test('what did not arrive says so where it was to stand; it is tried again, or taken away', async ({
  server,
  join,
}) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/lamps`);
  await ann.type('First');
  const refuse = (status: number, code: string, message: string) => (route: Route) =>
    route.fulfill({ status, json: { error: { code, message } } });
  await ann.page.route(uploads, refuse(500, 'INTERNAL', 'Something went wrong on the server.'), { times: 1 });
  await paste(ann.page, { files: [png('lamp.png')] });
  const failed = card(ann, 'lamp.png');
  await expect(failed).toContainText('Something went wrong on the server.');
  await expect(failed).toHaveAccessibleName('lamp.png, not added');
  await failed.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => widths(ann)).toEqual([640]);

  await ann.page.route(uploads, refuse(413, 'FILE_TOO_LARGE', 'A file may have 20 MB at most.'), { times: 1 });
  await paste(ann.page, { files: [png('large.png')] });
  await expect(card(ann, 'large.png')).toContainText('A file may have 20 MB at most.');
  await expect(card(ann, 'large.png').getByRole('button', { name: 'Try again' })).toHaveCount(0);
  await card(ann, 'large.png').getByRole('button', { name: 'Remove' }).click();
  await expect(ann.text.locator('.upload')).toHaveCount(0);

  // One may change one's mind on the way.
  await holdUploads(ann.page);
  await paste(ann.page, { files: [png('late.png')] });
  await card(ann, 'late.png').getByRole('button', { name: 'Cancel' }).click();
  await expect(ann.text.locator('.upload')).toHaveCount(0);
  await expect(ann.text).toBeFocused();
  expect(await widths(ann)).toEqual([640]);
});

test('without a connection it waits, and goes by itself when there is one', async ({ server, wire, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${wire.url}/d/lamps`);
  await ann.type('First');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  await wire.cut();
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'offline');
  await paste(ann.page, { files: [png('lamp.png')] });
  await expect(card(ann, 'lamp.png')).toContainText('This is sent by itself when it can be');
  await ann.type(' goes on');
  await ben.open(`${server.url}/d/lamps`);
  await wire.mend();
  await expect.poll(() => widths(ben), { timeout: 40_000 }).toEqual([640]);
  await expect.poll(() => ben.blocks()).toEqual(['First goes on', '', '']);
});

test('nobody leaves while something is on its way without being asked', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  const { page } = ann;
  await ann.open(`${server.url}/d/lamps`);
  await ann.type('First');
  const { letGo } = await holdUploads(page);
  await paste(page, { files: [png('lamp.png')] });
  await expect(card(ann, 'lamp.png')).toBeVisible();
  const question = page.getByRole('dialog', { name: 'A file is still on its way' });
  await page.getByRole('link', { name: 'All documents' }).click();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(question).toBeHidden();
  await expect(card(ann, 'lamp.png')).toBeVisible();

  // The browser's own, for closing the tab.
  const asked = page.waitForEvent('dialog');
  const closing = page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await closing;
  await letGo();
  await expect.poll(() => widths(ann)).toEqual([640]);
  await page.getByRole('link', { name: 'All documents' }).click();
  await expect(page.getByRole('button', { name: 'New document' })).toBeVisible();
});

test('of a page that is pasted, pictures within it are brought along, and others become links', async ({
  server,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/lamps`);
  await ben.open(`${server.url}/d/lamps`);
  ann.expected.push(scriptRefused);
  const asked: string[] = [];
  ann.page.on('request', (request) => asked.push(request.url()));
  const inline = (name: string, width: number) =>
    `data:image/png;base64,${png(name, width, 20).buffer.toString('base64')}`;
  const html = `<h2>Lamps</h2><p>Oil</p><p><img src="${inline('a', 32)}" alt="A wick"></p>
    <p>Gas <img src="https://elsewhere.example/gas.png" alt="A gas lamp" onerror="alert(1)"> and
    <a href="https://elsewhere.example/x"><img src="https://elsewhere.example/y.png" alt="more"></a>
    <img src="https://elsewhere.example/dot.gif" width="1" height="1"><img src="file:///C:/lamp.png" alt="Word">
    <img src="data:image/svg+xml;base64,PHN2Zy8+" alt=""></p>
    <p>End</p>`;
  await paste(ann.page, { html, text: 'Lamps' });
  await expect.poll(() => widths(ben)).toEqual([32]);
  await expect.poll(() => ben.blocks()).toEqual(['Lamps', 'Oil', '', 'Gas A gas lamp and more', 'End']);
  await expect(pictures(ben)).toHaveAttribute('alt', 'A wick');
  await expect(ben.text.getByRole('link', { name: 'A gas lamp' })).toHaveAttribute(
    'href',
    'https://elsewhere.example/gas.png',
  );
  await expect(ann.page.getByRole('alert')).toContainText('One picture could not be pasted.');
  await ann.page.getByRole('button', { name: 'Dismiss' }).click();
  expect(asked.filter((url) => url.includes('elsewhere') || url.startsWith('file:'))).toEqual([]);
  expect(await ben.text.locator('figure').evaluate((figure) => figure.outerHTML.includes('data:'))).toBe(false);

  // A picture alone is the file of it, wherever its page says it is; a picture of a table is not.
  await ann.text.click();
  await ann.press('Control+End');
  await paste(ann.page, { files: [png('b.png', 48, 20)], html: '<img src="https://elsewhere.example/b.png">' });
  await expect.poll(() => widths(ben)).toEqual([32, 48]);
  await paste(ann.page, { files: [png('c.png', 56, 20)], html: '<table><tr><td>Oil</td></tr></table>', text: 'Oil' });
  await expect(ben.text.locator('td')).toContainText('Oil');
  expect(await widths(ben)).toEqual([32, 48]);
});

test('the menu of a slash asks for a picture, too', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/lamps`);
  await ann.type('/photo');
  await expect(ann.page.getByRole('option', { name: 'Picture' })).toBeVisible();
  await ann.chooses(() => ann.press('Enter'), png('a.png', 64, 40));
  await expect.poll(() => widths(ann)).toEqual([64]);
  // Of what was typed for it nothing is left.
  expect((await ann.blocks()).join('')).toBe('');
});

test('a picture of another document that is pasted belongs to this one, too', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/one`);
  await ann.type('First');
  await paste(ann.page, { files: [png('a.png', 64, 40)] });
  await expect.poll(() => widths(ann)).toEqual([64]);
  await ann.press('Control+a');
  await ann.press('Control+c');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  await ann.open(`${server.url}/d/two`);
  await ann.press('Control+v');
  await ben.open(`${server.url}/d/two`);
  await expect(pictures(ben)).toHaveAttribute('src', /^\/api\/v1\/documents\/two\/assets\/[0-9a-f]{64}$/);
  await expect.poll(() => widths(ben)).toEqual([64]);
  await expect(ann.text.locator('.upload')).toHaveCount(0);

  // One that cannot be had stays what it is, and says so.
  const address = `/api/v1/documents/three/assets/${'0'.repeat(64)}`;
  const html = `<figure data-weft-image="${address}"><img alt="A lamp"><figcaption>Old</figcaption></figure>`;
  await paste(ann.page, { html });
  await expect(card(ann, 'Picture')).toContainText('This file is not there, or you may not see the document');
  await card(ann, 'Picture').getByRole('button', { name: 'Remove' }).click();
  await expect(ann.text.getByText('Old')).toBeVisible();
  await expect(ben.text.getByText('A lamp')).toBeVisible();
});

test('a file that is no picture becomes a link that saves it', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/lamps`);
  await ann.type('First');
  await ben.open(`${server.url}/d/lamps`);
  const plan = { name: 'plan & notes.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 lamps') };
  await drop(ann.text.getByText('First'), [plan]);
  const link = ben.text.getByRole('link', { name: 'plan & notes.pdf' });
  await expect(link).toHaveAttribute('href', /^\/api\/v1\/documents\/lamps\/assets\/[0-9a-f]{64}$/);
  const answer = await ben.page.request.get(new URL((await link.getAttribute('href'))!, server.url).href);
  expect(answer.headers()['content-disposition']).toContain('attachment');
  expect(await answer.text()).toBe('%PDF-1.7 lamps');
  await expect(ann.text.locator('.upload')).toHaveCount(0);
});

test('where it will be put is shown while it is held, and beside the text it is not taken', async ({
  server,
  join,
}) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/lamps`);
  await ann.type('First\nSecond');
  // Between two blocks, once what draws it is here.
  await expect(async () => {
    await hold(ann.text.getByText('First'), [png('lamp.png')]);
    await expect(ann.page.locator('.weft-dropcursor')).toBeVisible({ timeout: 500 });
  }).toPass();
  const isTaken = await ann.page.evaluate(() => {
    const { transfer: dataTransfer } = (window as unknown as { held: { transfer: DataTransfer } }).held;
    const over = new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true });
    document.querySelector('header')!.dispatchEvent(over);
    const let_ = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
    document.querySelector('header')!.dispatchEvent(let_);
    // Else the browser would show the file in place of the page.
    return [over.defaultPrevented, let_.defaultPrevented];
  });
  expect(isTaken).toEqual([true, true]);
  await expect(ann.text.locator('.upload, figure')).toHaveCount(0);
});

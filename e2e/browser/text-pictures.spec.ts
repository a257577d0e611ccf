// Pictures in a text: gone to, described, made narrower, replaced and removed, by mouse and by keys; shown to whoever may read the
// document, and a quiet note where one cannot be shown. A reader has none of the controls.

import type { Locator } from '@playwright/test';
import * as Y from 'yjs';
import { drop, hold, paste, png } from './brought-files.js';
import { expect as expectMember, test as memberTest } from './members.js';
import { picture, windows } from './picture.js';
import { expect, test } from './story.js';
import { tapWire } from './wire-tap.js';
import type { Writer } from './writer.js';

const pictures = ({ text }: Writer): Locator => text.locator('figure .picture > img');
const bar = ({ page }: Writer): Locator => page.getByRole('toolbar', { name: 'Picture' });
const widths = (writer: Writer): Promise<number[]> =>
  pictures(writer).evaluateAll((all) => all.map((image) => (image as HTMLImageElement).naturalWidth));
const shownWidth = (writer: Writer): Promise<number> =>
  pictures(writer).evaluate((image) => Math.round(image.getBoundingClientRect().width));

/** A text with a picture between two lines. */
async function withPicture(writer: Writer, url: string): Promise<void> {
  await writer.open(url);
  await writer.type('Above\n\nBelow');
  await writer.press('ArrowUp');
  await paste(writer.page, { files: [png('lamp.png')] });
  await expect.poll(() => widths(writer)).toEqual([640]);
  await expect(writer.saveLine).toHaveAttribute('data-save-state', 'saved');
}

test('a picture is described, captioned, sized, replaced and removed, and others see it', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await withPicture(ann, `${server.url}/d/lamps`);
  await ben.open(`${server.url}/d/lamps`);
  await expect.poll(() => widths(ben)).toEqual([640]);
  await expect(bar(ann)).toBeHidden();
  await pictures(ann).click();
  await bar(ann).getByRole('button', { name: 'Description: none' }).click();
  await ann.page.getByRole('textbox', { name: 'What it shows' }).fill('Dusk over the water');
  await ann.press('Enter');
  await expect(ann.text).toBeFocused();
  await expect(pictures(ben)).toHaveAttribute('alt', 'Dusk over the water');
  await expect(bar(ann).getByRole('button', { name: 'Description: Dusk over the water' })).toBeVisible();

  await bar(ann).getByRole('button', { name: 'Caption' }).click();
  await ann.type('The long watch');
  await expect.poll(() => ben.blocks()).toEqual(['Above', 'The long watch', '', 'Below']);
  await expect(bar(ann)).toBeHidden();

  // By its edge.
  const handle = ann.text.locator('.picture-handle');
  await pictures(ann).click();
  const before = await shownWidth(ann);
  const box = (await handle.boundingBox())!;
  await ann.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await ann.page.mouse.down();
  await ann.page.mouse.move(box.x - 100, box.y + 20, { steps: 4 });
  await ann.page.mouse.move(box.x + box.width / 2 - 200, box.y + 20, { steps: 4 });
  await ann.page.mouse.up();
  await expect.poll(() => shownWidth(ben)).toBe(before - 200);
  await expect.poll(() => shownWidth(ann)).toBe(before - 200);
  await ann.press('Control+z');
  await expect.poll(() => shownWidth(ben)).toBe(before);

  await pictures(ann).click();
  await ann.chooses(() => bar(ann).getByRole('button', { name: 'Replace' }).click(), png('other.png', 320, 100));
  await expect.poll(() => widths(ben)).toEqual([320]);
  expect((await ben.blocks())[1]).toBe('The long watch');
  await expect(pictures(ben)).toHaveAttribute('alt', 'Dusk over the water');

  await pictures(ann).click();
  await bar(ann).getByRole('button', { name: 'Remove' }).click();
  await expect.poll(() => ben.blocks()).toEqual(['Above', '', 'Below']);
  await ann.press('Control+z');
  await expect.poll(() => widths(ben)).toEqual([320]);
});

test('a picture is selected however often, and however soon again, it is pressed', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await withPicture(ann, `${server.url}/d/lamps`);
  const isInCaption = (): Promise<boolean> =>
    ann.page.evaluate(() => getSelection()?.anchorNode?.nodeName === 'FIGCAPTION');
  for (const clickCount of [2, 3]) {
    await ann.goToEndOf(0);
    await expect(bar(ann)).toBeHidden();
    await pictures(ann).click({ clickCount });
    await expect(bar(ann)).toBeVisible();
    // What is typed now is not in its caption.
    expect(await isInCaption()).toBe(false);
  }
  // As somebody who pressed, went on by a key, and pressed at the same place again.
  const { x, y, width, height } = (await pictures(ann).boundingBox())!;
  for (let time = 0; time < 3; time++) {
    await ann.press('ArrowUp');
    await ann.page.mouse.click(x + width / 2, y + height / 2);
    await expect(bar(ann)).toBeVisible();
    expect(await isInCaption()).toBe(false);
  }
});

test('all of it by keys, and said aloud', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await withPicture(ann, `${server.url}/d/lamps`);
  await ben.open(`${server.url}/d/lamps`);
  const { page } = ann;
  const heard = page.locator('[aria-live=polite]');
  await ann.goToEndOf(0);
  await ann.press('ArrowDown');
  await expect(heard).toHaveText(/^Picture selected: not described\. Tab leads to what can be done with it\./);
  await ann.press('Alt+Shift+ArrowLeft');
  await expect(heard).toHaveText(/^\d+ pixels wide\.$/);
  const narrower = Number.parseInt((await heard.textContent())!, 10);
  await expect.poll(() => shownWidth(ben)).toBe(narrower);
  await ann.press('Tab');
  await expect(bar(ann).getByRole('button', { name: 'Description: none' })).toBeFocused();
  await ann.press('ArrowRight');
  await ann.press('ArrowRight');
  await ann.press('ArrowRight');
  await expect(bar(ann).getByRole('button', { name: 'Wider' })).toBeFocused();
  await ann.press('Enter');
  await expect.poll(() => shownWidth(ben)).toBeGreaterThan(narrower);
  // One stop of the Tab key, which comes back to where one was.
  await ann.press('Shift+Tab');
  await expect(ann.text).toBeFocused();
  await expect(bar(ann)).toBeVisible();
  await ann.press('Tab');
  await expect(bar(ann).getByRole('button', { name: 'Wider' })).toBeFocused();
  await ann.press('Tab');
  expect(await bar(ann).evaluate((element) => element.contains(document.activeElement))).toBe(false);
  await ann.press('Shift+Tab');
  await expect(bar(ann).getByRole('button', { name: 'Wider' })).toBeFocused();
  await ann.press('Escape');
  await expect(ann.text).toBeFocused();

  // Down to its caption, back up, and over it.
  await ann.press('ArrowDown');
  await ann.type('Seen');
  await expect.poll(() => ben.blocks()).toEqual(['Above', 'Seen', '', 'Below']);
  await ann.press('Home');
  await ann.press('ArrowUp');
  await expect(bar(ann)).toBeVisible();
  await ann.press('ArrowUp');
  await ann.press('End');
  await ann.type('!');
  await expect.poll(() => ben.blocks()).toEqual(['Above!', 'Seen', '', 'Below']);

  // Backspace under it goes to it first.
  await ann.goToEndOf(2);
  await ann.press('Backspace');
  await expect(bar(ann)).toBeVisible();
  await expect.poll(() => widths(ben)).toEqual([640]);
  await ann.press('Backspace');
  await expect.poll(() => ben.blocks()).toEqual(['Above!', '', 'Below']);
});

test('a reader sees pictures and none of their controls, and what is dropped there is not taken', async ({
  server,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await withPicture(ann, `${server.url}/d/lamps`);
  const asReader = { role: 1, access: 0 };
  await tapWire(ben.page, { heard: (message) => (message.type === 'Opened' ? { ...message, ...asReader } : message) });
  await ben.open(`${server.url}/d/lamps`);
  await expect(ben.text).toHaveAttribute('contenteditable', 'false');
  await expect.poll(() => widths(ben)).toEqual([640]);
  await pictures(ben).click();
  await expect(bar(ben)).toBeHidden();
  await expect(ben.text.locator('.picture-handle')).toBeHidden();
  await expect(ben.text.locator('figcaption')).toBeHidden();
  await drop(ben.text.getByText('Below'), [png('mine.png')]);
  await expect(ben.text.locator('.upload')).toHaveCount(0);
  expect(await widths(ann)).toEqual([640]);
});

test('what cannot be shown is a quiet note, and a way to it where there is one', async ({ wire, join, connect }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${wire.url}/d/lamps`);
  await ann.type('Above');
  const stock = connect('lamps', 'Stocky');
  await expect.poll(() => stock.synced).toBe(true);
  const absent = `/api/v1/documents/lamps/assets/${'0'.repeat(64)}`;
  stock.doc.transact(() => {
    for (const [src, alt] of [
      ['https://elsewhere.example/a.png', 'A far lamp'],
      [absent, 'A lost lamp'],
      ['javascript:alert(1)', 'No lamp'],
    ] as const) {
      const figure = new Y.XmlElement('figure');
      figure.setAttribute('src', src);
      figure.setAttribute('alt', alt);
      stock.fragment.push([figure]);
    }
  });
  const asked: string[] = [];
  ann.page.on('request', (request) => asked.push(request.url()));
  await expect(ann.text.getByText('A far lamp')).toBeVisible();
  await expect(ann.text).toContainText('It lies on elsewhere.example, and pages here load nothing from elsewhere.');
  await expect(ann.text.getByRole('link', { name: 'Open it' })).toHaveAttribute(
    'href',
    'https://elsewhere.example/a.png',
  );
  await expect(ann.text).toContainText('A lost lamp');
  await expect(ann.text).toContainText('It is not there, or belongs to a document that you may not see.');
  await expect(ann.text).toContainText('It lies where no page can load it from.');
  expect(asked.filter((url) => url.includes('elsewhere'))).toEqual([]);
  await picture(ann.page, 'text-pictures-missing');
});

test('without a connection there is room for it, and it comes when there is one', async ({ server, wire, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ben.open(`${wire.url}/d/lamps`);
  await ben.page.route('**/assets/*', (route) => route.abort());
  await withPicture(ann, `${server.url}/d/lamps`);
  await expect(ben.text).toContainText('It cannot be loaded now, and will be when the connection is back.');
  await ben.page.unroute('**/assets/*');
  await wire.cut();
  await expect(ben.saveLine).toHaveAttribute('data-save-state', 'offline');
  await wire.mend();
  await expect.poll(() => widths(ben), { timeout: 40_000 }).toEqual([640]);
  await expect(ben.text.locator('.picture-missing')).toHaveCount(0);
});

memberTest(
  'whoever may read a document sees its pictures, and whoever may write adds some: also by a link',
  async ({ member, join }) => {
    const ann = await member('ann');
    await ann.page.getByRole('button', { name: 'New document' }).click();
    await ann.text.waitFor();
    await ann.type('Above');
    await paste(ann.page, { files: [png('lamp.png')] });
    await expect.poll(() => widths(ann)).toEqual([640]);
    await ann.page.getByRole('button', { name: 'Share', exact: true }).click();
    const share = ann.page.getByRole('dialog', { name: /^Share/ });
    await ann.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const linkFor = async (label: string, may: string): Promise<string> => {
      await share.getByRole('textbox', { name: 'For whom the link is' }).fill(label);
      await share.getByRole('combobox', { name: 'What the link lets one do' }).selectOption(may);
      await share.getByRole('button', { name: 'Make a link' }).click();
      await share.getByRole('button', { name: `Copy the link ${label}` }).click();
      await expectMember.poll(() => ann.clipboard()).toContain('#link=');
      const link = await ann.clipboard();
      await ann.page.evaluate(() => navigator.clipboard.writeText(''));
      return link;
    };
    const [toRead, toWrite] = [await linkFor('Readers', 'Can read'), await linkFor('Press', 'Can edit')];
    const [reader, writer] = [await join('Quiet Heron'), await join('Early Otter')];
    await reader.open(toRead);
    await expectMember.poll(() => widths(reader)).toEqual([640]);
    await writer.open(toWrite);
    await expectMember.poll(() => widths(writer)).toEqual([640]);
    await drop(writer.text.getByText('Above'), [png('more.png', 320, 200)]);
    await expectMember.poll(() => widths(reader)).toEqual([320, 640]);
    await expectMember.poll(() => widths(ann)).toEqual([320, 640]);
    // Nothing of what they showed is in an address.
    const addresses = await reader.page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => name),
    );
    expect(addresses.filter((address) => address.includes(toRead.split('#link=')[1]!))).toEqual([]);
    await reader.page.reload();
    await expectMember.poll(() => widths(reader)).toEqual([320, 640]);
  },
);

for (const [size, options] of windows) {
  test(`pictures of pictures, ${size}`, async ({ server, join }) => {
    const ann = await join('Ann Ek', options);
    const { page } = ann;
    await ann.open(`${server.url}/d/almanac`);
    await ann.title.fill('The keeper’s almanac');
    await ann.text.click();
    await ann.type(
      '# The long watch\nEvery keeper writes the almanac twice: once for the office, and once for the sea.\n',
      0,
    );
    await paste(page, { files: [png('dusk.png', 1280, 720)] });
    await expect.poll(() => widths(ann)).toEqual([1280]);
    await pictures(ann).click();
    await picture(page, `text-picture-selected-${size}`);
    await bar(ann).getByRole('button', { name: 'Description: none' }).click();
    await picture(page, `text-picture-describing-${size}`);
    await ann.press('Escape');
    await ann.press('ArrowDown');
    await ann.type('Dusk over the water, from the gallery of the lamp', 0);
    await picture(page, `text-picture-caption-${size}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);

    await hold(ann.text.getByText('Every keeper'), [png('night.png')]);
    await picture(page, `text-picture-held-${size}`);
    await page.route('**/assets?*', () => {});
    await drop(ann.text.getByText('Every keeper'), [png('night.png', 900, 420, 60)]);
    await expect(ann.text.getByRole('group', { name: /^night\.png/ })).toBeVisible();
    await picture(page, `text-picture-sending-${size}`);
    await ann.text.getByRole('button', { name: 'Cancel' }).click();
    await page.unroute('**/assets?*');
    await page.route('**/assets?*', (route) =>
      route.fulfill({
        status: 507,
        json: {
          error: {
            code: 'DOCUMENT_FULL',
            message:
              'A document may have 2000 files of 536 MB together, and this one would have more. Go on in another one.',
          },
        },
      }),
    );
    const plan = {
      name: 'a plan of the lighthouse with a long name.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7'),
    };
    await drop(ann.text.getByText('Every keeper'), [png('night.png', 900, 420, 60), plan]);
    await expect(ann.text.locator('.upload[data-state=failed]')).toHaveCount(2);
    await picture(page, `text-picture-failed-${size}`);
    await page.unroute('**/assets?*');
    await page.route('**/assets?*', (route) => route.abort());
    for (const _ of ['night', 'plan']) await ann.text.getByRole('button', { name: 'Remove' }).first().click();
    await drop(ann.text.getByText('Every keeper'), [png('night.png', 900, 420, 60)]);
    await expect(ann.text.locator('.upload[data-state=waiting]')).toHaveCount(1);
    await picture(page, `text-picture-waiting-${size}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await ann.text.getByRole('button', { name: 'Cancel' }).click();
  });
}

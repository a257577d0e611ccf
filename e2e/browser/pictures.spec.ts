// Pictures of every state a page can be in, for people to look at (test-results/pictures), each taken only once it shows
// what it is named for. What a machine can judge of a look is judged here, too: contrast, and nothing cut off.

import type { WebSocketRoute } from '@playwright/test';
import { CloseCode } from '@weft/protocol';
import { picture, windows } from './picture.js';
import { expect, test } from './story.js';
import { refuse, type Tap, tapWire } from './wire-tap.js';
import type { Writer } from './writer.js';

/** Text with everything in it that can be in a text. */
async function writeAlmanac(writer: Writer): Promise<void> {
  await writer.title.fill('The keeper’s almanac');
  await writer.title.press('Enter');
  const lines = [
    '# The long watch',
    'Every keeper writes the almanac *twice*: once for the office, and **once for the sea**.',
    '## What is in the lamp room',
    '- Wicks, oil and `the glass`',
    'A ledger',
    '',
    '> Trim the lamp before the rain, not after it.',
    '',
    'Between the two, most keepers wrote what they saw.',
  ];
  await writer.type(lines.join('\n'), 0);
}

/** Save states that a healthy server seldom brings about, and what it would have to say for them. */
const taps: readonly (readonly [state: string, sentence: string, tap: Tap])[] = [
  [
    'busy',
    'Not saved yet · the server has too much to do. Your changes are kept on this device.',
    {
      answered: (message) =>
        message.type === 'Update'
          ? { type: 'Busy', channel: message.channel, clientSeq: message.clientSeq, retryAfterMs: 600_000 }
          : null,
    },
  ],
  ['refused', 'This change was refused · your text is kept', { answered: refuse }],
  [
    'read-only',
    'This document can be read here, but not changed.',
    { heard: (message) => (message.type === 'Opened' ? { ...message, access: 0 } : message) },
  ],
];

/** What becomes of a connection, and what the page says of it. */
const ends: readonly (readonly [name: string, sentence: string, end: (toPage: WebSocketRoute) => void])[] = [
  ['opening', '', () => {}],
  ['unreachable', 'The server cannot be reached.', (toPage) => toPage.close({ code: CloseCode.GoingAway })],
  ['outdated', 'The server has been updated', (toPage) => toPage.close({ code: CloseCode.VersionUnsupported })],
  [
    'ended',
    'The server has ended the connection',
    (toPage) => toPage.close({ code: CloseCode.BadFrame, reason: 'This is not the protocol.' }),
  ],
];

for (const [size, options] of windows) {
  test(`the list of documents, ${size}`, async ({ server, join, request }) => {
    const { page } = await join('Noor Aziz', options);
    await page.goto(server.url);
    await expect(page.getByRole('heading', { name: 'Your documents will be here' })).toBeVisible();
    await picture(page, `start-empty-${size}`);

    const ann = await join('Ann Ek');
    await ann.open(`${server.url}/d/almanac`);
    await writeAlmanac(ann);
    for (const name of ['minutes/2026-11', 'letters/to the harbour office']) {
      await request.post(`${server.url}/api/v1/documents`, { data: { name } });
    }
    await expect(async () => {
      await page.reload();
      await expect(page.getByText('The keeper’s almanac')).toBeVisible({ timeout: 500 });
    }).toPass();
    await expect(page.getByRole('listitem')).toHaveCount(3);
    await picture(page, `start-${size}`);
    await page.getByRole('searchbox').fill('tide table');
    await expect(page.getByText('No document has “tide table”')).toBeVisible();
    await picture(page, `start-no-match-${size}`);
    await page.route('**/api/v1/documents*', (route) => route.abort());
    await page.reload();
    await expect(page.getByRole('alert')).toBeVisible();
    await picture(page, `start-failed-${size}`);
    await page.goto(`${server.url}/d/`);
    await expect(page.getByRole('heading', { name: 'This address names no document' })).toBeVisible();
    await picture(page, `bad-name-${size}`);
  });

  test(`a document with its people and popovers, ${size}`, async ({ server, join, connect }) => {
    const noor = await join('Noor Aziz', options);
    const { page } = noor;
    await noor.open(`${server.url}/d/almanac`);
    await expect(noor.saveLine).toHaveText('Nothing written yet');
    await expect(noor.saveLine).toHaveAttribute('data-save-state', 'saved');
    await picture(page, `document-new-${size}`);
    const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
    await ann.open(`${server.url}/d/almanac`);
    await writeAlmanac(ann);
    await ben.open(`${server.url}/d/almanac`);
    await ben.text.click();
    await ben.press('Control+Home');
    await ben.press('ArrowDown');
    for (const _ of 'Every keepe') await ben.press('Shift+ArrowRight');
    for (const name of ['Tomás Ruiz', 'Yuki Mori', '李', 'Emeka']) connect('almanac', name);
    await expect(page.getByRole('group', { name: '7 people here' })).toBeVisible();
    // Names show for a few seconds after their people moved.
    await ann.press('ArrowLeft');
    await ben.press('Shift+ArrowRight');
    await expect(noor.text.locator('.weft-selection')).toHaveText('Every keeper');
    await expect.poll(() => noor.textBefore('Ann Ek')).toBe('Between the two, most keepers wrote what they saw');
    await expect(noor.caretOf('Ben Ro')).toBeVisible();
    await picture(page, `document-people-${size}`);

    await page.getByRole('button', { name: /more people here$/ }).click();
    await expect(page.getByRole('dialog', { name: 'Everybody here' })).toBeVisible();
    await picture(page, `popover-everybody-${size}`);
    await noor.press('Escape');
    await page.getByRole('button', { name: /^Noor Aziz \(you\)/ }).click();
    await expect(page.getByRole('dialog', { name: 'You' })).toBeVisible();
    await picture(page, `popover-name-${size}`);
    await noor.press('Escape');
    await noor.text.getByText('Between the two').click();
    await noor.toolbar.getByRole('button', { name: /^Kind of text/ }).click();
    await expect(page.getByRole('menu', { name: 'Kind of text' })).toBeVisible();
    await picture(page, `menu-kind-${size}`);
    await noor.press('Escape');
    await noor.text.getByText('Between the two').dblclick();
    await noor.press('Control+k');
    const link = page.getByRole('dialog', { name: 'Link' });
    await expect(link).toBeVisible();
    await picture(page, `popover-link-${size}`);
    await noor.type('javascript:no');
    await noor.press('Enter');
    await expect(link.getByRole('alert')).toBeVisible();
    await picture(page, `popover-link-refused-${size}`);
  });

  test(`what the save line says, and what stands beside it, ${size}`, async ({ server, wire, join }) => {
    const ann = await join('Ann Ek');
    await ann.open(`${server.url}/d/almanac`);
    await writeAlmanac(ann);
    await expect(ann.saveLine).toHaveText(/^Saved/);

    const noor = await join('Noor Aziz', options);
    const show = async ({ page, saveLine }: Writer, state: string, sentence: string | RegExp) => {
      await expect(saveLine).toHaveText(sentence);
      await expect(saveLine).toHaveAttribute('data-save-state', state);
      await picture(page, `save-${state}-${size}`);
    };
    await noor.open(`${wire.url}/d/almanac`);
    await noor.text.getByText('Between the two').click();
    await noor.type('Yes. ');
    await show(noor, 'saved', /^Saved · \d\d:\d\d$/);
    wire.hold();
    await noor.type('No. ');
    await show(noor, 'saving', 'Saving…');
    await wire.cut();
    await noor.type('Perhaps. ');
    await show(noor, 'offline', /^Offline · \d+ changes kept on this device$/);
    await noor.context.close();

    for (const [state, sentence, tap] of taps) {
      const writer = await join('Noor Aziz', options);
      await tapWire(writer.page, tap);
      await writer.open(`${server.url}/d/almanac`);
      if (state !== 'read-only') {
        await writer.text.getByText('Between the two').click();
        await writer.type('?');
      }
      await show(writer, state, sentence);
      await writer.context.close();
    }
  });

  test(`when there is no text to show, or no more, ${size}`, async ({ server, join }) => {
    for (const [name, sentence, end] of ends) {
      const { page } = await join('Noor Aziz', options);
      await page.routeWebSocket(/\/weft(\?|$)/, (toPage) => end(toPage));
      await page.goto(`${server.url}/d/almanac`);
      await expect(page.getByRole('main')).toContainText(sentence);
      await picture(page, `${name}-${size}`);
      await page.context().close();
    }
  });
}

// Tasks: ticked by a click on their box or by a key, for everybody, and still so later. Who may only read sees them, and ticks none.

import type { Locator } from '@playwright/test';
import { ROLES } from '@weft/protocol';
import { expect, test } from './story.js';
import { tapWire } from './wire-tap.js';
import type { Writer } from './writer.js';

const task = ({ text }: Writer, name: string): Locator => text.locator('li[data-checked]', { hasText: name });
const isTicked = 'data-checked';

/** What is read aloud of boxes. */
async function toldOfBoxes({ page }: Writer): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return nodes
    .filter(({ role, ignored }) => role?.value === 'StaticText' && !ignored)
    .map(({ name }) => String(name?.value))
    .filter((name) => name === 'done' || name === 'to do');
}

/** Its box is drawn beside it, where it begins. */
async function clickBox(writer: Writer, name: string): Promise<void> {
  const { x, y } = (await task(writer, name).boundingBox())!;
  await writer.page.mouse.click(x - 14, y + 14);
}

test('a task is ticked by a click and by a key, others see it, and it is so when one comes back', async ({
  server,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/tasks`);
  await ann.type('[ ] Trim the wick\nClean the glass\nFetch oil', 0);
  await expect(ann.text.locator('li[data-checked=false]')).toHaveCount(3);
  await ben.open(`${server.url}/d/tasks`);
  await expect(task(ben, 'Fetch oil')).toHaveAttribute(isTicked, 'false');

  await clickBox(ann, 'Clean the glass');
  await expect(task(ann, 'Clean the glass')).toHaveAttribute(isTicked, 'true');
  await expect(task(ben, 'Clean the glass')).toHaveAttribute(isTicked, 'true');
  // The caret stayed where it was.
  await ann.type(', two cans', 0);
  await expect(task(ben, 'Fetch oil')).toContainText('Fetch oil, two cans');

  await task(ben, 'Trim').click();
  await ben.press('Control+Enter');
  await expect(task(ann, 'Trim')).toHaveAttribute(isTicked, 'true');
  await ben.press('Control+Enter');
  await expect(task(ann, 'Trim')).toHaveAttribute(isTicked, 'false');
  // Each takes back their own.
  await ann.press('Control+Enter');
  await expect(task(ben, 'Fetch oil')).toHaveAttribute(isTicked, 'true');
  await ann.press('Control+z');
  await expect(task(ben, 'Fetch oil')).toHaveAttribute(isTicked, 'false');
  await expect(task(ann, 'Clean the glass')).toHaveAttribute(isTicked, 'true');

  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  await ann.page.reload();
  await ann.text.waitFor();
  await expect(ann.text.locator('li[data-checked=true]')).toHaveText(['Clean the glass']);
  expect(await toldOfBoxes(ann)).toEqual(['to do', 'done', 'to do']);
});

test('whoever may only read sees what is ticked, and ticks nothing', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/tasks`);
  await ann.type('[ ] Trim the wick\nFetch oil', 0);
  await clickBox(ann, 'Trim');
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  const asReader = { role: ROLES.indexOf('reader') + 1, access: 0 };
  await tapWire(ben.page, { heard: (message) => (message.type === 'Opened' ? { ...message, ...asReader } : message) });
  await ben.open(`${server.url}/d/tasks`);
  await expect(ben.text).toHaveAttribute('contenteditable', 'false');
  await expect(task(ben, 'Trim')).toHaveAttribute(isTicked, 'true');
  await clickBox(ben, 'Fetch oil');
  await task(ben, 'Fetch oil').click();
  await ben.press('Control+Enter');
  // What Ann does now arrives after anything that Ben might have done.
  await clickBox(ann, 'Trim');
  await expect(task(ben, 'Trim')).toHaveAttribute(isTicked, 'false');
  for (const writer of [ann, ben]) await expect(task(writer, 'Fetch oil')).toHaveAttribute(isTicked, 'false');
});

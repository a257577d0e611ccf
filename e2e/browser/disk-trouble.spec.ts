// The server's disk takes no more while two people write. Within two seconds both read that nothing is saved, and why; what
// is written stays on the page, and carets go on moving. When there is room again everything is saved by itself (I8, L2).

import { mkdirSync } from 'node:fs';
import { canLimitDisk } from '../disk-limit.js';
import { expect, test } from './story.js';

const folder = 'test-results/pictures';
mkdirSync(folder, { recursive: true });

test('the disk is full: it is said at once, nothing is lost, and all is saved when there is room again', async ({
  server,
  join,
  browser,
}) => {
  // biome-ignore lint/suspicious/noSkippedTests: only where it cannot be run, and it says why
  test.skip(!canLimitDisk, 'there is no prlimit on this machine');
  server.expected.push(/^weft: A write failed: /, /^weft: The store is written again /);
  const address = '/d/full';
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(server.url + address);
  await ann.type('First line\nSecond line');
  await ben.open(server.url + address);
  await expect.poll(() => ben.blocks()).toEqual(['First line', 'Second line']);
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');

  await server.fillDisk();
  await ann.type(', and more');
  const kept = 'kept on this device.';
  await expect(ann.saveLine).toHaveText(`Not saved yet · the server’s disk is full. Your changes are ${kept}`, {
    timeout: 2000,
  });
  await expect(ben.saveLine).toHaveText(
    `Nothing can be saved now · the server’s disk is full. What you write is ${kept}`,
    {
      timeout: 2000,
    },
  );
  expect(await ben.blocks()).toEqual(['First line', 'Second line']);
  await ben.goToEndOf(0);
  await expect.poll(() => ann.textBefore('Ben Ro')).toBe('First line');
  await ben.press('Home');
  await expect.poll(() => ann.textBefore('Ben Ro')).toBe('');
  await ben.press('End');
  await ben.type('!');
  await expect(ben.saveLine).toHaveText(/^Not saved yet · /);

  for (const [size, viewport] of [
    ['wide', { width: 1360, height: 860 }],
    ['phone', { width: 390, height: 780 }],
  ] as const) {
    await ann.page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await ann.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await ann.page.screenshot({ path: `${folder}/disk-full-${size}-${colorScheme}.png` });
    }
  }

  await server.freeDisk();
  for (const writer of [ann, ben]) {
    await expect(writer.saveLine).toHaveText(/^Saved · /, { timeout: 10_000 });
    await expect.poll(() => writer.blocks()).toEqual(['First line!', 'Second line, and more']);
  }
  await server.kill();
  await server.restart();
  const page = await browser.newPage();
  await page.goto(server.url + address);
  await expect(page.getByRole('textbox', { name: 'Document' })).toContainText('Second line, and more');
  await page.context().close();
});

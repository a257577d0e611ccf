// The server dies in the middle of two people's typing. What "Saved" means is seen here from the outside: whatever a page
// showed as saved is on the disk of the dead server, and nobody ever saw text of others that is not (I1, I2).

import type { Page } from '@playwright/test';
import { type Shown, watch } from './shown.js';
import { expect, test } from './story.js';
import type { Writer } from './writer.js';

/** Types numbered words without a pause until it is told to stop. */
function keepTyping(writer: Writer, mark: string): { readonly typed: () => string; stop(): Promise<string> } {
  let typed = '';
  let isOver = false;
  const done = (async () => {
    for (let n = 1; !isOver; n++) {
      const word = `${mark}${String(n).padStart(3, '0')} `;
      await writer.type(word, 15);
      typed += word;
    }
  })();
  return {
    typed: () => typed,
    stop: async () => {
      isOver = true;
      await done;
      return typed;
    },
  };
}

test('the server is killed while two people type: nothing that was shown as saved is lost', async ({
  server,
  join,
  browser,
}) => {
  const address = '/d/storm';
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  const writers = [ann, ben];
  await ann.open(server.url + address);
  await ann.type('A \nB ');
  await ben.open(server.url + address);
  await expect.poll(() => ben.blocks()).toEqual(['A ', 'B ']);
  await ann.goToEndOf(0);
  await ben.goToEndOf(1);

  const shown = [await watch(ann), await watch(ben)];
  const typing = [keepTyping(ann, 'a'), keepTyping(ben, 'b')];
  for (const { typed } of typing) await expect.poll(() => typed().length).toBeGreaterThan(60);
  const killedAtMs = Date.now();
  await server.kill();
  for (const { saveLine } of writers) {
    await expect(saveLine).toHaveAttribute('data-save-state', 'offline');
    await expect(saveLine).toHaveText(/^Offline · \d+ changes? kept on this device$/);
  }

  // What is on the disk, before anybody can send anything again.
  await server.restart('elsewhere');
  const onDisk = await read(await browser.newPage(), server.url + address);
  await server.stop();
  await Promise.all(shown.map(async (all, index) => checkAgainstDisk(await all(), onDisk, index, killedAtMs)));

  await server.restart();
  const texts = [`A ${await typing[0]!.stop()}`, `B ${await typing[1]!.stop()}`];
  // Each tries again in its own time: what one of them reads is whole when the other is back, too.
  for (const writer of writers) await expect.poll(() => writer.saveState(), { timeout: 20_000 }).toBe('saved');
  for (const writer of writers) await expect.poll(() => writer.blocks()).toEqual(texts);
  expect(await read(await browser.newPage(), server.url + address)).toEqual(texts);
  for (const all of shown) {
    for (const { state, blocks } of await all()) {
      if (state === 'saved') expect(texts.map((text, index) => text.startsWith(blocks[index]!))).toEqual([true, true]);
    }
  }
});

/** @param own  which block this page's person wrote */
function checkAgainstDisk(all: readonly Shown[], onDisk: readonly string[], own: number, killedAtMs: number): void {
  const isOnDisk = (blocks: readonly string[], index: number): boolean => onDisk[index]!.startsWith(blocks[index]!);
  const untrue = all.filter(({ state, blocks }) => state === 'saved' && !isOnDisk(blocks, own));
  expect(untrue, 'shown as saved, and not on disk').toEqual([]);
  expect(
    all.filter(({ blocks }) => !isOnDisk(blocks, 1 - own)),
    'text of the other, and not on disk',
  ).toEqual([]);
  // Else nothing was tried.
  expect(all.some(({ state, atMs }) => state === 'saved' && atMs < killedAtMs)).toBe(true);
  expect(all.at(-1)).toMatchObject({ state: 'offline', sentence: expect.stringMatching(/^Offline · \d+ change/) });
  expect(isOnDisk(all.at(-1)!.blocks, own), 'the newest words of this page were on disk').toBe(false);
}

/** What somebody reads who comes by for the first time. */
async function read(page: Page, url: string): Promise<string[]> {
  await page.goto(url);
  const text = page.getByRole('textbox', { name: 'Document' });
  await text.waitFor();
  await expect(page.locator('[data-save-state]')).toHaveAttribute('data-save-state', 'saved');
  const blocks = await text.evaluate((editable) =>
    [...editable.children].map((block) => {
      for (const caret of block.querySelectorAll('.weft-caret')) caret.remove();
      return block.textContent ?? '';
    }),
  );
  await page.context().close();
  return blocks;
}

// The past of a document: what was different when, and bringing it back while people write.

import type { Page } from '@playwright/test';
import { picture, windows } from './picture.js';
import { expect, test } from './story.js';
import type { Writer } from './writer.js';

const versions = (page: Page) => page.getByRole('complementary', { name: 'Versions' });
const text = (page: Page) => page.getByRole('document', { name: 'The text at this moment' });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const dialog = (page: Page) => page.getByRole('dialog');

async function openHistory({ page }: Writer): Promise<void> {
  await button(page, 'More').click();
  await page.getByRole('menuitem', { name: 'History' }).click();
  await text(page).waitFor();
}

async function nameThis({ page }: Writer, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Name this moment…' }).click();
  await dialog(page).getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog(page).getByRole('button', { name: 'Name it' }).click();
  await expect(versions(page).getByRole('button', { name })).toHaveAttribute('aria-current', 'true');
}

test('a moment is named, and brought back while two people write; that is undone', async ({ server, join }) => {
  const [ann, ben, cleo] = [await join('Ann Ek'), await join('Ben Ro'), await join('Cleo Ivy')];
  const url = `${server.url}/d/almanac`;
  const connections = [ann, ben].map(({ page }) => {
    const made: string[] = [];
    page.on('websocket', (socket) => made.push(socket.url()));
    return made;
  });
  await ann.open(url);
  await ann.type('The long watch');
  await ann.press('Enter');
  await ann.type('Every keeper writes the almanac twice.');
  await expect.poll(() => ann.saveState()).toBe('saved');
  await cleo.open(url);
  await openHistory(cleo);
  await expect(text(cleo.page)).toContainText('Every keeper writes the almanac twice.');
  await nameThis(cleo, 'Sent to the printer');

  await ben.open(url);
  await ben.goToEndOf(1);
  for (let i = 0; i < 6; i++) await ben.press('Backspace');
  await ben.type('once.');
  await expect.poll(() => ann.blocks()).toEqual(['The long watch', 'Every keeper writes the almanac once.']);
  await ann.goToEndOf(0);

  await cleo.page.reload();
  await text(cleo.page).waitFor();
  await cleo.page.getByRole('combobox', { name: 'Compared with' }).selectOption('what is there now');
  await expect(text(cleo.page).locator('del')).toHaveText('twice.');
  await expect(text(cleo.page).locator('ins')).toHaveText('once.');
  await button(cleo.page, 'Bring it back').click();
  await expect(dialog(cleo.page)).toContainText('You can undo this');
  await dialog(cleo.page).getByRole('textbox').fill('cleared by mistake');
  await dialog(cleo.page).getByRole('button', { name: 'Bring it back' }).click();
  await expect(cleo.page.getByText(/^Brought back:/)).toBeVisible();

  await expect.poll(() => ben.blocks()).toEqual(['The long watch', 'Every keeper writes the almanac twice.']);
  // Both are where they were, on the connections they had, which name the document to a balancer, and write on.
  await ann.type(' ends');
  await ben.type(' Or thrice.');
  const written = ['The long watch ends', 'Every keeper writes the almanac twice. Or thrice.'];
  await expect.poll(() => ben.blocks()).toEqual(written);
  await expect.poll(() => ann.blocks()).toEqual(written);
  expect(connections.flat().map((url) => new URL(url).search)).toEqual(['?document=almanac', '?document=almanac']);
  expect(await ann.saveState()).toMatch(/saved|saving/);
  await expect(versions(cleo.page)).toContainText('Before something was brought back');

  // Whose text it is stays known (T2).
  await versions(cleo.page).getByRole('button', { name: /^Now/ }).click();
  await expect(text(cleo.page).locator('ins.past-restored')).toHaveAttribute(
    'title',
    /^Brought back by Cleo Ivy, written by Ann Ek, /,
  );
  await button(cleo.page, 'Undo').click();
  await expect(cleo.page.getByText('What was written since then stays.')).toBeVisible();
  const stays = ['The long watch ends', 'Every keeper writes the almanac once. Or thrice.'];
  await expect.poll(() => ann.blocks()).toEqual(stays);
  await expect.poll(() => ben.blocks()).toEqual(stays);
  expect(connections.map(({ length }) => length)).toEqual([1, 1]);
});

test('changes are gone through one by one, and a moment is shown without them', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  const url = `${server.url}/d/steps`;
  await ann.open(url);
  await ann.type('One');
  await ann.press('Enter');
  await ann.type('Two');
  await expect.poll(() => ann.saveState()).toBe('saved');
  await ben.open(url);
  await openHistory(ben);
  await nameThis(ben, 'First');
  await ann.type(' and three');
  await ann.goToEndOf(0);
  await ann.press('Control+a');
  await ann.press('Control+b');
  await expect.poll(() => ann.saveState()).toBe('saved');
  await versions(ben.page).getByRole('button', { name: /^Now/ }).click();
  await expect(text(ben.page).locator('ins')).toHaveText(' and three');
  await button(ben.page, 'Next change').click();
  await expect(ben.page.getByText(/^1 of \d changes$/)).toBeVisible();
  await expect(text(ben.page).locator('.is-here').first()).toBeVisible();
  await button(ben.page, 'Previous change').click();
  await expect(ben.page.getByText(/^(\d) of \1 changes$/)).toBeVisible();

  await ben.page.getByRole('checkbox', { name: 'Show changes' }).uncheck();
  await expect(text(ben.page).locator('ins')).toHaveCount(0);
  await expect(text(ben.page)).toHaveText('OneTwo and three');
  await ben.page.getByRole('combobox', { name: 'Compared with' }).selectOption('the beginning');
  await expect(text(ben.page)).toHaveText('OneTwo and three');
  // What the address says is shown again.
  await ben.page.goBack();
  await expect(ben.page.getByRole('combobox', { name: 'Compared with' })).toHaveValue('before');

  await button(ben.page, 'Make a copy').click();
  await ben.text.waitFor();
  await expect.poll(() => ben.blocks()).toEqual(['One', 'Two and three']);
  expect(ben.page.url()).not.toContain('/d/steps');
});

test('a server that is away is told of, and what is done is done once', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/away`);
  await ann.type('Here');
  await expect.poll(() => ann.saveState()).toBe('saved');
  await openHistory(ann);
  await nameThis(ann, 'Kept');
  await ann.page.route('**/api/v1/comparisons/**', (route) => route.abort());
  // A page that has just done something knows of the route; a request right after it may not.
  await ann.page.evaluate(() => undefined);
  await versions(ann.page).getByRole('button', { name: /^Now/ }).click();
  await expect(ann.page.getByRole('alert')).toContainText('The server cannot be reached. Your text is not affected.');
  await ann.page.unroute('**/api/v1/comparisons/**');
  await button(ann.page, 'Try again').click();
  await expect(ann.page.getByText('Nothing differs between these two moments.')).toBeVisible();

  // The answer is lost on its way: sent again, it is the same wish.
  await versions(ann.page).getByRole('button', { name: 'Kept' }).click();
  await expect(button(ann.page, 'Bring it back')).toBeEnabled();
  const requests: string[] = [];
  await ann.page.route('**/api/v1/restores/**', async (route) => {
    requests.push(route.request().postDataJSON().request);
    if (requests.length > 1) return route.continue();
    await route.fetch();
    await route.abort();
  });
  await ann.page.evaluate(() => undefined);
  await button(ann.page, 'Bring it back').click();
  await dialog(ann.page).getByRole('button', { name: 'Bring it back' }).click();
  await expect(ann.page.getByRole('alert')).toContainText('It is not known whether this was done.');
  await button(ann.page, 'Try again').click();
  await expect(ann.page.getByText('Nothing differs: the document is what it was then.')).toBeVisible();
  expect(new Set(requests).size).toBe(1);
});

for (const [size, options] of windows) {
  test(`the past of a document, ${size}`, async ({ server, join }) => {
    const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro', options)];
    const url = `${server.url}/d/look`;
    await ann.open(url);
    await ann.title.fill('The lighthouse keeper’s almanac');
    await ann.text.click();
    for (const line of [
      '# The long watch',
      'Every keeper writes the almanac twice: once for the office, in good time, and once for whoever comes next.',
      'The lamp wants trimming at half past three. Fog arrives from the north-west in autumn.',
      'The office should be told of this, and was, in three letters.',
    ]) {
      await ann.type(line, 0);
      await ann.press('Enter');
    }
    await ann.type('- oil', 0);
    await ann.press('Enter');
    await ann.type('wicks', 0);
    await expect.poll(() => ann.saveState()).toBe('saved');
    await ben.open(url);
    await ben.page.goto(`${server.url}/history/look`);
    await nameThis(ben, 'Sent to the printer');
    const cleo = await join('Cleo Ivy');
    await cleo.open(url);
    await cleo.text.locator('li').last().click();
    await cleo.press('End');
    await cleo.type(' of cotton', 0);
    await expect(ann.text).toContainText('wicks of cotton');
    await ann.goToEndOf(3);
    await ann.press('Shift+Home');
    await ann.press('Shift+ArrowUp');
    await ann.press('Backspace');
    await ann.goToEndOf(1);
    await ann.type(' The second book is the one that matters.', 0);
    await ann.goToEndOf(0);
    await ann.press('Control+Alt+2');
    await expect.poll(() => ann.saveState()).toBe('saved');
    await versions(ben.page).getByRole('button', { name: /^Now/ }).click();
    await expect(text(ben.page).locator('ins').first()).toBeVisible();
    await button(ben.page, 'Next change').click();
    await picture(ben.page, `history-${size}`);
    await versions(ben.page).getByRole('button', { name: 'Sent to the printer' }).click();
    await button(ben.page, 'Bring it back').click();
    await expect(dialog(ben.page)).toBeVisible();
    await picture(ben.page, `history-question-${size}`);
    await dialog(ben.page).getByRole('button', { name: 'Bring it back' }).click();
    await ben.page.getByText(/^Brought back:/).waitFor();
    await picture(ben.page, `history-brought-back-${size}`);
  });
}

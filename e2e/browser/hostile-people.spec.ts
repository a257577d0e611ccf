// What people who mean harm call themselves, and the colours they take: told by a client of their own, or by a server that lets it
// pass. It is a short line of text and one of our colours wherever somebody is shown, and breaks no page.

import type { Locator, Page } from '@playwright/test';
import { createDecoder, readVarString, readVarUint } from 'lib0/decoding';
import { createEncoder, toUint8Array, writeVarString, writeVarUint } from 'lib0/encoding';
import { Canary } from './canary.js';
import { users } from './hostile-content.js';
import { test as embeddingTest, textOf } from './site.js';
import { expect, test } from './story.js';
import { type Tap, tapWire } from './wire-tap.js';

const lines = Array.from({ length: 40 }, (_, n) => `Line ${n + 1} of the log.`);

/** As soon as the server tells where somebody's caret is, it tells of many more who are there. */
function lyingServer(): Tap {
  let hasLied = false;
  return {
    heard: (message) => {
      if (message.type !== 'Presence' || hasLied) return message;
      const entries = withMorePeople(message.entries);
      hasLied = entries !== null;
      return entries ? { ...message, entries } : message;
    },
  };
}

/** Null while nobody has a caret. */
function withMorePeople(entries: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const from = createDecoder(entries);
  const told: [client: number, clock: number, state: string][] = [];
  for (let left = readVarUint(from); left > 0; left--)
    told.push([readVarUint(from), readVarUint(from), readVarString(from)]);
  const cursor = told.map(([, , state]) => JSON.parse(state)?.cursor).find(Boolean);
  if (!cursor) return null;
  for (const [index, user] of users.entries()) told.push([1_000 + index, 1, JSON.stringify({ user, cursor })]);
  const to = createEncoder();
  writeVarUint(to, told.length);
  for (const [client, clock, state] of told) {
    writeVarUint(to, client);
    writeVarUint(to, clock);
    writeVarString(to, state);
  }
  return toUint8Array(to);
}

/** Whatever was said, each is shown as somebody with a name on one line and a colour of ours, and nothing is pushed out of place. */
async function expectShownWell(page: Page, root: Locator): Promise<void> {
  const found = await root.evaluate((element) => {
    const tree = element.shadowRoot ?? element.ownerDocument;
    const wrong: string[] = [];
    const properties = ['--person', '--c', 'direction', 'user-select', '-webkit-user-select'];
    for (const person of tree.querySelectorAll<HTMLElement>('.weft-caret, .weft-selection, .avatar, .following')) {
      const { style } = person;
      const color = (style.getPropertyValue('--person') || style.getPropertyValue('--c')).trim();
      const isOurs = /^#[0-9a-f]{6}$/.test(color) || person.matches('.rest, .own, .following .avatar');
      const isMore = [...style].some((name) => !properties.includes(name));
      if (!isOurs || isMore) wrong.push(`${person.className} style: ${style.cssText.slice(0, 100)}`);
    }
    for (const name of tree.querySelectorAll<HTMLElement>('.weft-caret-name, .everybody .ellipsis, .following b')) {
      const text = name.textContent ?? '';
      if (text.trim() === '' || [...text].length > 64) wrong.push(`name: ${text.slice(0, 80)}`);
      if (/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(text)) wrong.push(`not to be shown: ${text}`);
    }
    for (const label of tree.querySelectorAll<HTMLElement>('.weft-caret-name')) {
      const { width, height } = label.getBoundingClientRect();
      if (height > 40 || width > 330) wrong.push(`flag of ${width} × ${height}: ${label.textContent?.slice(0, 40)}`);
    }
    for (const avatar of tree.querySelectorAll<HTMLElement>('.avatar:not(.rest)')) {
      if (avatar.offsetWidth > 48 || avatar.offsetHeight > 48) wrong.push(`picture of ${avatar.offsetWidth} px`);
    }
    return wrong;
  });
  expect(found).toEqual([]);
  const isWider = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  expect(isWider, 'the page scrolls sideways').toBe(false);
}

test('whatever a client, or a server, says of people, they have a short name and a colour, and harm nobody', async ({
  server,
  join,
  connect,
}) => {
  const ann = await join('Ann Ek', { viewport: { width: 1000, height: 500 }, reducedMotion: 'reduce' });
  const { page } = ann;
  const canary = await Canary.watch(ann.context, server.url);
  await tapWire(page, lyingServer());
  await ann.open(`${server.url}/d/people`);
  await ann.paste(lines.join('\n'));
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
  // What each says of themselves the server looks at, too.
  const tellers = users.map((user, index) => {
    const stock = connect('people', `Teller ${index}`);
    stock.say('user', user);
    return stock;
  });
  for (const stock of tellers) await expect.poll(() => stock.markup).toContain('Line 40');
  for (const [index, stock] of tellers.entries()) stock.putCaret(39 - index, 1, index % 3 === 0 ? 4 : 1);
  // The server shows nobody who says more than fits.
  const here = 2 * users.length - 1;
  await expect(ann.text.locator('.weft-caret')).toHaveCount(here, { timeout: 20_000 });
  const rest = page.getByRole('button', { name: /more people here/ });
  const list = page.getByRole('dialog', { name: 'Everybody here' });
  await expect(rest).toHaveText(`+${here - 4}`);
  await rest.click();
  await expect(list.getByRole('listitem')).toHaveCount(here);
  await expectShownWell(page, page.locator('weft-editor'));
  await ann.press('Escape');

  for (const n of [0, 7, 8, 9, 11, 17]) {
    await rest.click();
    await list.getByRole('listitem').nth(n).getByRole('button').click();
    await expect(page.locator('.following:not(.changes)')).toBeVisible();
    await expectShownWell(page, page.locator('weft-editor'));
    await ann.press('Escape');
    await expect(page.locator('.following:not(.changes)')).toHaveCount(0);
  }
  await ann.goToEndOf(0);
  for (const [index, stock] of tellers.entries()) stock.text(39 - index).insert(0, 'x');
  await expect(ann.text.locator('p').nth(40 - tellers.length)).toHaveText(/^x/);
  await ann.text.locator('p').nth(39).scrollIntoViewIfNeeded();
  await expect(page.locator('.change-mark').first()).toBeAttached();
  await expectShownWell(page, page.locator('weft-editor'));
  // It is still a page that one can write in.
  await ann.goToEndOf(39);
  await ann.type('!', 0);
  await expect.poll(() => tellers[0]!.markup).toContain('Line 40 of the log.!');
  expect(canary.reports).toEqual([]);
});

embeddingTest('nor do they in a page of another origin', async ({ site, server, join }) => {
  const hanna = await join('Hanna', { reducedMotion: 'reduce' });
  const { page } = hanna;
  const canary = await Canary.watch(hanna.context, server.url, site);
  await tapWire(page, lyingServer());
  await page.goto(site);
  const plan = page.locator('#plan');
  await textOf(plan).click();
  await hanna.type('From elsewhere.');
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/team/plan`);
  await ann.text.click();
  await expect(plan.locator('.weft-caret')).toHaveCount(users.length + 1, { timeout: 20_000 });
  const rest = plan.getByRole('button', { name: /more people here/ });
  await rest.click();
  await expect(plan.getByRole('listitem')).toHaveCount(users.length + 1);
  await expectShownWell(page, plan);
  await plan.getByRole('listitem').nth(9).getByRole('button').click();
  await expectShownWell(page, plan);
  await hanna.press('Escape');
  await textOf(plan).click();
  await hanna.type('!');
  await expect(ann.text).toContainText('!');
  // The scripts of the page itself, which says nothing of what may run.
  const own = /^element: <script type="module" src="(page\.js|http:\/\/127[^"]+\/weft-editor\.js)"><\/script>$/;
  expect(canary.reports.filter((report) => !own.test(report))).toEqual([]);
});

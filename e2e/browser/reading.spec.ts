// What stands beside a text and tells of it: its outline, which leads to each heading and says where one is, and how many words it has.
// And what the browser is told of it: which language it is in, and what is to be checked for its spelling.

import { expect, test } from './story.js';
import { agreed, type Writer } from './writer.js';

const wide = { viewport: { width: 1360, height: 700 } };
const outline = ({ page }: Writer) => page.getByRole('navigation', { name: 'Outline' });
const here = (writer: Writer) => outline(writer).locator('[aria-current]');
const count = ({ page }: Writer) => page.getByRole('contentinfo');
const paragraphs = 'Every keeper writes the almanac twice.\n\n'.repeat(12);

test('the outline lists the headings, leads to each, marks where one is, and follows what others write', async ({
  server,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek', wide), await join('Ben Ro', wide)];
  await ann.open(`${server.url}/d/almanac`);
  await ann.type('# The long watch', 0);
  // One heading is no outline.
  await expect(ann.text.locator('h1')).toHaveText('The long watch');
  await ann.press('Enter');
  await ann.paste(paragraphs);
  await expect(outline(ann)).toHaveCount(0);
  for (const heading of ['## Oil', '## Wicks', '## Glass']) {
    await ann.type(`${heading}\n`, 0);
    await ann.paste(paragraphs);
  }
  await expect(outline(ann).getByRole('button')).toHaveText(['The long watch', 'Oil', 'Wicks', 'Glass']);
  await expect(here(ann)).toHaveText('Glass');

  await ben.open(`${server.url}/d/almanac`);
  await expect(outline(ben).getByRole('button')).toHaveText(['The long watch', 'Oil', 'Wicks', 'Glass']);
  await expect(here(ben)).toHaveText('The long watch');
  await outline(ben).getByRole('button', { name: 'Wicks' }).click();
  await expect(ben.text.getByRole('heading', { name: 'Wicks' })).toBeInViewport();
  await expect(ben.text).toBeFocused();
  await expect(here(ben)).toHaveText('Wicks');
  // One writes where one went.
  await ben.press('End');
  await ben.type(' and how to trim them', 0);
  await expect(outline(ann).getByRole('button').nth(2)).toHaveText('Wicks and how to trim them');

  // By the wheel, away from the caret: what one sees now.
  await ben.text.hover();
  await ben.page.mouse.wheel(0, -20_000);
  await expect(here(ben)).toHaveText('The long watch');

  // Somebody else's heading has its place, and the mark stays with its own.
  await ann.text.getByRole('heading', { name: 'Oil' }).click();
  await expect(here(ann)).toHaveText('Oil');
  await ben.text.getByRole('heading', { name: 'The long watch' }).click();
  await ben.press('Home');
  await ben.type('\n', 0);
  await ben.press('ArrowUp');
  await ben.type('# Before the watch', 0);
  await expect(outline(ann).getByRole('button').first()).toHaveText('Before the watch');
  await expect(here(ann)).toHaveText('Oil');
  await agreed(ann, ben);
  // By keys alone.
  await outline(ann).getByRole('button', { name: 'Glass' }).focus();
  await ann.press('Enter');
  await expect(here(ann)).toHaveText('Glass');
  await expect(ann.text.getByRole('heading', { name: 'Glass' })).toBeInViewport();
});

test('words are counted: of all, of what is selected, and with what others write', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/words`);
  await expect(count(ann)).toHaveText('0 words');
  await ann.type('Night', 0);
  await expect(count(ann)).toHaveText('1 word');
  await ann.type(' falls early.\nThe lamp is lit.', 0);
  await expect(count(ann)).toHaveText('7 words');
  await ben.open(`${server.url}/d/words`);
  await expect(count(ben)).toHaveText('7 words');

  await ann.press('Shift+Home');
  await expect(count(ann)).toHaveText('4 of 7 words');
  await ben.goToEndOf(0);
  await ben.type(' Somebody wakes.', 0);
  await expect(count(ben)).toHaveText('9 words');
  await expect(count(ann)).toHaveText('4 of 9 words');
  await ann.press('Control+a');
  await expect(count(ann)).toHaveText('9 of 9 words');
  // What one does elsewhere is not about it.
  await ann.title.click();
  await expect(count(ann)).toHaveText('9 words');
  await ann.text.click();
  await ann.press('Control+a');
  await ann.press('Delete');
  await expect(count(ann)).toHaveText('0 words');
  await expect(count(ben)).toHaveText('0 words');
});

test('the browser checks the spelling of what is written, but not of code, in whichever language that is', async ({
  server,
  join,
}) => {
  const ann = await join('Ann Ek', { locale: 'en-GB' });
  await ann.open(`${server.url}/d/spelling`);
  await ann.type('Night `lamp` falls\n', 0);
  await ann.type('```lamp', 0);
  await expect(ann.text.locator('pre')).toHaveText('lamp');
  const isChecked = (selector: string) =>
    ann.text.locator(selector).evaluate((element) => (element as HTMLElement).spellcheck);
  expect(await isChecked('p')).toBe(true);
  expect(await isChecked('p code')).toBe(false);
  expect(await isChecked('pre')).toBe(false);
  await expect(ann.title).toHaveJSProperty('spellcheck', true);
  await expect(ann.page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(ann.text).toHaveAttribute('lang', '');
  // Nothing that translates pages writes into the text.
  await expect(ann.text).toHaveJSProperty('translate', false);
});

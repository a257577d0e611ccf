// Code that says its language has colours: chosen at the block, the same for all who look, following what is written, and no part
// of the text.

import { picture, windows } from './picture.js';
import { expect, test } from './story.js';
import { agreed, type Writer } from './writer.js';

/** What is painted in which colour, in order: `keyword let`. */
const painted = ({ page }: Writer): Promise<string[]> =>
  page.evaluate(() =>
    [...CSS.highlights]
      .filter(([name]) => name.startsWith('code-'))
      .flatMap(([name, highlight]) =>
        [...highlight].map((part) => {
          const range = document.createRange();
          range.setStart(part.startContainer, part.startOffset);
          range.setEnd(part.endContainer, part.endOffset);
          return `${name.slice('code-'.length)} ${range.toString()}`;
        }),
      )
      .sort(),
  );

const languageButton = ({ page }: Writer) => page.locator('.code-language');
const languages = ({ page }: Writer) => page.getByRole('menu', { name: 'Language' });

/** Begins code, once the menus for writing are there. */
async function beginCode(writer: Writer, url: string, code: string): Promise<void> {
  await writer.open(url);
  await writer.page.locator('weft-block-handle').waitFor({ state: 'attached' });
  await writer.text.click();
  await writer.type('```', 0);
  await expect(writer.text.locator('pre')).toHaveCount(1);
  await writer.type(code, 0);
}

test('code has the colours of its language, which is chosen at the block, for all who look', async ({
  server,
  join,
}) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await beginCode(ann, `${server.url}/d/code`, 'let oil = 12');
  await expect(languageButton(ann)).toHaveText('Language');
  expect(await painted(ann)).toEqual([]);
  await languageButton(ann).click();
  await languages(ann).getByRole('menuitemradio', { name: 'JavaScript' }).click();
  await expect(languageButton(ann)).toHaveAccessibleName('Language: JavaScript');
  await expect.poll(() => painted(ann)).toEqual(['keyword let', 'number 12']);
  expect(await ann.markup()).toBe('<pre><code>let oil = 12</code></pre>');

  await ben.open(`${server.url}/d/code`);
  await expect.poll(() => painted(ben)).toEqual(['keyword let', 'number 12']);
  await ben.text.locator('pre').click();
  await ben.press('End');
  await ben.type('5 // wicks');
  await agreed(ann, ben);
  // The caret of another stands in it, and their name is no code.
  await expect(ann.caretOf('Ben Ro')).toHaveCount(1);
  const all = ['comment // wicks', 'keyword let', 'number 125'];
  await expect.poll(() => painted(ann)).toEqual(all);
  await expect(ben.caretOf('Ann Ek')).toHaveCount(1);
  await expect.poll(() => painted(ben)).toEqual(['comment // wicks', 'keyword let', 'number 12', 'number 5']);

  // By keys alone, to another language and to none.
  await ann.press('Alt+Enter');
  await ann.press('End');
  await ann.page.getByRole('menuitem', { name: 'Language' }).focus();
  await ann.press('Enter');
  await expect(languages(ann).getByRole('menuitemradio', { name: 'JavaScript' })).toBeFocused();
  await ann.press('Home');
  await ann.press('Enter');
  await expect.poll(() => painted(ann)).toEqual([]);
  await expect.poll(() => painted(ben)).toEqual([]);
  await ann.press('Control+z');
  await expect.poll(() => painted(ann)).toEqual(all);
  await expect.poll(async () => (await painted(ben)).at(0)).toBe('comment // wicks');
  await ann.page.getByRole('link', { name: 'All documents' }).click();
  await expect(ann.page.getByRole('heading', { name: 'Documents' })).toBeVisible();
  await expect.poll(() => painted(ann)).toEqual([]);
});

test('code that is long keeps its colours while it is written in, and words elsewhere cost it nothing', async ({
  server,
  join,
}) => {
  const ann = await join('Ann Ek');
  await beginCode(ann, `${server.url}/d/long`, 'let a = 1');
  await languageButton(ann).click();
  await languages(ann).getByRole('menuitemradio', { name: 'JavaScript' }).click();
  await expect.poll(() => painted(ann)).toHaveLength(2);
  await ann.press('End');
  await ann.paste('\nlet b = 2'.repeat(1_000));
  await expect.poll(async () => (await painted(ann)).length).toBe(2_002);
  await ann.type('5');
  await expect.poll(async () => (await painted(ann)).filter((part) => part === 'number 25')).toHaveLength(1);
  await ann.press('Control+Enter');
  const marked = await ann.page.evaluateHandle(() => [...CSS.highlights.get('code-keyword')!]);
  await ann.type('Words.');
  await expect(ann.text.locator('> p')).toHaveText('Words.');
  expect(await marked.evaluate((before) => before.every((part) => CSS.highlights.get('code-keyword')!.has(part)))).toBe(
    true,
  );
});

for (const [size, options] of windows) {
  test(`looks: code in colours, ${size}`, async ({ server, join }) => {
    const ann = await join('Ann Ek', options);
    await beginCode(ann, `${server.url}/d/look`, '');
    await ann.paste(
      '// How long the oil lasts\nexport function nights({ litres, use = 0.4 }) {\n  if (!litres) return "none";\n' +
        '  return "about " + Math.floor(litres / use) + " nights".replace(/s$/, "s");\n}',
    );
    await ann.text.locator('pre').click();
    await languageButton(ann).click();
    await languages(ann).getByRole('menuitemradio', { name: 'TypeScript' }).click();
    await expect.poll(async () => (await painted(ann)).length).toBeGreaterThan(8);
    // What is painted is no element: for the judgement of contrast there is one of each colour, on the same ground.
    await ann.text.evaluate((text) => {
      const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
      const colors = rules.filter((rule) => rule.cssText.startsWith('::highlight(code-')) as CSSStyleRule[];
      const sample = document.createElement('pre');
      sample.append(
        ...colors.map(({ style }) =>
          Object.assign(document.createElement('b'), { textContent: style.color, style: `color: ${style.color}` }),
        ),
      );
      const holder = Object.assign(document.createElement('div'), { className: 'ProseMirror' });
      holder.append(sample);
      text.closest('.sheet')!.append(holder);
    });
    await picture(ann.page, `code-${size}`);
  });
}

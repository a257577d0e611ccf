// A document on paper: its text alone, by daylight, with where links lead.

import { windows } from './picture.js';
import { expect, test } from './story.js';

const address = 'https://example.org/lamps';
const rows = Array.from({ length: 60 }, (_, index) => `<tr><td>Night ${index + 1}</td><td>${index % 3} l</td></tr>`);
const written =
  '<h1>The long watch</h1><p>Oil is kept in the <a href="https://example.org/lamps">lamp room</a>.</p>' +
  '<pre><code class="language-javascript">let oil = 12; // litres</code></pre>' +
  `<table><tbody><tr><th>When</th><th>How much</th></tr>${rows.join('')}</tbody></table><h2>Wicks</h2>` +
  '<p>They are trimmed each evening.</p>'.repeat(40);

for (const [size, options] of windows) {
  test(`looks: a document on paper, ${size}`, async ({ server, join }) => {
    const [ann, ben] = [await join('Ann Ek', { ...options, colorScheme: 'dark' }), await join('Ben Ro')];
    await ann.open(`${server.url}/d/paper`);
    await ann.text.click();
    await ann.text.evaluate((editable, html) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/html', html);
      editable.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, written);
    await ben.open(`${server.url}/d/paper`);
    await ben.text.locator('h1').click();
    await expect(ann.caretOf('Ben Ro')).toBeVisible();

    await ann.page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await expect(ann.text.locator('h1')).toBeVisible();
    for (const around of ['.head', '.foot', 'weft-block-handle', '.weft-caret']) {
      await expect(ann.page.locator(around).filter({ visible: true })).toHaveCount(0);
    }
    const look = await ann.text.evaluate((text) => ({
      ink: getComputedStyle(text).color,
      ground: getComputedStyle(document.body).backgroundColor,
      link: getComputedStyle(text.querySelector('a')!, '::after').content,
      row: getComputedStyle(text.querySelector('tr')!).breakInside,
    }));
    expect(look).toEqual({
      ink: 'rgb(29, 27, 23)',
      ground: 'rgb(255, 255, 255)',
      link: expect.stringContaining(address),
      row: 'avoid',
    });
    await ann.page.evaluate(() => scrollTo(0, 0));
    await ann.page.screenshot({ path: `test-results/pictures/print-${size}.png` });
    const pdf = await ann.page.pdf({ path: `test-results/pictures/print-${size}.pdf`, format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });
}

// A picture of a page by daylight and one at night, for people to look at (test-results/pictures). What a machine can judge of
// a look is judged here, too: contrast.

import { mkdirSync } from 'node:fs';
import { type BrowserContextOptions, expect, type Locator, type Page } from '@playwright/test';

const folder = 'test-results/pictures';
mkdirSync(folder, { recursive: true });

/** Without motion, so that no picture is taken, and no colour measured, half way. */
const still: BrowserContextOptions = { reducedMotion: 'reduce' };
export const windows: readonly (readonly [string, BrowserContextOptions])[] = [
  ['wide', { ...still, viewport: { width: 1360, height: 860 } }],
  ['phone', { ...still, viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true }],
];

/** One by daylight, one at night. */
export async function picture(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await illegible(page), `${name}, ${colorScheme}: text one can hardly read`).toEqual([]);
    await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png` });
  }
}

/** Else a line of text ends in an ellipsis. */
export const isWhole = (line: Locator): Promise<boolean> =>
  line.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth);

/** Text on the page with a contrast below 4.5 (WCAG 2 AA), or 3 where it is large. */
function illegible(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
    type Color = readonly [r: number, g: number, b: number, alpha: number];
    const parse = (css: string): Color => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = css;
      canvas.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0, a = 0] = canvas.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const over = (top: Color, below: Color): Color => {
      const mix = (index: 0 | 1 | 2): number => top[index] * top[3] + below[index] * (1 - top[3]);
      return [mix(0), mix(1), mix(2), 1];
    };
    const luminance = (color: Color): number => {
      const [r, g, b] = color.slice(0, 3).map((channel) => {
        const c = channel / 255;
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const groundOf = (element: Element | null): Color => {
      if (!element) return parse(matchMedia('(prefers-color-scheme: dark)').matches ? '#000' : '#fff');
      const own = parse(getComputedStyle(element).backgroundColor);
      return own[3] === 1 ? own : over(own, groundOf(element.parentElement));
    };
    const found: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement!;
      const style = getComputedStyle(element);
      const isShown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      const isOff = element.closest(
        '[disabled], [aria-disabled=true], .weft-caret, .visually-hidden, noscript, script',
      );
      const text = texts.currentNode.textContent!.trim();
      if (!isShown || isOff || text === '') continue;
      const ground = groundOf(element);
      const [one, other] = [luminance(over(parse(style.color), ground)), luminance(ground)];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      const isLarge = Number.parseFloat(style.fontSize) >= 24;
      if (contrast < (isLarge ? 3 : 4.5)) found.push(`${contrast.toFixed(2)} “${text.slice(0, 40)}”`);
    }
    return found;
  });
}

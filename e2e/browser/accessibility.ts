// What axe-core finds in a page as it is shown: names, roles, states, contrast, order.

import type { Page } from '@playwright/test';
import axe from 'axe-core';

/** Without those that make nothing hard to use; by daylight and at night. @returns nothing, if all is well */
export async function barriers(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => {
      const { axe: injected } = window as unknown as { axe: typeof axe };
      return injected.run(document, { resultTypes: ['violations'] });
    });
    for (const { id, impact, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      for (const { html, any } of nodes) {
        found.push(`${colorScheme}, ${id}: ${html.slice(0, 120)} ${any[0]?.message ?? ''}`);
      }
    }
  }
  return [...new Set(found)];
}

// Two people behind a proxy that lets no WebSocket through: they write together, and their pages say nothing of it.

import { Nginx, type NginxOptions, nginxMissing } from '../nginx.js';
import { expect, test } from './story.js';

const networks: readonly [string, NginxOptions][] = [
  ['lets no WebSocket through', { holdsBack: false }],
  ['lets no WebSocket through and holds back what is streamed', { holdsBack: true }],
];

/** What a page may say of a network that carries it all the same: nothing of this. */
const ALARMING = /offline|refused|lost|fail|proxy|network|websocket|connect/i;

if (nginxMissing !== null) process.stdout.write(`Not tested: pages behind a proxy. ${nginxMissing}.\n`);

for (const [network, options] of nginxMissing === null ? networks : []) {
  test(`two people write together though their network ${network}`, async ({ server, join }) => {
    const nginx = await Nginx.start(server.url, options);
    try {
      const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
      const shown: string[] = [];
      const words = new Set<string>();
      for (const { page } of [ann, ben]) {
        await page.exposeFunction('noteState', (state: string) => void shown.push(state));
        await page.exposeFunction('noteWords', (said: string) => void words.add(said));
        await page.addInitScript(() => {
          new MutationObserver(() => {
            const line = document.querySelector('[data-save-state]');
            const state = line?.getAttribute('data-save-state');
            const { noteState, noteWords } = window as unknown as Record<string, (said: string) => void>;
            if (state) noteState?.(state);
            for (const each of [line, ...document.querySelectorAll('[role=alert], [aria-live]')]) {
              if (each?.textContent) noteWords?.(each.textContent.trim());
            }
          }).observe(document, { subtree: true, childList: true, attributes: true });
        });
      }
      await ann.open(`${nginx.url}/d/behind-a-proxy`);
      await ann.type('Ann begins.\nBen begins.');
      await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
      await ben.open(`${nginx.url}/d/behind-a-proxy`);
      await ann.goToEndOf(0);
      await ben.goToEndOf(1);
      await expect(ann.caretOf('Ben Ro')).toBeVisible();
      await Promise.all([ann.type(' She goes on.'), ben.type(' He does, too.')]);
      for (const writer of [ann, ben]) {
        await expect
          .poll(() => writer.blocks(), `what ${writer.name} reads`)
          .toEqual(['Ann begins. She goes on.', 'Ben begins. He does, too.']);
        await expect(writer.saveLine).toHaveAttribute('data-save-state', 'saved');
      }
      const usual = ['loading', 'saving', 'saved'];
      expect(shown.filter((state) => !usual.includes(state))).toEqual([]);
      expect([...words].some((said) => said.startsWith('Saved'))).toBe(true);
      expect([...words].filter((said) => ALARMING.test(said))).toEqual([]);
      for (const { page } of [ann, ben]) await expect(page.getByRole('alert')).toHaveCount(0);
    } finally {
      await nginx.stop();
    }
  });
}

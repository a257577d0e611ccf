// Two people behind a proxy that lets no WebSocket through: they write together, and their pages say nothing of it.

import { Nginx, type NginxOptions, nginxMissing } from '../nginx.js';
import { expect, test } from './story.js';

const networks: readonly [string, NginxOptions][] = [
  ['lets no WebSocket through', { holdsBack: false }],
  ['lets no WebSocket through and holds back what is streamed', { holdsBack: true }],
];

if (nginxMissing !== null) process.stdout.write(`Not tested: pages behind a proxy. ${nginxMissing}.\n`);

for (const [network, options] of nginxMissing === null ? networks : []) {
  test(`two people write together though their network ${network}`, async ({ server, join }) => {
    const nginx = await Nginx.start(server.url, options);
    try {
      const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
      const shown: string[] = [];
      for (const { page } of [ann, ben]) {
        await page.exposeFunction('noteState', (state: string) => void shown.push(state));
        await page.addInitScript(() => {
          new MutationObserver(() => {
            const state = document.querySelector('[data-save-state]')?.getAttribute('data-save-state');
            if (state) void (window as unknown as { noteState(state: string): void }).noteState(state);
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
    } finally {
      await nginx.stop();
    }
  });
}

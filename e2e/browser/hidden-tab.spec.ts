// A tab that nobody looks at: browsers let its timers run once a minute, and still it notices within 35 s that nobody is there
// any more. That a browser throttles takes it minutes, so that the page is made to believe it, timers and all; the worker that
// helps it is real, under the app's own content security policy.

import { expect, test } from './story.js';

const MINUTE_MS = 60_000;

test('a hidden tab whose timers run once a minute notices a dead connection before the minute is over', async ({
  wire,
  join,
}) => {
  const ann = await join('Ann Ek');
  await ann.context.addInitScript((minuteMs) => {
    let isHidden = false;
    Object.defineProperty(document, 'visibilityState', { get: () => (isHidden ? 'hidden' : 'visible') });
    const own = window.setTimeout.bind(window);
    window.setTimeout = ((run: () => void, ms = 0) =>
      own(run, isHidden ? Math.max(ms, minuteMs) : ms)) as typeof window.setTimeout;
    addEventListener('test-hides', () => {
      isHidden = true;
      document.dispatchEvent(new Event('visibilitychange'));
    });
  }, MINUTE_MS);
  await ann.open(`${wire.url}/d/hidden`);
  await ann.type('Something');
  await expect(ann.saveLine).toHaveText(/^Saved/);
  await ann.page.evaluate(() => dispatchEvent(new Event('test-hides')));
  await expect.poll(() => ann.page.workers().length).toBe(1);

  wire.hold();
  await expect(ann.saveLine).toHaveText(/^Offline/, { timeout: MINUTE_MS - 10_000 });
});

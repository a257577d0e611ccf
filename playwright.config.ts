// Browser tests: what a writer sees, in a real Chromium against a real server. Each test starts its own server on a free
// port with its own data folder, so nothing is shared but the machine.

import { defineConfig } from '@playwright/test';
import { chromiumArgs, findChromium } from './e2e/chromium.mjs';

const executablePath = findChromium();

export default defineConfig({
  testDir: 'e2e/browser',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/browser',
  // A story waits for half of its time: for a pause between two tries, for a key that a person takes a while to press.
  workers: 3,
  // One that fails is tried once more: what else the machine did meanwhile is no verdict on a page. `npm test` names each
  // that passed only then.
  retries: 1,
  timeout: 120_000,
  // Beside another browser a page may take twice as long as alone. What has to come within a time says so itself.
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    browserName: 'chromium',
    // Stories that are about pages without a network allow them.
    serviceWorkers: 'block',
    launchOptions: { args: chromiumArgs, ...(executablePath === null ? {} : { executablePath }) },
    // Playwright would take one of every page of every story, and throw it away where nothing failed: story.ts takes those of failures.
    screenshot: 'off',
    // A third of the whole time, were it always on. `npx playwright test --trace retain-on-failure` when one is needed.
    trace: 'off',
  },
});

// The test function of stories with a page of another origin (examples/embedding) that holds two editors: its server, and one of ours
// that knows the people of the application by its tokens.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Locator } from '@playwright/test';
import { freePort } from './members.js';
import { test as base, expect } from './story.js';
import { WeftServer } from './weft-server.js';

const SECRET = 'thirty-two bytes of a secret, at least';
const example = (file: string): string => fileURLToPath(new URL(`../../examples/embedding/${file}`, import.meta.url));

/** A server that knows the people of the application by its tokens, and lets guests in to read and write, so that the app needs no sign-in. */
export const test = base.extend<{ readonly ports: readonly [number, number]; readonly site: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
  ports: async ({}, use) => use([await freePort(), await freePort()]),

  server: async ({ ports: [port, sitePort] }, use) => {
    process.env.WEFT_SECRET = SECRET;
    const { access } = JSON.parse(readFileSync(example('weft.json'), 'utf8'));
    Object.assign(access, { publicUrl: `http://127.0.0.1:${port}`, defaults: { guests: 'editor' } });
    const server = await WeftServer.start({ access, door: { origins: [`http://127.0.0.1:${sitePort}`] } }, port);
    await use(server);
    await server.dispose();
    expect(server.complaints, 'what the server wrote to stderr').toBe('');
  },

  site: async ({ ports: [, sitePort], server }, use) => {
    const env = { ...process.env, WEFT_URL: server.url, WEFT_SECRET: SECRET, PORT: String(sitePort) };
    const site: ChildProcess = spawn(process.execPath, [example('serve.mjs')], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(site, 'exit');
    await Promise.race([once(site.stdout!, 'data'), exited]);
    await use(`http://127.0.0.1:${sitePort}/`);
    site.kill();
    await exited;
  },
});

export const textOf = (editor: Locator): Locator => editor.getByRole('textbox', { name: 'Document' });
export const saveOf = (editor: Locator): Locator => editor.locator('[data-save-state]');

// The element as a developer has it who installs it: the packages as npm would get them, in a folder with nothing else but what they say they
// need, and the example of their README, built by a bundler of its own.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { freePort } from './members.js';
import { test as base, expect } from './story.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const packages = ['words', 'protocol', 'provider', 'model', 'editor', 'element'];
const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

/** As `npm install` of the packed packages leaves it, with what was installed here for all that comes from elsewhere. */
async function install(site: string): Promise<void> {
  const modules = path.join(site, 'node_modules');
  await run('npm', ['pack', ...packages.flatMap((name) => ['-w', `packages/${name}`]), '--pack-destination', site], {
    cwd: root,
  });
  for (const name of packages) {
    const folder = path.join(modules, '@weft', name);
    await mkdir(folder, { recursive: true });
    await run('tar', ['-xzf', path.join(site, `weft-${name}-0.1.0.tgz`), '--strip', '1', '-C', folder]);
    const files = await readdir(folder, { recursive: true });
    expect(files, name).toContain('LICENSE');
    expect(
      files.filter((file) => /\.test\.|^src\/(?!styles)/.test(file)),
      name,
    ).toEqual([]);
    const { dependencies, peerDependencies } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    for (const needed of Object.keys({ ...dependencies, ...peerDependencies })) {
      if (needed.startsWith('@weft/')) continue;
      await symlink(path.join(root, 'node_modules', needed), path.join(modules, needed)).catch(unlessThere);
    }
  }
}

const unlessThere = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error;
};

const test = base.extend<{ readonly port: number; readonly site: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
  port: async ({}, use) => use(await freePort()),
  config: async ({ port }, use) => use({ door: { origins: [`http://127.0.0.1:${port}`] } }),

  site: async ({ port, server }, use) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'weft-npm-'));
    await install(folder);
    const readme = await readFile(path.join(folder, 'node_modules/@weft/element/README.md'), 'utf8');
    const [, code = ''] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
    await writeFile(path.join(folder, 'main.ts'), code.replace('https://weft.example.org', server.url));
    await writeFile(
      path.join(folder, 'index.html'),
      '<!doctype html><meta charset="utf-8"><title>A page</title><script type="module" src="main.ts"></script>',
    );
    await writeFile(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: { strict: true, noEmit: true, module: 'esnext', moduleResolution: 'bundler', types: [] },
        files: ['main.ts'],
      }),
    );
    await run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    await build({ root: folder, configFile: false, logLevel: 'error', build: { target: 'es2023' } });
    const files = createServer(async ({ url = '/' }, response) => {
      if (url === '/weft-token') return response.end();
      const file = url === '/' ? '/index.html' : url;
      const body = await readFile(path.join(folder, 'dist', file)).catch(() => null);
      if (!body) return response.writeHead(404).end();
      response.setHeader('Content-Type', types[path.extname(file)] ?? 'application/octet-stream');
      response.end(body);
    });
    await new Promise<void>((resolve) => files.listen(port, '127.0.0.1', resolve));
    await use(`http://127.0.0.1:${port}/`);
    files.closeAllConnections();
    await new Promise((resolve) => files.close(resolve));
    await rm(folder, { recursive: true });
  },
});

test('the packed element is built into a page, which writes and reads', async ({ site, server, join }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/team/plan`);
  await ann.type('From the app.');
  const hanna = await join('Hanna');
  const said: string[] = [];
  hanna.page.on('console', (message) => said.push(message.text()));
  await hanna.page.goto(site);
  const editor = hanna.page.locator('weft-editor');
  const text = editor.getByRole('textbox', { name: 'Document' });
  await expect(text).toHaveText(/^From the app\./);
  await expect.poll(() => said).toContain('the text is shown');
  // What it is drawn by came along.
  await expect(editor.getByRole('toolbar', { name: 'Formatting' })).toHaveCSS('display', 'flex');
  await text.click();
  await hanna.press('Control+End');
  await hanna.press('Enter');
  await hanna.type('/');
  await expect(editor.getByRole('option', { name: 'Heading 1' })).toBeVisible();
  await hanna.type('heading 1');
  await hanna.press('Enter');
  await hanna.type('From a page');
  await expect(ann.page.getByRole('heading', { name: 'From a page' })).toBeVisible();
  await expect(editor.locator('[data-save-state]')).toHaveAttribute('data-save-state', 'saved');
  await hanna.page.reload();
  await expect(text.getByRole('heading', { name: 'From a page' })).toBeVisible();
  expect(said.filter((line) => line.includes('Yjs was already imported'))).toEqual([]);
});

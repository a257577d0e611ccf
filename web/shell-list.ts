// Tells the service worker what the page loads at once: the page itself, its scripts, workers and styles, the fonts of Latin
// text, and a hash of all that. What is loaded later is kept when it is.

import { createHash } from 'node:crypto';
import type { Plugin, Rolldown } from 'vite';

const WORKER = 'service-worker.js';
const PAGE_WORKER = /-worker-[\w-]+\.js$/;
const LATIN_FONT = /-latin-wght-.*\.woff2$/;

export function shellList(): Plugin {
  return {
    name: 'weft-shell-list',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const worker = bundle[WORKER];
      const entry = Object.values(bundle).find(
        (file) => file.type === 'chunk' && file.isEntry && file.fileName !== WORKER,
      );
      if (worker?.type !== 'chunk' || entry?.type !== 'chunk')
        this.error('The build has no page or no service worker.');
      const scripts = withImports(entry, bundle);
      const others = Object.keys(bundle).filter(
        (name) => name.endsWith('.css') || PAGE_WORKER.test(name) || LATIN_FONT.test(name),
      );
      const hash = createHash('sha256');
      for (const name of ['index.html', ...scripts, ...others]) {
        const file = bundle[name];
        hash.update(name).update(file?.type === 'asset' ? file.source : (file?.code ?? ''));
      }
      const shell = {
        version: hash.digest('hex').slice(0, 16),
        entry: `/${entry.fileName}`,
        files: ['/', '/favicon.svg', ...[...scripts, ...others].map((name) => `/${name}`)],
      };
      worker.code = worker.code.replaceAll('WEFT_SHELL', () => JSON.stringify(shell));
    },
  };
}

/** A script and what it needs before it runs. */
function withImports(entry: Rolldown.OutputChunk, bundle: Rolldown.OutputBundle): string[] {
  const names = new Set<string>();
  const visit = (name: string): void => {
    const file = bundle[name];
    if (names.has(name) || file?.type !== 'chunk') return;
    names.add(name);
    file.imports.forEach(visit);
  };
  visit(entry.fileName);
  return [...names];
}

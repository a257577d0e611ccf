// Tells the service worker what the app is made of: the page, all scripts, workers and styles, the fonts of Latin text, and a
// hash of all that, so that what is loaded when it is used is there without a network, too. And has the page fetch what
// every address needs before its first script asks for it.

import { createHash } from 'node:crypto';
import type { HtmlTagDescriptor, Plugin, Rolldown } from 'vite';
import { type Language, languages } from '../packages/words/src/index.js';
import { nameIn } from './language.js';
import { releaseOf } from './release.js';

/** It gets the name of its language last. */
const PAGE = 'index.html';
const LATIN_FONT = /-latin-wght-.*\.woff2$/;
/** The part that is loaded by the first script, wherever one comes in. */
const APP = /\/app\.ts$/;

export function shellList(language: Language): Plugin {
  const worker = nameIn(language, 'service-worker.js');
  const release = releaseOf();
  return {
    name: 'weft-shell-list',
    apply: 'build',
    enforce: 'post',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle = {} }) => {
        const app = Object.values(bundle).find(
          (file) => file.type === 'chunk' && file.moduleIds.some((id) => APP.test(id)),
        );
        const scripts = app?.type === 'chunk' ? withImports(app, bundle) : [];
        return {
          html: html.replace(/<html lang="[\w-]+"/, `$& data-release="${release}"`),
          tags: scripts.filter((name) => !html.includes(name)).map(preload),
        };
      },
    },
    generateBundle(_options, bundle) {
      const script = bundle[worker];
      if (script?.type !== 'chunk') this.error('The build has no service worker.');
      const parts = Object.keys(bundle).filter(
        (name) => name !== worker && (/\.(js|css)$/.test(name) || LATIN_FONT.test(name)),
      );
      const hash = createHash('sha256');
      for (const name of [PAGE, ...parts]) {
        const file = bundle[name];
        hash.update(name).update(file?.type === 'asset' ? file.source : (file?.code ?? ''));
      }
      const shell = {
        language,
        languages: Object.keys(languages),
        version: hash.digest('hex').slice(0, 16),
        release,
        page: `/${nameIn(language, PAGE)}`,
        files: ['/favicon.svg', ...parts.map((name) => `/${name}`)],
      };
      script.code = script.code.replaceAll('WEFT_SHELL', () => JSON.stringify(shell));
    },
  };
}

const preload = (name: string): HtmlTagDescriptor => ({
  tag: 'link',
  attrs: { rel: 'modulepreload', crossorigin: true, href: `/${name}` },
  injectTo: 'head',
});

/** A script and what it needs before it runs. */
function withImports(script: Rolldown.OutputChunk, bundle: Rolldown.OutputBundle): string[] {
  const names = new Set<string>();
  const visit = (name: string): void => {
    const file = bundle[name];
    if (names.has(name) || file?.type !== 'chunk') return;
    names.add(name);
    file.imports.forEach(visit);
  };
  visit(script.fileName);
  return [...names];
}

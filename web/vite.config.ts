// The app is built from the sources of our packages, so that what is served never depends on a stale build of them.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { shellList } from './shell-list.js';

const server = 'http://127.0.0.1:4400';

export default defineConfig({
  plugins: [shellList()],
  resolve: {
    conditions: ['weft:source', 'module', 'browser', 'development|production'],
    alias: { 'lib0/logging': fileURLToPath(new URL('src/yjs-logging.ts', import.meta.url)) },
  },
  build: {
    target: 'es2023',
    // A data: URI or an inline script would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ['index.html', 'src/service-worker.ts'],
      output: {
        // Its address is what browsers know it by.
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
        codeSplitting: {
          // What most parts share is one script and not twenty; what an editor is made of is not for those that have none.
          groups: [
            {
              name: 'base',
              test: /^(?!.*(prosemirror|orderedmap|w3c-keyname|packages\/(editor|model)))/,
              minShareCount: 3,
            },
            // What an editor has in common with its parts that come later, and the little of it that pages without one need.
            {
              name: 'writing',
              test: /prosemirror-(view|state|model|transform|commands|keymap|schema-list)|orderedmap|w3c-keyname|editor\/src\/(commands|undo|lists|status|late-part|shortcuts)|model\/src\/(document-json|plain-text)/,
              minShareCount: 2,
            },
            {
              name: 'words',
              test: /packages\/editor\/src\/person|packages\/model\/src\/(yjs-content|first-lines)/,
              minShareCount: 2,
              priority: 1,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/api': server, '/weft': { target: server, ws: true } },
  },
});

// The app is built from the sources of our packages, so that what is served never depends on a stale build of them.

import { defineConfig } from 'vite';
import { shellList } from './shell-list.js';

const server = 'http://127.0.0.1:4400';

export default defineConfig({
  plugins: [shellList()],
  resolve: { conditions: ['weft:source', 'module', 'browser', 'development|production'] },
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
      },
    },
  },
  server: {
    proxy: { '/api': server, '/weft': { target: server, ws: true } },
  },
});

// The app is built from the sources of our packages, so that what is served never depends on a stale build of them.

import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:4400';

export default defineConfig({
  resolve: { conditions: ['weft:source', 'module', 'browser', 'development|production'] },
  build: {
    target: 'es2023',
    // A data: URI or an inline script would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '/api': server, '/weft': { target: server, ws: true } },
  },
});

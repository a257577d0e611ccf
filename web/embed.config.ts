// The element for pages of others, as one script with parts that come when they are used. Its address stays: it is what such a page names.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { cssTarget } from './css-target.js';
import { folded } from './folded.js';
import { inLanguage, languageOf, nameIn } from './language.js';
import { leanScripts } from './lean-scripts.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig(({ mode }) => {
  const language = languageOf(mode);
  return {
    plugins: [inLanguage(language), leanScripts(language), folded()],
    resolve: {
      conditions: [`weft:${language}`, 'weft:late', 'weft:source', 'module', 'browser', 'development|production'],
      alias: { 'lib0/logging': here('src/stand-ins/yjs-logging.ts') },
    },
    // Parts come from where the script came from, and not from the page's server.
    base: './',
    publicDir: false,
    build: {
      target: 'es2023',
      cssTarget,
      outDir: 'dist/embed',
      emptyOutDir: language === 'en',
      modulePreload: false,
      rolldownOptions: {
        checks: { pluginTimings: false },
        input: { 'weft-editor': here('../packages/element/src/embed/define.ts') },
        preserveEntrySignatures: 'strict',
        output: {
          entryFileNames: nameIn(language, '[name].js'),
          chunkFileNames: 'assets/[name]-[hash].js',
          codeSplitting: {
            groups: [
              {
                name: 'writing',
                test: /prosemirror-|orderedmap|w3c-keyname|packages\/(editor|model)\/src/,
                minShareCount: 2,
              },
            ],
          },
        },
      },
    },
  };
});

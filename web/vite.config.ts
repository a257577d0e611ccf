// The app is built from the sources of our packages, so that what is served never depends on a stale build of them.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { cssTarget } from './css-target.js';
import { folded } from './folded.js';
import { inLanguage, languageOf, nameIn } from './language.js';
import { leanScripts } from './lean-scripts.js';
import { shellList } from './shell-list.js';

const server = 'http://127.0.0.1:4400';

export default defineConfig(({ mode }) => {
  const language = languageOf(mode);
  return {
    plugins: [inLanguage(language), leanScripts(language), folded(), shellList(language)],
    resolve: {
      conditions: [`weft:${language}`, 'weft:late', 'weft:source', 'module', 'browser', 'development|production'],
      alias: { 'lib0/logging': fileURLToPath(new URL('src/stand-ins/yjs-logging.ts', import.meta.url)) },
    },
    worker: { plugins: () => [leanScripts(language), folded()], rolldownOptions: { checks: { pluginTimings: false } } },
    build: {
      target: 'es2023',
      cssTarget,
      // All languages are built into one folder: what is named by its content and says nothing is the same file.
      emptyOutDir: language === 'en',
      // A data: URI or an inline script would need a hole in the content security policy.
      assetsInlineLimit: 0,
      modulePreload: {
        polyfill: false,
        // Who asks for a part has these.
        resolveDependencies: (_part, scripts, { hostType }) =>
          hostType === 'html' ? scripts : scripts.filter((script) => !/\/(app|entry|rolldown-runtime)-/.test(script)),
      },
      rolldownOptions: {
        checks: { pluginTimings: false },
        input: ['index.html', 'src/service-worker.ts'],
        output: {
          // Its address is what browsers know it by.
          entryFileNames: ({ name }) =>
            name === 'service-worker' ? nameIn(language, '[name].js') : 'assets/[name]-[hash].js',
          codeSplitting: {
            // Little scripts compress badly, and each is a request: what belongs to one of these goes along with it.
            groups: [
              // Fetches the app and the page side by side, so it needs neither.
              {
                name: 'entry',
                test: /(web|element)\/src\/([\w-]+\/)?(pages|editor-part|history-path|kept-path|trash-path)\.ts$/,
                priority: 3,
              },
              // Every page has it: also what most of them have in common.
              {
                name: 'app',
                test: /(web|element)\/src\/([\w-]+\/)?(app|clipboard|navigation|own-menu|popover|sign-in|from-english|size-words|import-files)\.ts$|src\/(person|shortcuts|first-lines|file-formats)\.ts$|directives\/ref\.js$/,
                priority: 2,
              },
              // What an editor has in common with its parts that come later, and with pages that show a text without one.
              {
                name: 'writing',
                test: /prosemirror-(view|state|model|transform|commands|keymap|schema-list)|orderedmap|w3c-keyname|editor\/src\/(commands|undo|lists|status|late-part|task-boxes)/,
                minShareCount: 2,
                priority: 1,
              },
              { name: 'editor', test: /element\/src\/editor\.ts$/ },
            ],
          },
        },
      },
    },
    server: {
      proxy: { '/api': server, '/weft': { target: server, ws: true } },
    },
  };
});

// What a package needs beside what `tsc` has built before `npm pack` puts it together; run by each package's `prepack`, in its folder. The
// licence comes along. And the element's styles are put into their module as they are for the app, so that no bundler has to know how.

import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { build } from 'vite';

const SHEETS = 'src/embed/sheets.ts';

copyFileSync('../../LICENSE', 'LICENSE');
if (existsSync(SHEETS)) {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    // Else `:dir(rtl)` becomes a list of languages (web/css-target.ts).
    build: {
      write: false,
      target: 'es2023',
      cssTarget: ['chrome126', 'firefox126', 'safari18'],
      lib: { entry: SHEETS, formats: ['es'] },
    },
  });
  const [bundle] = [built].flat();
  if (!bundle || !('output' in bundle)) throw new Error('The styles were not built.');
  writeFileSync('dist/embed/sheets.js', bundle.output[0].code);
}

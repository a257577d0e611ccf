// Bundles the stock editor's script as our app is bundled.

import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const entry = fileURLToPath(new URL('../../src/typing/stock-page.ts', import.meta.url));

/** One file, for a page that has nothing in it. */
export async function stockScript(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, target: 'es2023', modulePreload: false, rolldownOptions: { input: entry } },
  });
  if (Array.isArray(built) || !('output' in built))
    throw new Error('The stock editor was bundled into more than one file.');
  return built.output[0].code;
}

// What is known as the app is built, worked out then: names that stand for one number or word, properties of objects that never change,
// functions called once. The bundler's own minifier does none of that across a script, and takes the rest of the room out afterwards.
// Only what cannot change what a script does is done: reading a property may, of an element it lays the page out.

import { minify } from 'terser';
import type { Plugin } from 'vite';

export const folded = (): Plugin => ({
  name: 'weft-folded',
  apply: 'build',
  renderChunk: {
    order: 'post',
    async handler(script) {
      const { code } = await minify(script, {
        module: true,
        ecma: 2020,
        mangle: false,
        compress: {
          defaults: false,
          evaluate: true,
          reduce_vars: true,
          reduce_funcs: true,
          side_effects: true,
          unused: true,
          pure_getters: false,
        },
      });
      return code === undefined ? null : { code, map: null };
    },
  },
});

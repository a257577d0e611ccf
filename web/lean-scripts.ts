// What the app carries for nobody, taken out as it is built: what libraries have for Node, what a browser knows by itself, what is for
// browsers that are gone, and how our templates are indented. A library that does not look as expected stops the build, so that a new
// release is looked at.

import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { flagList } from '../packages/element/src/writing/emoji-list.js';
import { emojiNamesIn } from './emoji-names.js';
import type { Language } from './language.js';

const ENVIRONMENT = /(^lib0\/environment$|\/environment\.js$)/;
const OF_LIB0 = /node_modules\/(lib0|yjs)\//;
const ENTITIES = /^entities$/;
const LINKIFY = /^linkify-it$/;
const ofBrowser = (file: string): string => fileURLToPath(new URL(`src/stand-ins/${file}.ts`, import.meta.url));

const VIEW = /node_modules\/prosemirror-view\/dist\/index\.js$/;
/** Internet Explorer, and Edge before it was Chromium: neither has what the app is built for. */
const goneBrowsers = [
  ['const ie_edge = /Edge\\/(\\d+)/.exec(agent);', ''],
  ['const ie_upto10 = /MSIE \\d/.exec(agent);', ''],
  ['const ie_11up = /Trident\\/(?:[7-9]|\\d{2,})\\..*rv:(\\d+)/.exec(agent);', ''],
  ['const ie = !!(ie_upto10 || ie_11up || ie_edge);', 'const ie = false;'],
  [
    'const ie_version = ie_upto10 ? document.documentMode : ie_11up ? +ie_11up[1] : ie_edge ? +ie_edge[1] : 0;',
    'const ie_version = 0;',
  ],
] as const;

const TABLES = /node_modules\/prosemirror-tables\/dist\/index\.js$/;
/** Of the plugin only its keys, its paste and its decorations are used (table-cells.ts); and what is deprecated by nobody. */
const unusedOfTables = [
  ['\t\t\thandleDOMEvents: { mousedown: handleMouseDown$1 },', ''],
  ['\t\t\thandleTripleClick,', ''],
  ['return normalizeSelection(state, fixTables(state, oldState), allowTableNodeSelection);', ''],
  ['const columnResizingPluginKey = new PluginKey("tableColumnResizing");', ''],
  ['columnResizing, columnResizingPluginKey, ', ''],
  ['if (options.useDeprecatedLogic) return deprecated_toggleHeader(type);', ''],
  ['const toggleHeaderRow = toggleHeader("row", { useDeprecatedLogic: true });', ''],
  ['const toggleHeaderColumn = toggleHeader("column", { useDeprecatedLogic: true });', ''],
  ['const toggleHeaderCell = toggleHeader("cell", { useDeprecatedLogic: true });', ''],
  [', toggleHeaderCell, toggleHeaderColumn, toggleHeaderRow, updateColumnsOnResize };', ' };'],
] as const;

const YJS = /node_modules\/yjs\/dist\/yjs\.mjs$/;
/**
 * Yjs has two formats, and writes what has to wait for something before it in the second, for itself alone: the first does as well there,
 * and is the only one that we send and store. What nothing uses any more falls out of the build, exports included.
 */
const USE_OF_SECOND_FORMAT = /(?<!class |extends )\b((?:Update|DS)(?:En|De)coder)V2\b/g;
const EXPORTS = /^export \{[^}]*\};?$/m;

/** Made of a library that says of each emoji much more than it has to be known by. */
const EMOJI = /writing\/emoji-list\.ts$/;

/** HTML takes a line break and what follows it for one space; scripts need no more than the line break. */
const INDENTATION = /\n[ \t]+/g;
const OURS = /(web|element)\/src\/([\w-]+\/)?[\w-]+\.ts$/;

export function leanScripts(language: Language): Plugin {
  const emoji = `export const emojiList = ${JSON.stringify(emojiNamesIn(language))}, flagList = ${JSON.stringify(flagList)};`;
  return {
    name: 'weft-lean-scripts',
    apply: 'build',
    enforce: 'pre',
    resolveId: {
      filter: { id: [ENVIRONMENT, ENTITIES, LINKIFY] },
      handler: (id, importer = '') => {
        if (ENTITIES.test(id)) return ofBrowser('browser-entities');
        if (LINKIFY.test(id)) return ofBrowser('no-links-in-text');
        return OF_LIB0.test(importer) ? ofBrowser('browser-environment') : null;
      },
    },
    transform: {
      filter: { id: [VIEW, TABLES, YJS, OURS] },
      handler(code, id) {
        if (EMOJI.test(id)) return emoji;
        if (OURS.test(id)) return code.replace(INDENTATION, '\n');
        if (YJS.test(id)) {
          const [exports = this.error('yjs has no list of exports any more.')] = EXPORTS.exec(code) ?? [];
          return code.replace(exports, '').replace(USE_OF_SECOND_FORMAT, '$1V1') + exports;
        }
        return (TABLES.test(id) ? unusedOfTables : goneBrowsers).reduce((rest, [from, to]) => {
          if (!rest.includes(from)) this.error(`${id} has no line “${from}” any more.`);
          return rest.replace(from, to);
        }, code);
      },
    },
  };
}

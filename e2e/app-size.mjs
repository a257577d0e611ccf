// How much script the app is, gzipped as a server in front would (ADR 0007): what a page loads before one can use it, and what
// comes later with what one does, in each of its languages. A library that slips in is seen here. Fonts and styles do not count.

import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { gzipSync } from 'node:zlib';

/** @typedef {{ name: string, scripts: string[], kB: number, mostKB: number }} Share */

/** By the scripts that the first one loads for such a page. */
const pages = [
  { name: 'the list of documents', parts: ['start-page'], mostKB: 80 },
  { name: 'the page around a document', parts: ['document-page'], mostKB: 90 },
  { name: 'a document', parts: ['document-page', 'editor'], mostKB: 180 },
  { name: 'the past of a document', parts: ['history-page'], mostKB: 160 },
];
/** A part of it is Yjs once more, in the worker that plays a past (0040), and what emoji are called in two languages. */
const MOST_LATER_KB = 218;
/** Until a text is shown in a page of somebody else's. */
const MOST_EMBEDDED_KB = 180;

/**
 * @param {string} dist the folder the app was built into
 * @returns {Share[]}
 */
export function sharesOf(dist) {
  const inLanguages = readdirSync(dist).filter((file) => /^index\..*html$/.test(file));
  return [...inLanguages.flatMap((page) => sharesOfPage(dist, page)), ...sharesOfEmbedded(`${dist}embed/`)];
}

/**
 * @param {string} dist
 * @param {string} page
 */
export function scriptsOf(dist, page = 'index.html') {
  const worker = readFileSync(dist + page.replace('index', 'service-worker').replace('html', 'js'), 'utf8');
  return readdirSync(`${dist}assets/`).filter((file) => file.endsWith('.js') && worker.includes(file));
}

/**
 * @param {string} dist
 * @param {string} page
 */
function sharesOfPage(dist, page) {
  const folder = `${dist}assets/`;
  const all = scriptsOf(dist, page);
  const named = readFileSync(dist + page, 'utf8');
  const language = /<html lang="([\w-]+)"/.exec(named)?.[1];
  const always = all.filter((file) => named.includes(file));
  /** @param {string} part */
  const scriptOf = (part) => {
    const found = all.filter((file) => file.startsWith(`${part}-`));
    if (found.length !== 1 || !found[0]) throw new Error(`The build has ${found.length} scripts called ${part}.`);
    return found[0];
  };
  const shares = pages.map(({ name, parts, mostKB }) => {
    const scripts = withImports(folder, [...always, ...parts.map(scriptOf)]);
    return { name: `${name} (${language})`, scripts, kB: sizeOf(folder, scripts), mostKB };
  });
  const later = all.filter((file) => !shares.some(({ scripts }) => scripts.includes(file)));
  return [
    ...shares,
    {
      name: `what is used later (${language})`,
      scripts: later,
      kB: sizeOf(folder, later),
      mostKB: MOST_LATER_KB,
    },
  ];
}

/**
 * @param {string} folder
 * @returns {Share[]}
 */
function sharesOfEmbedded(folder) {
  const entries = readdirSync(folder).filter((file) => file.endsWith('.js'));
  return entries.map((entry) => {
    const [editor = ''] = /assets\/editor-[\w-]+\.js/.exec(readFileSync(folder + entry, 'utf8')) ?? [];
    const scripts = withImports(folder, [entry, editor]);
    return { name: `an embedded editor (${entry})`, scripts, kB: sizeOf(folder, scripts), mostKB: MOST_EMBEDDED_KB };
  });
}

/**
 * @param {string} folder
 * @param {string[]} scripts
 */
function withImports(folder, scripts) {
  const names = new Set(scripts);
  // A set hands out what is added while one goes through it.
  for (const name of names) {
    const code = readFileSync(folder + name, 'utf8');
    for (const [, imported = ''] of code.matchAll(/(?:from|import)\s*["'](\.\.?\/[\w./-]+\.js)["']/g))
      names.add(posix.join(posix.dirname(name), imported));
  }
  return [...names];
}

/**
 * @param {string} folder
 * @param {string[]} scripts
 */
const sizeOf = (folder, scripts) =>
  scripts.reduce((sum, file) => sum + gzipSync(readFileSync(folder + file)).length / 1000, 0);

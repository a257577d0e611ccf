// The documents against the repository: every link leads somewhere, and what docs/rules.md says of tests is so.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const ignored = new Set(['node_modules', 'dist', 'dist-types', 'test-results', 'weft-data', '.git']);

/** Every file of the repository, as a path from its root. */
function listFiles(folder = ''): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .filter((entry) => !ignored.has(entry.name))
    .flatMap((entry) => {
      const name = path.posix.join(folder, entry.name);
      return entry.isDirectory() ? listFiles(name) : [name];
    });
}

const files = new Set(listFiles());
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const documents = [...files].filter((file) => file.endsWith('.md'));

/** Anchor of a heading, as forges make it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

function anchorsOf(document: string): string[] {
  return [...read(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

/** Links inside the repository, with the file they point to. */
function linksOf(document: string, text = read(document)): { to: string; anchor: string | undefined }[] {
  return [...text.matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(([, target = '', anchor]) => ({
    to: target === '' ? document : path.posix.join(path.posix.dirname(document), target),
    anchor,
  }));
}

test.each(documents)('the links of %s lead somewhere', (document) => {
  const leads = ({ to, anchor }: { to: string; anchor: string | undefined }): boolean => {
    const isFolder = [...files].some((file) => file.startsWith(`${to}/`));
    return isFolder || (files.has(to) && (anchor === undefined || anchorsOf(to).includes(anchor)));
  };
  expect(linksOf(document).filter((link) => !leads(link))).toEqual([]);
});

describe('docs/rules.md', () => {
  const rules = new Map(
    read('docs/rules.md')
      .split(/^### /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf(' ')), section]),
  );
  const invariants = [...read('ARCHITECTURE.md').matchAll(/\*\*(I\d+)\*\*/g)].map(([, id]) => id);
  const testFiles = [...files].filter((file) => /\.(test|spec|contract)\.ts$/.test(file));

  /** Numbers of rules in the names of a file's tests and groups of tests. */
  function quotedIn(file: string): Set<string> {
    const names = [...read(file).matchAll(/\b(?:test|it|describe)\b[^\n]*?\(\s*(['"`])(.*?)\1/gs)].map(
      ([, , name = '']) => name,
    );
    return new Set(names.flatMap((name) => name.match(/\b[IJSGLTNK]\d{1,2}\b/g) ?? []));
  }

  test('has every rule and invariant that a test quotes', () => {
    const known = new Set([...rules.keys(), ...invariants]);
    const unknown = testFiles.flatMap((file) =>
      [...quotedIn(file)].filter((id) => !known.has(id)).map((id) => `${file} quotes ${id}`),
    );
    expect(unknown).toEqual([]);
  });

  test.each([...rules])('%s names the tests that show it, or says that there is none yet', (id, section) => {
    const shownBy = /^Shown by (.*?)\n\n/ms.exec(`${section}\n\n`)?.[1] ?? '';
    const silent = linksOf('docs/rules.md', shownBy).filter(({ to }) => !quotedIn(to).has(id));
    expect(silent, `these have no test named after ${id}`).toEqual([]);
    expect(section, `${id} has neither`).toMatch(/^Shown by .*\]\(|^Not yet|A limit, not a promise/m);
  });
});

describe('docs/api.md', () => {
  const pairsIn = (text: string, pattern: RegExp): { code: string; status: string }[] =>
    [...text.matchAll(pattern)].map(({ groups }) => groups as { code: string; status: string });
  const routes = [...files].filter((file) => /^server\/src\/http\/[\w-]+\.ts$/.test(file));
  const statuses = /const statuses\b.*?= \{(.*?)\};/s.exec(read('server/src/http/answers.ts'))?.[1] ?? '';
  const answered = [
    ...routes.flatMap((file) => pairsIn(read(file), /\bfail\(\s*\w+,\s*(?<status>[^,]+?),\s*'(?<code>[A-Z_]+)'/g)),
    ...pairsIn(statuses, /(?<code>[A-Z_]+): (?<status>\d+)/g),
    // Asked before all routes.
    ...pairsIn(read('server/src/access/doorkeeper.ts'), /status: (?<status>\d+), code: '(?<code>[A-Z_]+)'/g),
  ];
  const told = pairsIn(read('docs/api.md'), /^\| (?<status>\d+) +\| `(?<code>[A-Z_]+)`/gm);
  const isIn = (pairs: typeof told, { code, status }: (typeof told)[number]): boolean =>
    pairs.some((pair) => pair.code === code && pair.status === status);

  test('has every code that is answered, with its status, and no other', () => {
    const isNumber = (status: string): boolean => /^\d+$/.test(status);
    // The framework knows more statuses of some of them, as of a body that is too large.
    const isOpen = (code: string): boolean => answered.some((pair) => pair.code === code && !isNumber(pair.status));
    expect(answered.filter((pair) => isNumber(pair.status) && !isIn(told, pair))).toEqual([]);
    expect(told.filter((pair) => !isOpen(pair.code) && !isIn(answered, pair))).toEqual([]);
  });
});

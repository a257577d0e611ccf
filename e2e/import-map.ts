// The map of ARCHITECTURE.md as one table, and a reader of import lines that finds what the map does not allow: wrong
// arrows, ways around a package's index, circles between files. Types count: an arrow in a type is an arrow in a head.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Who may import whom. What a room may import, it may import through as well: web -> provider -> protocol lets web
 * import protocol. `types of` allows types alone, and goes no further.
 */
const map: Readonly<Record<string, readonly string[]>> = {
  'packages/words': [],
  'packages/protocol': [],
  'packages/provider': ['packages/protocol'],
  'packages/model': [],
  'packages/editor': ['packages/words', 'packages/model'],
  'packages/element': ['packages/provider', 'packages/editor'],
  web: ['packages/element'],
  bench: [
    'packages/model',
    'packages/provider',
    'server/src/gate',
    'server/src/log',
    'server/src/history',
    'server/src/room',
  ],

  'server/src/*.ts': ['packages/protocol'],
  'server/src/metrics': ['packages/protocol'],
  'server/src/gate': ['server/src/*.ts'],
  'server/src/log': ['server/src/*.ts', 'server/src/metrics'],
  'server/src/relay': ['server/src/*.ts', 'types of server/src/log'],
  'server/src/assets': ['server/src/*.ts', 'types of server/src/log'],
  'server/src/archive': ['server/src/log', 'server/src/assets'],
  'server/src/access': ['server/src/*.ts', 'types of server/src/log'],
  'server/src/history': ['packages/model', 'server/src/gate', 'types of server/src/room', 'types of server/src/log'],
  'server/src/room': ['server/src/gate', 'server/src/log'],
  'server/src/dialect': ['server/src/room', 'server/src/access'],
  'server/src/transport': ['server/src/dialect'],
  'server/src/http': [
    'server/src/access',
    'server/src/assets',
    'server/src/metrics',
    'types of server/src/log',
    'types of server/src/history',
  ],
  'server/src/admin': [
    'server/src/archive',
    'server/src/assets',
    'server/src/history',
    'server/src/access',
    'types of server/src/room',
  ],
  'server/src/control': ['server/src/log', 'types of server/src/admin'],
  'server/src/serve.ts': [
    'server/src/transport',
    'server/src/http',
    'server/src/history',
    'server/src/admin',
    'server/src/control',
    'server/src/relay',
  ],
  'server/src/cli': ['server/src/serve.ts'],
  'server/src/main.ts': ['server/src/cli'],
};

/** Libraries that reach the server through one door, so that nobody else depends on them. yjs: only where workers run (I11). */
const doors: Readonly<Record<string, readonly string[]>> = {
  yjs: ['server/src/history'],
  'classic-level': ['server/src/log'],
  pg: ['server/src/log'],
  '@redis/client': ['server/src/relay'],
  ws: ['server/src/transport'],
  'prom-client': ['server/src/metrics'],
  jose: ['server/src/access'],
  'openid-client': ['server/src/access'],
  zod: ['server/src/*.ts'],
  fastify: ['server/src/http', 'server/src/serve.ts'],
};

/**
 * In packages/editor these files are the binding, and what plays a past: whatever else is there knows ProseMirror and no Yjs. y-prosemirror, whose
 * data format it is, is for tests alone.
 */
const binding = [
  'binding',
  'awaited-letters',
  'bring-along',
  'bring-whole',
  'document-sync',
  'edits',
  'held-units',
  'inline-layout',
  'mirror',
  'moved-letters',
  'moves',
  'more-than-text',
  'needed-editor',
  'plain-text',
  'positions',
  'read-fragment',
  'received',
  'replay',
  'replay-blocks',
  'replay-log',
  'text-parts',
  'undo',
  'write-fragment',
  'write-inline',
  'written-blocks',
].map((name) => `packages/editor/src/${name}.ts`);

/** Source text by path from the root of the repository, with `/`. */
export type Sources = ReadonlyMap<string, string>;

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly typesOnly: boolean;
  readonly byName: boolean;
}

/** Every source that ships or measures. */
export function readSources(root: string): Sources {
  const workspaces = [
    'server',
    'web',
    'bench',
    ...readdirSync(path.join(root, 'packages')).map((name) => `packages/${name}`),
  ];
  return readFolders(
    root,
    workspaces.map((workspace) => `${workspace}/src`),
  );
}

/** What tests are made of: it may import what it likes, but not in a circle. */
export function readHarness(root: string): Sources {
  return readFolders(root, ['e2e']);
}

function readFolders(root: string, folders: readonly string[]): Sources {
  const sources = new Map<string, string>();
  for (const folder of folders.filter((folder) => existsSync(path.join(root, folder)))) {
    for (const file of readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })) {
      const name = path.posix.join(folder, file.split(path.sep).join('/'));
      if (isSource(name)) sources.set(name, readFileSync(path.join(root, name), 'utf8'));
    }
  }
  return sources;
}

const isSource = (file: string): boolean =>
  file.endsWith('.ts') && !/\.(test|contract|d)\.ts$/.test(file) && !file.includes('/test/');

/** What the map does not allow, in words; empty when all is well. */
export function findFaults(sources: Sources): string[] {
  const homeless = [...sources.keys()].filter((file) => roomOf(file) === null);
  return [
    ...homeless.map((file) => `${file} is in no room of the map: add a row for its folder to e2e/import-map.ts.`),
    ...arrowsOf(sources).flatMap((arrow) => {
      const fault = judge(arrow);
      return fault === null ? [] : [`${arrow.from} imports ${arrow.to}: ${fault}`];
    }),
    ...[...sources].flatMap(([file, text]) => findIntruders(file, text)),
    ...findCircles(sources),
  ];
}

const arrowsOf = (sources: Sources): Arrow[] => [...sources].flatMap(([file, text]) => readArrows(file, text, sources));

/** The row a file belongs to: the longest that fits its path. `/*.ts` fits the files of that folder, not of those in it. */
function roomOf(file: string): string | null {
  const rows = Object.keys(map).filter((row) =>
    row.endsWith('/*.ts') ? path.posix.dirname(file) === path.posix.dirname(row) : `${file}/`.startsWith(`${row}/`),
  );
  return rows.sort((a, b) => b.length - a.length)[0] ?? null;
}

const workspaceOf = (file: string): string => file.slice(0, file.indexOf('/src/'));

function judge({ from, to, typesOnly, byName }: Arrow): string | null {
  const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
  if (fromRoom === null || toRoom === null || fromRoom === toRoom) return null;
  const allowed = reach(fromRoom);
  if (!allowed.has(toRoom)) {
    if (!allowed.has(`types of ${toRoom}`)) {
      return `"${fromRoom}" may not import "${toRoom}", only ${list([...allowed])}.`;
    }
    if (!typesOnly) return `"${fromRoom}" may import types of "${toRoom}", and nothing that runs.`;
  }
  if (!byName && workspaceOf(from) !== workspaceOf(to)) return 'packages import each other by name, not by path.';
  return null;
}

function reach(room: string): Set<string> {
  const reached = new Set<string>();
  const visit = (next: string): void => {
    if (reached.has(next)) return;
    reached.add(next);
    for (const further of map[next] ?? []) visit(further);
  };
  for (const next of map[room] ?? []) visit(next);
  return reached;
}

const list = (rooms: readonly string[]): string =>
  rooms.length === 0 ? 'itself' : rooms.map((room) => (room.startsWith('types of') ? room : `"${room}"`)).join(', ');

/** `import … from`, `export … from`, `import '…'`, `import('…')`, and workers started by `new URL('…', import.meta.url)`. */
const importLine =
  /^\s*(?:import|export)\s+(?<types>type\s)?[\w$*{},\s]*?\bfrom\s*'(?<from>[^']+)'|^\s*import\s*'(?<effect>[^']+)'|\bimport\(\s*'(?<dynamic>[^']+)'|\bnew URL\(\s*'(?<url>\.[^']+)',\s*import\.meta\.url/gm;

interface Import {
  readonly specifier: string;
  readonly typesOnly: boolean;
}

function readImports(text: string): Import[] {
  return [...text.matchAll(importLine)].map(({ groups = {} }) => ({
    specifier: groups.from ?? groups.effect ?? groups.dynamic ?? groups.url ?? '',
    typesOnly: groups.types !== undefined,
  }));
}

function readArrows(from: string, text: string, sources: Sources): Arrow[] {
  return readImports(text).flatMap(({ specifier, typesOnly }) => {
    const to = resolve(from, specifier, sources);
    return to === null ? [] : [{ from, to, typesOnly, byName: !specifier.startsWith('.') }];
  });
}

function findIntruders(file: string, text: string): string[] {
  const ofYjs = readImports(text).flatMap(({ specifier, typesOnly }) => {
    // The bench measures us against it.
    if (specifier === 'y-prosemirror' && !file.startsWith('bench/'))
      return [`${file} imports y-prosemirror, which is for tests alone.`];
    const isBinding = binding.includes(file) || !file.startsWith('packages/editor/');
    if (specifier !== 'yjs' || typesOnly || isBinding) return [];
    return [`${file} imports yjs, which is for the binding alone.`];
  });
  if (ofYjs.length > 0) return ofYjs;
  if (!file.startsWith('server/src/')) return [];
  return readImports(text).flatMap(({ specifier }) => {
    const rooms = doors[specifier];
    if (!rooms || rooms.includes(roomOf(file) ?? '')) return [];
    return [`${file} imports ${specifier}, which is for ${list(rooms)} alone.`];
  });
}

/** The source an import leads to; null for libraries, Node and assets. */
function resolve(from: string, specifier: string, sources: Sources): string | null {
  const part = /^@weft\/server\/([\w-]+)$/.exec(specifier)?.[1];
  if (part !== undefined) return `server/src/${part}/index.ts`;
  const [, name, inside] = /^@weft\/([\w-]+)(?:\/([\w/-]+))?$/.exec(specifier) ?? [];
  if (name === 'server') return 'server/src/main.ts';
  if (name !== undefined) {
    const file = `packages/${name}/src/${inside}.ts`;
    return sources.has(file) ? file : `packages/${name}/src/index.ts`;
  }
  if (!specifier.startsWith('.')) return null;
  const file = path.posix.join(path.posix.dirname(from), specifier).replace(/\.js$/, '.ts');
  return sources.has(file) ? file : null;
}

/** In words; empty when there is none. */
export function findCircles(sources: Sources): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of arrowsOf(sources)) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) circles.push(`Imports in a circle: ${[...trail.slice(start), file].join(' -> ')}.`);
    if (start >= 0 || done.has(file)) return;
    for (const to of next.get(file) ?? []) walk(to, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) walk(file, []);
  return circles;
}

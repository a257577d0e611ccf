// The map of ARCHITECTURE.md against the import lines of the sources, and the checker against made-up mistakes.

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findCircles, findFaults, readHarness, readSources } from './import-map.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = readSources(root);
const harness = readHarness(root);

/** The faults of the real sources with one more made-up file. */
function faultsWith(file: string, text: string): string[] {
  const known = new Set(findFaults(sources));
  return findFaults(new Map([...sources, [file, text]])).filter((fault) => !known.has(fault));
}

describe('the sources', () => {
  test('are found', () => {
    expect([...sources.keys()]).toContain('packages/protocol/src/index.ts');
    expect([...sources.keys()]).toContain('server/src/log/document-log.ts');
    expect([...sources.keys()].filter((file) => file.includes('.test.'))).toEqual([]);
  });

  test('import only what the map allows, and never in a circle', () => {
    expect(findFaults(sources)).toEqual([]);
  });

  test('of tests import each other in no circle either', () => {
    expect([...harness.keys()]).toContain('e2e/simulation/world.ts');
    expect(findCircles(new Map([...sources, ...harness]))).toEqual([]);
  });

  test('read the environment in config.ts alone', () => {
    const readers = [...sources].filter(
      ([file, text]) => file.startsWith('server/src/') && /\bprocess\.env\b|'node:process'/.test(text),
    );
    expect(readers.map(([file]) => file).filter((file) => file !== 'server/src/config.ts')).toEqual([]);
  });
});

describe('the checker', () => {
  test('lets through what the map allows, straight or along its arrows', () => {
    const text = `import { parseDocumentName } from '@weft/protocol';\nimport type { Entry } from '../log/document-log.js';\n`;
    expect(faultsWith('server/src/transport/made-up.ts', text)).toEqual([]);
    expect(faultsWith('server/src/http/made-up.ts', text)).toEqual([]);
  });

  test('says which arrow is wrong, and what would be right', () => {
    expect(faultsWith('server/src/gate/made-up.ts', `import { type Seq } from '../log/document-log.js';\n`)).toEqual([
      'server/src/gate/made-up.ts imports server/src/log/document-log.ts: ' +
        '"server/src/gate" may not import "server/src/log", only "server/src/*.ts", "packages/protocol".',
    ]);
  });

  test.each([
    ['a type', `import type { A } from '../history/made-up.js';`],
    ['several lines', `import {\n  a,\n  type B,\n} from '../history/made-up.js';`],
    ['a re-export', `export * from '../history/made-up.js';`],
    ['a side effect', `import '../history/made-up.js';`],
    ['a late import', `const { a } = await import('../history/made-up.js');`],
    ['a worker', `new Worker(new URL('../history/made-up.js', import.meta.url));`],
  ])('finds a wrong arrow in %s', (_, line) => {
    const faults = findFaults(
      new Map([
        ['server/src/room/made-up.ts', `${line}\n`],
        ['server/src/history/made-up.ts', ''],
      ]),
    );
    expect(faults).toEqual([expect.stringContaining('"server/src/room" may not import "server/src/history"')]);
  });

  test('tells types from what runs', () => {
    expect(
      faultsWith('server/src/http/made-up.ts', `import { testDocumentLog } from '../log/document-log.js';`),
    ).toEqual([expect.stringContaining('may import types of "server/src/log", and nothing that runs')]);
  });

  test('sees a package reached by its path or by its name', () => {
    const provider = `import { Connection } from '@weft/provider';\n`;
    expect(faultsWith('packages/protocol/src/made-up.ts', provider)).toEqual([
      expect.stringContaining('"packages/protocol" may not import "packages/provider", only itself.'),
    ]);
    expect(faultsWith('bench/src/made-up.ts', `import { a } from '@weft/server';\n`)).toHaveLength(1);
    expect(faultsWith('web/src/made-up.ts', `import { a } from '../../packages/protocol/src/codec.js';\n`)).toEqual([
      expect.stringContaining('packages import each other by name, not by path'),
    ]);
  });

  test('refuses main.ts as something to import, and a folder the map does not know', () => {
    expect(
      findFaults(
        new Map([
          ['server/src/main.ts', ''],
          ['server/src/http/made-up.ts', `import { main } from '../main.js';`],
          ['server/src/attic/made-up.ts', ''],
        ]),
      ),
    ).toEqual([
      expect.stringContaining('server/src/attic/made-up.ts is in no room of the map'),
      expect.stringContaining('"server/src/http" may not import "server/src/main.ts"'),
    ]);
  });

  test('I11: keeps yjs where the workers are, and other libraries at their doors', () => {
    expect(faultsWith('server/src/room/made-up.ts', `import * as Y from 'yjs';\n`)).toEqual([
      'server/src/room/made-up.ts imports yjs, which is for "server/src/history" alone.',
    ]);
    expect(faultsWith('server/src/history/made-up.ts', `import * as Y from 'yjs';\n`)).toEqual([]);
  });

  test('keeps Yjs in the editor within the binding, and y-prosemirror out of all that ships', () => {
    expect(faultsWith('packages/editor/src/made-up.ts', `import * as Y from 'yjs';\n`)).toEqual([
      'packages/editor/src/made-up.ts imports yjs, which is for the binding alone.',
    ]);
    expect(faultsWith('packages/editor/src/made-up.ts', `import type * as Y from 'yjs';\n`)).toEqual([]);
    expect(faultsWith('web/src/made-up.ts', `import { ySyncPlugin } from 'y-prosemirror';\n`)).toEqual([
      'web/src/made-up.ts imports y-prosemirror, which is for tests alone.',
    ]);
  });

  test('finds a circle, through types as well', () => {
    const circle: [string, string][] = [
      ['server/src/log/a.ts', `import { b } from './b.js';`],
      ['server/src/log/b.ts', `import type { C } from './c.js';`],
      ['server/src/log/c.ts', `export { a } from './a.js';`],
    ];
    expect(findFaults(new Map(circle))).toEqual([
      'Imports in a circle: server/src/log/a.ts -> server/src/log/b.ts -> server/src/log/c.ts -> server/src/log/a.ts.',
    ]);
  });
});

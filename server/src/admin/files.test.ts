// Documents that go out to files and come in again: export, import, restore-backup.

import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { fromMarkdown } from '@weft/model';
import type { CloseCode } from '@weft/protocol';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { decodeUpdate } from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { AuditCheck } from '../access/audit-record.js';
import { composeJson, renderJson } from '../history/document-content.js';
import { stateChecks } from '../history/state-checks.js';
import type { ChannelId, DocumentLog, Entry, NewEntry } from '../log/document-log.js';
import { openMemoryLog } from '../log/memory-log.js';
import { content, discussion, documentName, Ear, turn } from '../log/test/log-harness.js';
import { unfinishedRestore } from '../log/unfinished-restore.js';
import { Findings, type VerifiableLog } from '../log/verify-report.js';
import { backup } from './backup.js';
import { eraseDocument, eraseForGood } from './erase.js';
import { exportDocument } from './export.js';
import { importDocument } from './import.js';
import type { AdminContext } from './operation.js';
import { dailyReplacedFiles, replacedFilesOf } from './replaced-files.js';
import { restoreBackup } from './restore-backup.js';
import { testContext } from './test/test-context.js';

interface Stage {
  readonly log: VerifiableLog;
  readonly folder: string;
  readonly context: AdminContext;
  /** Rooms that were closed for everybody, in order. */
  readonly closed: string[];
}

async function stage(options: Parameters<typeof openMemoryLog>[1] = {}): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-files-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'data'));
  const log = await openMemoryLog(undefined, options);
  onTestFinished(() => log.close());
  const closed: string[] = [];
  const withClosed = <T>({ document, kind }: ChannelId, code: CloseCode, _reason: string, action: () => Promise<T>) => {
    closed.push(`${kind} of ${document}: ${code}`);
    return action();
  };
  return { log, folder, context: { ...testContext(log, join(folder, 'data')), withClosed }, closed };
}

async function write(log: DocumentLog, id: ChannelId, entries: readonly NewEntry[]): Promise<void> {
  const ear = new Ear();
  const channel = await log.open(id, ear);
  let seq = 0;
  for (const entry of entries) seq = channel.append(entry);
  await ear.hears(seq);
  await channel.close();
}

/** Real updates, by several people. */
function history(seed: number, authors = ['ann', 'böb', '']): NewEntry[] {
  const { log } = writeAtRandom({ seed, steps: 60 });
  return log.map((update, i) => ({
    timeMs: 1_760_000_000_000 + i * 1000,
    author: authors[i % authors.length]!,
    outboxId: i % 2 ? `box-${i % 4}` : '',
    clientSeq: i % 2 ? i : 0,
    update,
  }));
}

const jsonOf = ({ doc, title }: ReturnType<typeof fromMarkdown>): string => JSON.stringify({ content: doc, title });

const markdownEntry = (text: string, timeMs = 1_760_000_000_000): NewEntry => ({
  timeMs,
  author: 'ann',
  outboxId: '',
  clientSeq: 0,
  update: composeJson(jsonOf(fromMarkdown(text))).update,
});

/** Whose each client id is, as Yjs reads the entries. */
function firstAuthors(entries: readonly Entry[]): ReadonlyMap<number, string> {
  const authors = new Map<number, string>();
  for (const { update, author } of entries) {
    for (const { id } of decodeUpdate(update).structs) if (!authors.has(id.client)) authors.set(id.client, author);
  }
  return authors;
}

const entriesOf = async (log: DocumentLog, id: ChannelId) => (await log.view(id)).entriesAfter(0);

describe('a document with its history', () => {
  test('comes in elsewhere with every entry, author and time, and its checkpoint', async () => {
    const [here, there] = [await stage(), await stage()];
    await write(here.log, content('notes'), history(1));
    await write(here.log, discussion('notes'), history(2));
    const file = join(here.folder, 'notes.weft');
    const exported = await exportDocument.run({ name: 'notes', format: 'weft', seq: null, file }, here.context);
    expect(exported).toMatchObject({ seq: (await here.log.view(content('notes'))).head, warnings: [] });

    const imported = await importDocument.run({ file, name: null, replace: false }, there.context);
    expect(imported).toMatchObject({ name: 'notes', replaced: null, warnings: [] });
    for (const id of [content('notes'), discussion('notes')]) {
      expect(await entriesOf(there.log, id)).toEqual(await entriesOf(here.log, id));
      const [from, to] = [await here.log.view(id), await there.log.view(id)];
      expect(to.link).toEqual(from.link);
      // L5: it is another history from here on.
      expect(to.epoch).toBeGreaterThan(from.epoch);
      expect(to.checkpoint?.seq).toBe(to.head);
      expect(to.checkpoint!.owners).toEqual(firstAuthors(await entriesOf(here.log, id)));
      expect(new Set(to.checkpoint!.owners.values()).size).toBeGreaterThan(1);
    }
    const again = join(there.folder, 'again.weft');
    await exportDocument.run({ name: 'notes', format: 'weft', seq: null, file: again }, there.context);
    await importDocument.run({ file: again, name: 'copy', replace: false }, here.context);
    expect(await entriesOf(here.log, content('copy'))).toEqual(await entriesOf(here.log, content('notes')));
  });

  test('replaces another only when told to, and keeps what it replaced in a file that brings it back', async () => {
    const { log, folder, context, closed } = await stage();
    await write(log, content('old/plan'), history(3));
    await write(log, discussion('old/plan'), history(4));
    const before = await entriesOf(log, content('old/plan'));
    const talkBefore = await entriesOf(log, discussion('old/plan'));
    await write(log, content('new'), history(5));
    const file = join(folder, 'new.weft');
    await exportDocument.run({ name: 'new', format: 'weft', seq: null, file }, context);

    const refused = importDocument.run({ file, name: 'old/plan', replace: false }, context);
    await expect(refused).rejects.toMatchObject({ code: 'DOCUMENT_EXISTS' });
    expect(closed).toEqual([]);
    const { epoch } = await log.view(content('old/plan'));
    const { replaced } = await importDocument.run({ file, name: 'old/plan', replace: true }, context);
    expect(closed).toEqual(['content of old/plan: 4509', 'discussion of old/plan: 4509']);
    expect(await entriesOf(log, content('old/plan'))).toEqual(await entriesOf(log, content('new')));
    expect(await entriesOf(log, discussion('old/plan'))).toEqual([]);
    expect((await log.view(content('old/plan'))).epoch).toBeGreaterThan(epoch);
    expect(replaced).toMatch(/data\/replaced\/old%2Fplan-\d{8}T\d{9}Z\.weft$/);

    await importDocument.run({ file: replaced!, name: 'old/plan', replace: true }, context);
    expect(await entriesOf(log, content('old/plan'))).toEqual(before);
    expect(await entriesOf(log, discussion('old/plan'))).toEqual(talkBefore);
  });

  test('leaves no file of what it replaced once it is erased, and those of others stay', async () => {
    const { log, folder, context } = await stage();
    const file = join(folder, 'x.md');
    await writeFile(file, 'x');
    const names = ['plan', 'plan-b', `${'long '.repeat(40)}a`, `${'long '.repeat(40)}b`];
    for (const name of names) {
      await importDocument.run({ file, name, replace: false }, context);
      await importDocument.run({ file, name, replace: true }, context);
    }
    const kept = async () => (await readdir(join(folder, 'data/replaced'))).length;
    expect(await kept()).toBe(4);
    for (const [index, name] of names.entries()) {
      await eraseDocument.run({ name }, context);
      expect(await kept()).toBe(3 - index);
    }
    expect(await log.documents()).toEqual([]);
  });

  test('L5: of a document that was not erased after all, as it is another one at another server by now, they stay', async () => {
    const { log, folder, context } = await stage();
    const file = join(folder, 'x.md');
    await writeFile(file, 'x');
    await importDocument.run({ file, name: 'plan', replace: false }, context);
    const { replaced } = await importDocument.run({ file, name: 'plan', replace: true }, context);
    const rearrange = vi.spyOn(log, 'rearrange');
    rearrange.mockImplementation((action) => action({ ...log, eraseDocument: async () => false }));
    expect(await eraseForGood(documentName('plan'), context)).toBe(false);
    expect(await replacedFilesOf(context.dataFolder, documentName('plan'))).toEqual([replaced]);
    rearrange.mockRestore();
    expect(await eraseForGood(documentName('plan'), context)).toBe(true);
    expect(await replacedFilesOf(context.dataFolder, documentName('plan'))).toEqual([]);
  });

  test('L5: what lies at this server of documents that another one erased goes, once a day', async () => {
    const { log, folder, context } = await stage();
    const file = join(folder, 'x.md');
    await writeFile(file, 'x');
    const names = ['erased', 'here', 'made again', 'damaged'];
    for (const name of names) {
      await importDocument.run({ file, name, replace: false }, context);
      const { replaced } = await importDocument.run({ file, name, replace: true }, context);
      if (name === 'damaged') await writeFile(replaced!, 'damaged');
      if (name !== 'here') await log.eraseDocument(documentName(name));
    }
    await log.createDocument(documentName('made again'), 1);
    const complaints: string[] = [];
    const pass = dailyReplacedFiles(context.dataFolder, log, (sentence) => void complaints.push(sentence));
    const duty = { work: 'daily', token: 0, signal: new AbortController().signal } as const;
    await pass(duty);
    const left = await readdir(join(context.dataFolder, 'replaced'));
    expect(left.map((name) => name.replace(/-\d.*/, '')).sort()).toEqual(['damaged', 'here', 'made%20again']);
    vi.spyOn(log, 'wasErased').mockRejectedValueOnce(new Error('It does not answer.'));
    await pass(duty);
    expect(complaints).toEqual([
      expect.stringMatching(/^What erased documents left in .*replaced could not be removed: It does not answer\./),
    ]);
  });

  test('a file of another document whose name begins like it stays, also one that cannot be read', async () => {
    const { folder, context } = await stage();
    const file = join(folder, 'x.md');
    await writeFile(file, 'x');
    for (const name of ['plan', 'plan-b']) {
      await importDocument.run({ file, name, replace: false }, context);
      const { replaced } = await importDocument.run({ file, name, replace: true }, context);
      await writeFile(replaced!, 'damaged');
    }
    await eraseDocument.run({ name: 'plan' }, context);
    expect(await readdir(join(folder, 'data/replaced'))).toEqual([expect.stringMatching(/^plan-b-/)]);
  });

  test('can be erased again when that was cut short, and what may hold some of it is named', async () => {
    const { log, folder, context } = await stage();
    const file = join(folder, 'x.md');
    await writeFile(file, 'x');
    await importDocument.run({ file, name: 'plan', replace: false }, context);
    await importDocument.run({ file, name: 'plan', replace: true }, context);
    const cut = join(context.dataFolder, 'cut-2026-11-21T08-00-00.000Z');
    await writeFile(cut, 'records');
    vi.spyOn(log, 'rearrange').mockImplementationOnce(async () => {
      await log.eraseDocument(documentName('plan'));
      throw new Error('cut short');
    });
    await expect(eraseDocument.run({ name: 'plan' }, context)).rejects.toThrow('cut short');
    expect(await log.documents()).toEqual([]);
    const erased = await eraseDocument.run({ name: 'plan' }, context);
    expect(erased.wasErasedBefore).toBe(true);
    expect(await replacedFilesOf(context.dataFolder, documentName('plan'))).toEqual([]);
    expect(erased.cutFiles).toEqual([cut]);
  });

  test('is refused, and nothing changed, when its entries make no document', async () => {
    const { log, folder, context, closed } = await stage();
    await write(log, content('bad'), [{ ...markdownEntry('x'), update: new TextEncoder().encode('no update') }]);
    await write(log, content('good'), history(6));
    const file = join(folder, 'bad.weft');
    await exportDocument.run({ name: 'bad', format: 'weft', seq: null, file }, context);
    const before = await entriesOf(log, content('good'));
    await expect(importDocument.run({ file, name: 'good', replace: true }, context)).rejects.toMatchObject({
      code: 'ARCHIVE_UNREADABLE',
      message: expect.stringMatching(/^The content of good cannot be built from its entries: .*Nothing was changed\.$/),
    });
    expect(await entriesOf(log, content('good'))).toEqual(before);
    expect(closed).toEqual([]);
  });
});

describe('the text of a document', () => {
  const MARKDOWN = '---\ntitle: "Winter"\n---\n\n# Stores\n\n- Oil\n- **Wicks**\n';

  test.each(['md', 'json'] as const)('goes out as .%s and comes in the same', async (ending) => {
    const { log, folder, context } = await stage();
    const format = ending === 'md' ? 'markdown' : 'json';
    await write(log, content('notes'), [markdownEntry(MARKDOWN)]);
    const first = join(folder, `first.${ending}`);
    await exportDocument.run({ name: 'notes', format, seq: null, file: first }, context);
    const imported = await importDocument.run({ file: first, name: 'other', replace: false }, context);
    expect(imported).toEqual({ name: 'other', entries: 1, replaced: null, warnings: [] });
    expect(await log.document(documentName('other'))).toMatchObject({ title: 'Winter', excerpt: 'Stores Oil Wicks' });
    const second = join(folder, `second.${ending}`);
    await exportDocument.run({ name: 'other', format, seq: null, file: second }, context);
    const [a, b] = [await readFile(first, 'utf8'), await readFile(second, 'utf8')];
    if (format === 'markdown') {
      expect(a).toBe(MARKDOWN);
      expect(b).toBe(a);
    } else {
      const { name, time, ...text } = JSON.parse(a) as Record<string, unknown>;
      expect({ name, time }).toEqual({ name: 'notes', time: '2025-10-09T08:53:20.000Z' });
      expect(text).toMatchObject({ weft: 1, title: 'Winter', seq: 1 });
      expect(JSON.parse(b)).toMatchObject({ content: text.content, title: 'Winter', name: 'other' });
    }
  });

  test('goes out as it was after an entry', async () => {
    const { log, folder, context } = await stage();
    const rows = history(7);
    await write(log, content('notes'), rows);
    const at = async (seq: number | null) => {
      const file = join(folder, `${seq}.json`);
      const { warnings } = await exportDocument.run({ name: 'notes', format: 'json', seq, file }, context);
      return {
        ...(JSON.parse(await readFile(file, 'utf8')) as { seq: number; time: string; content: unknown }),
        warnings,
      };
    };
    const [middle, head] = [await at(20), await at(null)];
    expect(middle).toMatchObject({ seq: 20, time: new Date(rows[19]!.timeMs).toISOString() });
    expect(head.seq).toBe(rows.length);
    expect(middle.content).not.toEqual(head.content);
    const updates = rows.slice(0, 20).map(({ update }) => update);
    expect(middle.content).toEqual(renderJson({ checkpointState: null, updates }).content);
    expect(await at(0)).toMatchObject({ seq: 0, content: { content: [] } });
    await expect(at(rows.length + 1)).rejects.toMatchObject({ code: 'BAD_USAGE' });
  });

  test('leaves the discussion of a document it replaces', async () => {
    const { log, folder, context } = await stage();
    await write(log, content('notes'), [markdownEntry('old')]);
    await write(log, discussion('notes'), history(8));
    const talk = await entriesOf(log, discussion('notes'));
    const file = join(folder, 'notes.md');
    await writeFile(file, 'new\n');
    expect(await importDocument.run({ file, name: null, replace: true }, context)).toMatchObject({ name: 'notes' });
    expect(await entriesOf(log, discussion('notes'))).toEqual(talk);
    expect((await log.document(documentName('notes')))!.title).toBe('new');
  });

  test.each([
    ['x.html', '<p>text</p>', 'BAD_USAGE', 'choose Import on its start page'],
    ['x.rtf', 'text', 'BAD_USAGE', 'is no .weft, .docx, .md, .txt or .json file'],
    ['x.json', '{"content":', 'ARCHIVE_UNREADABLE', 'cannot be read'],
    ['x.json', '{"content":{"type":"doc","content":[{}]}}', 'ARCHIVE_UNREADABLE', 'has no type'],
    ['x.md', '> '.repeat(400), 'ARCHIVE_UNREADABLE', 'nested'],
    ['x.md', 'word '.repeat(1_000_000), 'ARCHIVE_UNREADABLE', 'beyond the limit'],
    ['x.docx', 'no zip', 'ARCHIVE_UNREADABLE', 'It is no .docx file.'],
    ['x.weft', '# Not an archive', 'ARCHIVE_UNREADABLE', 'is not a document that Weft has exported'],
  ])('%s of %.20s is refused with a sentence', async (name, text, code, words) => {
    const { log, folder, context } = await stage();
    const file = join(folder, name);
    await writeFile(file, text);
    const refused = importDocument.run({ file, name: 'x', replace: false }, context);
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    expect(await log.documents()).toEqual([]);
  });

  test('a file that is not there, a name that is none and a file in the way are told', async () => {
    const { log, folder, context } = await stage();
    await write(log, content('notes'), [markdownEntry('x')]);
    const file = join(folder, 'x.md');
    const there = { format: 'markdown', seq: null, file } as const;
    await expect(importDocument.run({ file, name: 'x', replace: false }, context)).rejects.toThrow('There is no file');
    await writeFile(file, 'x');
    await expect(importDocument.run({ file, name: 'a//b', replace: false }, context)).rejects.toMatchObject({
      code: 'BAD_USAGE',
    });
    await expect(exportDocument.run({ name: 'notes', ...there }, context)).rejects.toThrow('is there already');
    const unknown = exportDocument.run({ name: 'nowhere', ...there }, context);
    await expect(unknown).rejects.toMatchObject({ code: 'NO_SUCH_DOCUMENT' });
  });
});

describe('a backup', () => {
  async function backedUp() {
    const here = await stage();
    for (const name of ['a', 'b', 'c']) await write(here.log, content(name), history(name.charCodeAt(0)));
    await write(here.log, discussion('b'), history(9));
    await here.log.createDocument(documentName('empty'), 5000);
    const folder = join(here.folder, 'backup');
    await backup.run({ folder }, here.context);
    return { ...here, folder };
  }
  const everything = { document: null, all: false };

  test('comes back into an empty data folder as it was, every channel in a new epoch', async () => {
    const here = await backedUp();
    const there = await stage();
    const { documents, faults } = await restoreBackup.run({ folder: here.folder, ...everything }, there.context);
    expect(faults).toEqual([]);
    expect(documents.map(({ name, replaced }) => ({ name, replaced }))).toEqual(
      ['a', 'b', 'c', 'empty'].map((name) => ({ name, replaced: null })),
    );
    for (const id of [content('a'), content('b'), discussion('b'), content('c')]) {
      expect(await entriesOf(there.log, id)).toEqual(await entriesOf(here.log, id));
      const { epoch, checkpoint } = await there.log.view(id);
      expect(epoch).toBeGreaterThan((await here.log.view(id)).epoch);
      expect(checkpoint!.owners).toEqual(firstAuthors(await entriesOf(here.log, id)));
    }
    expect(await log(there)).toMatchObject([
      { name: 'a' },
      { name: 'b' },
      { name: 'c' },
      { name: 'empty', createdAtMs: 5000 },
    ]);
  });
  const log = (place: Stage) => place.log.documents();

  test('goes on where it was cut short, with the same backup only', async () => {
    const here = await backedUp();
    const there = await stage();
    const controller = new AbortController();
    const context: AdminContext = {
      ...there.context,
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 2) controller.abort();
      },
    };
    const cutShort = restoreBackup.run({ folder: here.folder, ...everything }, context);
    await expect(cutShort).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await unfinishedRestore(context.dataFolder)).toBe(here.folder);
    const other = await backedUp();
    const refused = restoreBackup.run({ folder: other.folder, ...everything }, there.context);
    await expect(refused).rejects.toMatchObject({ code: 'DOCUMENT_EXISTS' });

    const { faults } = await restoreBackup.run({ folder: here.folder, ...everything }, there.context);
    expect(faults).toEqual([]);
    expect((await log(there)).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'empty']);
    expect(await unfinishedRestore(context.dataFolder)).toBe(null);
  });

  test('does not touch a data folder with documents unless it is told which', async () => {
    const here = await backedUp();
    const there = await stage();
    await write(there.log, content('a'), history(20));
    await write(there.log, content('own'), history(21));
    const [other, own] = [await entriesOf(there.log, content('a')), await entriesOf(there.log, content('own'))];
    const refused = restoreBackup.run({ folder: here.folder, ...everything }, there.context);
    await expect(refused).rejects.toMatchObject({ code: 'DOCUMENT_EXISTS' });
    expect(await entriesOf(there.log, content('a'))).toEqual(other);

    const one = await restoreBackup.run({ folder: here.folder, document: 'a', all: false }, there.context);
    expect(await entriesOf(there.log, content('a'))).toEqual(await entriesOf(here.log, content('a')));
    expect((await log(there)).map(({ name }) => name)).toEqual(['a', 'own']);
    await importDocument.run({ file: one.documents[0]!.replaced!, name: 'before', replace: false }, there.context);
    expect(await entriesOf(there.log, content('before'))).toEqual(other);

    await restoreBackup.run({ folder: here.folder, document: null, all: true }, there.context);
    expect((await log(there)).map(({ name }) => name)).toEqual(['a', 'b', 'before', 'c', 'empty', 'own']);
    expect(await entriesOf(there.log, content('own'))).toEqual(own);
    const unknown = restoreBackup.run({ folder: here.folder, document: 'z', all: false }, there.context);
    await expect(unknown).rejects.toMatchObject({ code: 'NO_SUCH_DOCUMENT' });
    await expect(restoreBackup.run({ folder: there.folder, ...everything }, there.context)).rejects.toThrow(
      'no backup',
    );
  });

  test('I10: a document that is damaged in it is named and left as it is, and the others come back', async () => {
    const here = await backedUp();
    const manifest = await readFile(join(here.folder, 'manifest.jsonl'), 'utf8');
    const file = join(here.folder, /"kind":"discussion".*?"file":"([^"]+)"/.exec(manifest)![1]!);
    const bytes = await readFile(file);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(file, bytes);
    const there = await stage();
    await write(there.log, content('b'), history(22));
    const before = await entriesOf(there.log, content('b'));
    const { documents, faults } = await restoreBackup.run(
      { folder: here.folder, document: null, all: true },
      there.context,
    );
    expect(documents.map(({ name }) => name)).toEqual(['a', 'c', 'empty']);
    expect(faults).toEqual([
      expect.stringMatching(/lost the entries 1–\d+ of the discussion of b\..*"b" was left as it is\./),
    ]);
    expect(await entriesOf(there.log, content('b'))).toEqual(before);
  });

  test('brings a document back over one that is damaged beyond being kept, and says so', async () => {
    const here = await backedUp();
    const damaged: DocumentLog['view'] = async (id) => {
      const view = await here.log.view(id);
      const entriesAfter: typeof view.entriesAfter = async (after, upTo) =>
        (await view.entriesAfter(after, upTo)).map((entry) => ({ ...entry, author: 'eve' }));
      const { epoch, head, link } = view;
      const shown = { id, epoch, head, link, entriesAfter, base: () => view.base() };
      return id.document === 'a' ? Object.assign(Object.create(view), shown) : view;
    };
    const log = new Proxy(here.log, {
      get: (target, key) => {
        if (key === 'view') return damaged;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const context = { ...here.context, log } as AdminContext;
    const { documents, faults } = await restoreBackup.run({ folder: here.folder, document: 'a', all: false }, context);
    expect(documents).toMatchObject([{ name: 'a', replaced: null }]);
    expect(faults).toEqual([expect.stringContaining('could not be kept in a file, because it is damaged')]);
  });
});

test.each(['Erasing', 'Building'])('nobody is sent out while a check of the whole store goes on: %s', async (doing) => {
  const [held, checking, ready] = [latch(), latch(), latch()];
  let isChecked = false;
  const { log, folder, context, closed } = await stage({
    inflate: async (bytes) => {
      if (isChecked) {
        checking.release();
        await held.released;
      }
      return inflateRawSync(bytes);
    },
  });
  await write(log, content('notes'), [markdownEntry('old')]);
  await log.compact(() => undefined);
  const file = join(folder, 'other.md');
  await writeFile(file, 'new\n');
  isChecked = true;
  const findings = new Findings();
  const { signal, onProgress: ignore } = context;
  const checked = log.verify(1000, {
    findings,
    states: stateChecks,
    records: new AuditCheck(),
    watermark: null,
    restMs: 0,
    signal,
    onProgress: ignore,
  });
  await checking.released;

  const onProgress: typeof context.onProgress = (progress) => progress.doing.startsWith(doing) && ready.release();
  const done =
    doing === 'Erasing'
      ? eraseDocument.run({ name: 'notes' }, { ...context, onProgress })
      : importDocument.run({ file, name: null, replace: false }, { ...context, onProgress });
  await ready.released;
  for (let round = 0; round < 10; round++) await turn();
  expect(closed).toEqual([]);

  // L3: a document that has lost text does not wait, also when it is the one that is to be closed.
  const epoch = await log.beginEpoch(content('notes'));
  expect((await log.view(content('notes'))).epoch).toBe(epoch);
  held.release();
  await Promise.all([checked, done]);
  expect(findings.report().isSound).toBe(true);
  expect(closed).toHaveLength(2);
});

function latch(): { release: () => void; readonly released: Promise<void> } {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { release, released };
}

test('a pipe in the place of a file is refused, and nobody waits for what may come out of it', async () => {
  const { context, folder } = await stage();
  const pipe = join(folder, 'notes.weft');
  execFileSync('mkfifo', [pipe]);
  await expect(importDocument.run({ file: pipe, name: null, replace: false }, context)).rejects.toMatchObject({
    code: 'ARCHIVE_UNREADABLE',
    message: expect.stringContaining('it is not a file'),
  });
  const bad = join(folder, 'backup');
  await mkdir(bad);
  execFileSync('mkfifo', [join(bad, 'manifest.jsonl')]);
  await expect(restoreBackup.run({ folder: bad, document: null, all: false }, context)).rejects.toMatchObject({
    code: 'ARCHIVE_UNREADABLE',
  });
});

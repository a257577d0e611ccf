// What takes a document's place at one of two servers, while somebody writes in it at the other.

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { readDocumentArchive } from '../archive/archived-document.js';
import { readPieces } from '../archive/files.js';
import type { ChannelKind } from '../log/document-log.js';
import { openPostgresLog } from '../log/postgres/postgres-log.js';
import { Holder } from '../log/test/holder.js';
import { content, discussion, textOf } from '../log/test/log-harness.js';
import { PostgresServer } from '../log/test/postgres-server.js';
import { exportDocument } from './export.js';
import { importDocument } from './import.js';
import { testContext } from './test/test-context.js';

const NOTES = content('notes');
const TALK = discussion('notes');

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: replacing at two servers. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

const onFailure = (error: Error): void => {
  throw error;
};

describe.skipIf(postgres.missing !== null)(
  'what takes the place of a document in which somebody writes at another server',
  () => {
    const { server } = postgres as { readonly server: PostgresServer };

    /**
     * @param writes whether somebody writes there before the next change of the store here
     * @param begun what was written in it before
     */
    async function stage(
      id: typeof NOTES,
      writes: (written: number) => boolean,
      begun: readonly (typeof NOTES)[] = id === NOTES ? [NOTES] : [NOTES, id],
    ) {
      const url = await server.newPlace();
      onTestFinished(() => server.removePlace(url));
      const open = async (beforeWrite: () => Promise<void> = async () => undefined) => {
        const log = await openPostgresLog(url, { onFailure, shared: { compareEveryMs: 2 ** 30 }, beforeWrite });
        onTestFinished(() => log.close());
        return log;
      };
      const there = await open();
      let holder: Holder | null = null;
      const written: string[] = [];
      const write = async (id = NOTES): Promise<void> => {
        // Who was sent out comes back.
        await holder?.channel.catchUp();
        if (holder?.isLetGo || holder?.channel.id !== id) {
          await holder?.channel.close();
          holder = await Holder.open(there, id);
        }
        written.push(`written ${written.length + 1}`);
        holder.append(written.at(-1)!);
        await holder.until(() => !holder!.isWaiting);
      };
      for (const id of begun) await write(id);
      const folder = await mkdtemp(join(tmpdir(), 'weft-replace-'));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      let isWriting = false;
      const here = await open(async () => {
        if (isWriting && writes(written.length)) await write(id);
      });
      const file = join(folder, 'notes.md');
      await writeFile(file, 'the new one');
      const archive = join(folder, 'notes.weft');
      const whole = testContext(here, folder);
      await importDocument.run({ file, name: 'new', replace: false }, whole);
      await exportDocument.run({ name: 'new', format: 'weft', seq: null, file: archive }, whole);
      const noted: string[] = [];
      const note = ({ action }: { readonly action: string }): void => void noted.push(action);
      const replace = ({ signal = whole.signal, replace = true } = {}) => {
        isWriting = true;
        const given = { file: archive, name: 'notes', replace };
        return importDocument.run(given, { ...whole, signal, audit: { ...whole.audit, note } }).finally(() => {
          isWriting = false;
        });
      };
      const textsOf = async (id = NOTES) => (await (await there.view(id)).entriesAfter(0)).map(textOf);
      const files = () => readdir(join(folder, 'replaced')).catch(() => []);
      const textsInFile = async (file: string, kind: ChannelKind = 'content') =>
        (await readDocumentArchive(readPieces(file, file), file)).channels.get(kind)!.map(textOf);
      return { replace, written, textsOf, textsInFile, files, noted };
    }

    test('L5: nothing of it is lost, and the last of the files that were begun is the one that is left', async () => {
      const { replace, written, textsOf, textsInFile, files } = await stage(NOTES, (count) => count < 4);
      const { replaced, warnings } = await replace();
      expect(warnings).toEqual([]);
      expect(await files()).toHaveLength(1);
      expect(await textsInFile(replaced!)).toEqual(written);
      expect(written).toHaveLength(4);
      expect(await textsOf()).not.toContain(written.at(-1));
    });

    test('L5: where comments alone are written meanwhile, the newest are in a file of their own', async () => {
      const { replace, written, textsOf, textsInFile, files } = await stage(TALK, (count) => count < 5);
      const { replaced, warnings } = await replace();
      const [, last] = /^What was written at another server meanwhile is in (.*)\.$/.exec(warnings.join())!;
      expect(await files()).toHaveLength(2);
      expect(await textsInFile(replaced!)).toEqual(['written 1']);
      expect(await textsInFile(last!, 'discussion')).toEqual(written.slice(1));
      expect([await textsOf(TALK), written.length]).toEqual([[], 5]);
    });

    test('L5: a first comment that is written meanwhile is not one on what takes its place', async () => {
      const { replace, written, textsOf, textsInFile } = await stage(TALK, (count) => count < 2, [NOTES]);
      const { warnings } = await replace();
      const [, last] = /^What was written at another server meanwhile is in (.*)\.$/.exec(warnings.join())!;
      expect(await textsInFile(last!, 'discussion')).toEqual(written.slice(1));
      expect([await textsOf(TALK), written.length]).toEqual([[], 2]);
    });

    test('comments that are written all the time stay, and that is said', async () => {
      const { replace, written, textsOf, textsInFile, files } = await stage(TALK, () => true);
      const { replaced, warnings } = await replace();
      expect(warnings).toEqual([expect.stringMatching(/^What stands beside the text was not replaced/)]);
      expect(await files()).toHaveLength(1);
      expect(await textsInFile(replaced!)).toEqual(['written 1']);
      expect(await textsOf()).not.toContain('written 1');
      expect(written.length).toBeGreaterThan(8);
      expect(await textsOf(TALK)).toEqual(written.slice(1));
    });

    test('it is not tried for ever: nothing is changed then, and no file is left', async () => {
      const { replace, written, textsOf, files } = await stage(NOTES, () => true);
      await expect(replace()).rejects.toMatchObject({
        code: 'SEVERAL_SERVERS',
        message: expect.stringMatching(/each of the 8 times .* Nothing was changed: ask again when they pause\.$/),
      });
      expect(await textsOf()).toEqual(written);
      expect(await files()).toEqual([]);
    });

    test('whoever asked may take it back while it is tried', async () => {
      const wanted = new AbortController();
      const { replace, written, textsOf, files } = await stage(NOTES, (count) => {
        if (count === 3) wanted.abort();
        return true;
      });
      await expect(replace({ signal: wanted.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
      expect(await textsOf()).toEqual(written);
      expect(await files()).toEqual([]);
    });

    for (const [when, change] of [
      ['before it is made here', 1],
      ['right after it was made here', 2],
    ] as const) {
      test(`what may replace nothing does not replace what somebody begins at another server ${when}`, async () => {
        let changes = 0;
        const { replace, written, textsOf, files, noted } = await stage(NOTES, () => ++changes === change, []);
        await expect(replace({ replace: false })).rejects.toMatchObject({
          code: 'DOCUMENT_EXISTS',
          message: expect.stringMatching(/^There is a document "notes" already, and nothing was changed\./),
        });
        expect(written).toEqual(['written 1']);
        expect(await textsOf()).toEqual(written);
        expect(await files()).toEqual([]);
        expect(noted).toEqual([]);
      });

      test(`L5: what somebody begins at another server ${when} is in a file, and the audit log says so`, async () => {
        let changes = 0;
        const { replace, written, textsInFile, files, noted } = await stage(NOTES, () => ++changes === change, []);
        const { replaced, warnings } = await replace();
        expect(warnings).toEqual([]);
        expect(await files()).toHaveLength(1);
        expect(await textsInFile(replaced!)).toEqual(written);
        expect(noted).toEqual(['document-replaced']);
      });
    }

    test('what takes the place of nothing is imported', async () => {
      const { replace, textsOf, noted } = await stage(NOTES, () => false, []);
      const { replaced } = await replace({ replace: false });
      expect([replaced, (await textsOf()).length, noted]).toEqual([null, 1, ['document-imported']]);
    });
  },
);

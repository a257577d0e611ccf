// Checks the files of a store as files, apart from what LevelDB makes of them (leveldb-files.ts).

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Findings, StorePlace, VerifyOptions } from '../verify-report.js';
import { faultsOfLog, faultsOfTable } from './leveldb-files.js';
import { listing } from './shadow.js';
import { Stretches } from './stretches.js';

interface Suspect {
  readonly name: string;
  /** As in `listing`: its size and time. */
  readonly seen: string;
}

/** @param folder of the store */
export const levelPlace = (folder: string): StorePlace => ({
  bytes: () => storeBytes(folder),
  checkFiles: (options) => verifyFiles(folder, options),
});

/** Bytes of all files of a store. */
export async function storeBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const text of (await listing(folder)).values()) bytes += Number.parseInt(text, 10);
  return bytes;
}

/**
 * Checks every file.
 * @returns a second look, for later: in the folder of a running server a file may have been half written, or be gone by now
 */
export async function verifyFiles(
  folder: string,
  { findings, restMs, onProgress, signal }: VerifyOptions,
): Promise<() => Promise<void>> {
  const stretches = new Stretches(signal, restMs);
  const files = await listing(folder);
  const total = await storeBytes(folder);
  const suspects: Suspect[] = [];
  let done = 0;
  for (const [name, seen] of files) {
    const { faults, isTorn } = await look(folder, name);
    if (faults.length > 0 || isTorn) suspects.push({ name, seen });
    done += Number.parseInt(seen, 10);
    onProgress({ doing: 'Checking files', done, total });
    if (stretches.isOver) await stretches.next();
  }
  return async () => {
    for (const { name, seen } of suspects) await lookAgain(folder, name, seen, findings);
  };
}

async function lookAgain(folder: string, name: string, seen: string, findings: Findings): Promise<void> {
  // A table that grew is being written, and so is a log; what is gone was replaced by something else.
  if ((await listing(folder)).get(name) !== seen) return;
  const { faults, isTorn } = await look(folder, name);
  for (const fault of faults) findings.damage(`The file ${join(folder, name)} is damaged: ${fault}.`);
  if (isTorn) {
    findings.remark(
      `The file ${join(folder, name)} ends within a write. A process that was killed leaves that, and nobody was told of that write.`,
    );
  }
}

async function look(folder: string, name: string): Promise<{ faults: readonly string[]; isTorn: boolean }> {
  let file: Buffer;
  try {
    file = await readFile(join(folder, name));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { faults: code === 'ENOENT' ? [] : [`it cannot be read (${message})`], isTorn: false };
  }
  if (/\.(ldb|sst)$/.test(name)) return { faults: faultsOfTable(file), isTorn: false };
  if (name === 'CURRENT') {
    return { faults: /^MANIFEST-\d+\n$/.test(file.toString('latin1')) ? [] : ['it names no MANIFEST'], isTorn: false };
  }
  const { faults, tornAt } = faultsOfLog(file);
  return { faults, isTorn: tornAt !== null };
}

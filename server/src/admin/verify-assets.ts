// The part of `weft verify` that looks at the files of documents, and how what understands small records is put together.

import { AuditCheck } from '../access/audit-record.js';
import { AssetCheck, faultOfFile } from '../assets/asset-check.js';
import { assetKey } from '../assets/asset-record.js';
import { faultOfPast } from '../history/past-records.js';
import type { RecordStore, Table } from '../log/document-log.js';
import type { FileStore } from '../log/file-store.js';
import { Stretches } from '../log/level/stretches.js';
import type { RecordChecks, VerifyOptions } from '../log/verify-report.js';
import { throwIfCancelled } from '../sync-error.js';

/** Of one check. */
export class AllRecordChecks implements RecordChecks {
  readonly assets = new AssetCheck();
  readonly #audit = new AuditCheck();

  take(table: Table, key: string, value: Uint8Array | null): string | null {
    return this.#audit.take(table, key, value) ?? this.assets.take(table, key, value) ?? faultOfPast(table, key, value);
  }

  finish(): string | null {
    return this.#audit.finish();
  }
}

/** @param records of a running server, in which a document may have been erased since; null where nobody changes anything */
export async function verifyAssets(
  files: FileStore,
  { assets }: AllRecordChecks,
  records: RecordStore | null,
  { findings, restMs, onProgress, signal }: VerifyOptions,
): Promise<void> {
  const stretches = new Stretches(signal, restMs);
  const { named, nobodys } = assets;
  const total = named.reduce((sum, { asset }) => sum + asset.bytes, 0);
  let done = 0;
  const rest = async (): Promise<void> => {
    throwIfCancelled(signal);
    if (stretches.isOver) await stretches.next();
  };
  for (const { document, asset } of named) {
    const fault = await faultOfFile(files, asset, rest);
    const isStillNamed = async (): Promise<boolean> =>
      records === null || (await records.get('asset', assetKey(document, asset.id)).catch(() => true)) !== null;
    if (fault !== null && (await isStillNamed())) findings.damageOfDocument(document, fault);
    done += asset.bytes;
    findings.bytes += asset.bytes;
    onProgress({ doing: 'Checking files of documents', done, total });
  }
  for (const id of nobodys) findings.remark(`No document has the file ${files.whereIs(id)}. It may be removed.`);
}

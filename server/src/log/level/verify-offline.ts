// Checks the store of a folder that nobody has open, without changing a byte of it.

import { SyncError } from '../../sync-error.js';
import type { VerifyOptions } from '../verify-report.js';
import { openLevelStore } from './level-store.js';
import { zlibCompression } from './segment.js';
import { makeShadow } from './shadow.js';
import { verifyStore } from './verify.js';
import { storeBytes, verifyFiles } from './verify-files.js';

/** @throws SyncError `CANCELLED`; `STORE_IN_USE`, `NOT_PERMITTED`, `STORE_UNREADABLE` when no check can be made at all */
export async function verifyFolder(storeFolder: string, options: VerifyOptions): Promise<void> {
  const shadow = await makeShadow(storeFolder);
  try {
    // The files as they are, before LevelDB opens the shadow and tidies it up.
    await (await verifyFiles(storeFolder, options))();
    await verifyShadow(shadow.folder, storeFolder, options);
  } finally {
    await shadow.remove();
  }
}

async function verifyShadow(shadow: string, storeFolder: string, options: VerifyOptions): Promise<void> {
  const { findings } = options;
  const asItsOwn = (sentence: string): string => sentence.replaceAll(shadow, storeFolder);
  try {
    const store = await openLevelStore(shadow, (sentence) => findings.damage(asItsOwn(sentence)));
    try {
      await verifyStore(store, zlibCompression.inflate, await storeBytes(shadow), options);
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof SyncError) || error.code !== 'STORE_UNREADABLE') throw error;
    findings.damage(asItsOwn(error.message));
  }
}

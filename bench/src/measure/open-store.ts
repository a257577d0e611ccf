// A store that is taken apart in this process, without a server.

import { join } from 'node:path';
import { type DocumentName, parseDocumentName } from '@weft/protocol';
import { type DocumentLog, openLevelLog, openLevelStore, watermarkFile } from '@weft/server/log';

export function documentName(text: string): DocumentName {
  const parsed = parseDocumentName(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.name;
}

/** Opens the log of a data folder in this process. Whatever is wrong with it ends the measurement. */
export function openLog(dataFolder: string): Promise<DocumentLog> {
  return openLevelLog(() => openLevelStore(join(dataFolder, 'store'), fail), {
    watermark: { file: watermarkFile(dataFolder), alarm: fail },
    onFailure: ({ message }) => fail(message),
  });
}

function fail(sentence: string): never {
  throw new Error(sentence);
}

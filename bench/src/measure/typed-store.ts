// A store that holds a recording, typed over the wire into a server as it is shipped, and put away as `weft compact` does.

import { join } from 'node:path';
import { type DocumentName, parseDocumentName } from '@weft/protocol';
import { type DocumentLog, openLevelLog, openLevelStore, watermarkFile } from '@weft/server/log';
import type { Paper } from '../peers/paper.js';
import { LiveText } from '../replay/live-text.js';
import { typeTrace } from '../replay/typing.js';
import { startServer } from '../server-process.js';
import { readTrace } from '../trace.js';

export function documentName(text: string): DocumentName {
  const parsed = parseDocumentName(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.name;
}

/** What a recording is typed into. */
export const typedChannel = { document: documentName('typed'), kind: 'content' } as const;

/** Types a trace into a new data folder; resolves once the server has ended. */
export async function typeIntoStore(dataFolder: string, file: string): Promise<void> {
  const trace = readTrace(file);
  await writeIntoStore(dataFolder, trace.agents, (writers) => typeTrace(trace, writers));
}

/** The same with the updates of a paper, one by one. */
export function storePaper(dataFolder: string, { updates }: Paper): Promise<void> {
  return writeIntoStore(dataFolder, 1, async ([writer]) => {
    for (const update of updates) {
      writer!.adopt(update);
      await writer!.whenRoom();
    }
    await writer!.document.whenSaved();
  });
}

async function writeIntoStore(
  dataFolder: string,
  count: number,
  write: (writers: readonly LiveText[]) => Promise<void>,
): Promise<void> {
  const { server, url } = await startServer(dataFolder);
  const writers = Array.from({ length: count }, () => new LiveText(url, typedChannel.document));
  await Promise.all(writers.map((writer) => writer.document.whenSynced()));
  await write(writers);
  for (const writer of writers) writer.close();
  const { code } = await server.stop();
  if (code !== 0) throw new Error(`the server ended with ${code}:\n${server.stderr}`);
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

// npm run replay -- FILE.json.gz
//
// Types a recorded editing trace again, through live clients over the wire, against a server as it is shipped: one
// transaction, one update. At the end the text as a second client saw it grow, and as a fresh client is given it after a
// restart, must be the recorded one; else the exit code is 1.

import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { coldJoinWeft } from './cold-join.js';
import { milliseconds, percentile } from './percentile.js';
import { LiveText } from './replay/live-text.js';
import { typeTrace } from './replay/typing.js';
import { startServer } from './server-process.js';
import { readTrace, type Trace } from './trace.js';

const DOCUMENT = 'replayed';
/** What was typed in months comes in seconds: a server takes no person for that fast. */
const CONFIG = { limits: { updatesPerSecond: 100_000, updatesAtOnce: 1_000_000 } };
const USAGE =
  'Usage: npm run replay -- FILE.json.gz   (an editing trace: JSON or gzip of it, sequential or concurrent)';

interface Difference {
  readonly where: string;
  readonly text: string;
}

/** Prints what it measures; returns what is not as recorded. */
async function replay(trace: Trace, folder: string): Promise<Difference[]> {
  const dataFolder = join(folder, 'data');
  const env = { WEFT_CONFIG: join(folder, 'config.json') };
  writeFileSync(env.WEFT_CONFIG, JSON.stringify(CONFIG));
  const texts: { readonly where: string; readonly text: string }[] = [];
  const first = await startServer(dataFolder, { env });

  const watcher = new LiveText(first.url, DOCUMENT);
  const writers = Array.from({ length: trace.agents }, () => new LiveText(first.url, DOCUMENT));
  await Promise.all([watcher, ...writers].map((client) => client.document.whenSynced()));

  const startedAtMs = performance.now();
  await typeTrace(trace, writers);
  const seconds = (performance.now() - startedAtMs) / 1000;

  const updates = writers.reduce((sum, writer) => sum + writer.made, 0);
  const saveMs = Float64Array.from(writers.flatMap((writer) => writer.saveMs)).sort();
  process.stdout.write(
    `${updates} updates by ${trace.agents} in ${seconds.toFixed(1)} s: ${Math.round(updates / seconds)} updates/s\n` +
      `time to Saved: p50 ${milliseconds(percentile(saveMs, 50))}, p99 ${milliseconds(percentile(saveMs, 99))}\n`,
  );

  await watcher.whenText(trace.endContent);
  texts.push({ where: 'the client that watched', text: watcher.text });
  for (const client of [watcher, ...writers]) client.close();
  const { code } = await first.server.stop();
  if (code !== 0) throw new Error(`the server ended with ${code}:\n${first.server.stderr}`);
  const bytes = folderBytes(dataFolder);

  const second = await startServer(dataFolder, { env });
  const joinedAtMs = performance.now();
  const fresh = new LiveText(second.url, DOCUMENT);
  await fresh.document.whenSynced();
  const coldJoinMs = performance.now() - joinedAtMs;
  texts.push({ where: 'a fresh client after a restart', text: fresh.text });
  fresh.close();
  const { head } = await coldJoinWeft(second.url, DOCUMENT);
  await second.server.stop();

  process.stdout.write(
    `${head} entries in the log, ${bytes.toLocaleString('en')} bytes on disk\n` +
      `restart ${milliseconds(second.server.readyAfterMs)}, then a cold join ${milliseconds(coldJoinMs)}\n`,
  );
  return texts.filter(({ text }) => text !== trace.endContent);
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** Where two texts part, for people. */
function describeDifference({ where, text }: Difference, expected: string): string {
  let at = 0;
  while (at < text.length && text[at] === expected[at]) at += 1;
  const around = (whole: string): string => JSON.stringify(whole.slice(Math.max(0, at - 20), at + 20));
  return `DIFFERENT: ${where}, at ${at} (${text.length} units, recorded ${expected.length}): ${around(text)}, recorded ${around(expected)}`;
}

async function main(): Promise<number> {
  const [file, ...rest] = process.argv.slice(2);
  if (file === undefined || file.startsWith('-') || rest.length > 0) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  let trace: Trace;
  try {
    trace = readTrace(file);
  } catch (error) {
    process.stderr.write(`replay: ${file} cannot be replayed: ${(error as Error).message}\n`);
    return 2;
  }
  process.stdout.write(`${basename(file)}: ${trace.transactions.length} transactions\n`);
  const folder = mkdtempSync(join(tmpdir(), 'weft-replay-'));
  try {
    const differences = await replay(trace, folder);
    for (const difference of differences) {
      process.stdout.write(`${describeDifference(difference, trace.endContent)}\n`);
    }
    if (differences.length === 0) process.stdout.write('equal to what was recorded, live and after a restart\n');
    return differences.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();

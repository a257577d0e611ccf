// A document that was written in four days, of which something is to go, and whether the log it is in is sound.

import * as Y from 'yjs';
import { stateChecks } from '../../history/state-checks.js';
import { FIRST_EPOCH } from '../../log/document-log.js';
import { content, documentName, Ear, newEntry } from '../../log/test/log-harness.js';
import { Findings, type VerifiableLog } from '../../log/verify-report.js';
import type { AdminContext } from '../operation.js';
import { AllRecordChecks } from '../verify-assets.js';

const NOTES = documentName('notes');
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 1);
/** What was written on that day; some of it is deleted on the next one. */
export const dayMs = (day: number): number => START_MS + day * DAY_MS;

/** On day 0 Ann writes a secret, on day 1 she takes it out, on days 2 and 3 Ben writes; a version of each day has a name. */
export async function writtenInFourDays(log: VerifiableLog, context: Pick<AdminContext, 'past'>): Promise<void> {
  const ann = new Y.Doc();
  const ben = new Y.Doc();
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  const write = async (doc: Y.Doc, author: string, day: number, edit: (text: Y.Text) => void): Promise<void> => {
    const other = doc === ann ? ben : ann;
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
    let update: Uint8Array | null = null;
    doc.once('update', (made: Uint8Array) => {
      update = made;
    });
    edit(doc.getText('prosemirror'));
    await ear.hears(channel.append(newEntry('', { update: update!, author, timeMs: dayMs(day) })));
    const naming = { name: `Day ${day}`, by: author, asker: author, mayStill: () => true };
    await context.past.versions.name(NOTES, { seq: channel.head, epoch: FIRST_EPOCH }, naming);
  };
  await write(ann, 'u-ann', 0, (text) => text.insert(0, 'kept by Ann, QkwxSecret '));
  await write(ann, 'u-ann', 1, (text) => text.delete(13, 11));
  await write(ben, 'u-ben', 2, (text) => text.insert(text.length, 'and Ben '));
  await write(ben, 'u-ben', 3, (text) => text.insert(text.length, 'too'));
  await channel.close();
}

/** What a check of the whole store finds damaged. */
export async function faultsOf(log: VerifiableLog): Promise<readonly string[]> {
  const findings = new Findings();
  const { signal } = new AbortController();
  const options = { findings, states: stateChecks, records: new AllRecordChecks(), watermark: null, restMs: 0, signal };
  await log.verify(1000, { ...options, onProgress: () => undefined });
  const { findings: found } = findings.report();
  return found.filter(({ severity }) => severity === 'damage').map(({ message }) => message);
}

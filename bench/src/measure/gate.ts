// What the gate costs: for what a person types, and for a long piece of writing at once, against Y.applyUpdate of the same.
// Both take turns, so that whatever else the machine does falls on both.

import { checkUpdate, KnownState } from '@weft/server/gate';
import * as prng from 'lib0/prng';
import * as Y from 'yjs';
import { percentile } from '../percentile.js';
import type { Figure } from './kind.js';

const AIM_TYPING_US = 2.5;
const AIM_SHARE = 0.7;
const LONG_BYTES = 93_000;

export function measureGate(isSmall: boolean): Figure[] {
  const rounds = isSmall ? 3 : 60;
  const typed = type(isSmall ? 500 : 20_000);
  const long = writeLong(isSmall ? 2000 : LONG_BYTES);
  const typingUs: number[] = [];
  const applyTypingUs: number[] = [];
  const longMs: number[] = [];
  const applyLongMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    typingUs.push((timeMs(() => checkAll(typed)) * 1000) / typed.length);
    applyTypingUs.push((timeMs(() => applyAll(typed)) * 1000) / typed.length);
    longMs.push(timeMs(() => checkAll([long])));
    applyLongMs.push(timeMs(() => applyAll([long])));
  }
  const shares = longMs.map((ms, round) => ms / applyLongMs[round]!);
  const typingMedianUs = median(typingUs);
  const share = median(shares);
  const meanBytes = typed.reduce((sum, { length }) => sum + length, 0) / typed.length;
  return [
    { what: 'updates typed', value: `${typed.length.toLocaleString('en')} of ${meanBytes.toFixed(0)} bytes` },
    {
      what: 'one of them: gate',
      value: `${typingMedianUs.toFixed(2)} µs`,
      aim: { text: `at most ${AIM_TYPING_US} µs`, isMet: typingMedianUs <= AIM_TYPING_US },
    },
    { what: 'one of them: Y.applyUpdate', value: `${median(applyTypingUs).toFixed(2)} µs` },
    { what: 'long update', value: `${long.length.toLocaleString('en')} bytes` },
    { what: 'long update: gate', value: `${median(longMs).toFixed(2)} ms` },
    { what: 'long update: Y.applyUpdate', value: `${median(applyLongMs).toFixed(2)} ms` },
    {
      what: 'long update: gate, of that',
      value: share.toFixed(2),
      aim: { text: `at most ${AIM_SHARE}`, isMet: share <= AIM_SHARE },
    },
  ];
}

/** As a room does: what is taken is added to what is known. */
function checkAll(updates: readonly Uint8Array[]): void {
  const known = new KnownState();
  for (const update of updates) {
    const verdict = checkUpdate(update, known);
    if (verdict.kind !== 'new') throw new Error(`an honest update is ${verdict.kind}`);
    known.add(verdict.change);
  }
}

function applyAll(updates: readonly Uint8Array[]): void {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
}

/** A person types words into paragraphs, here and there, and takes back some of it. */
function type(count: number): Uint8Array[] {
  const random = prng.create(1);
  const updates: Uint8Array[] = [];
  const doc = new Y.Doc();
  doc.clientID = 2_147_483_647;
  doc.on('update', (update: Uint8Array) => updates.push(update));
  const fragment = doc.getXmlFragment('prosemirror');
  const texts: Y.XmlText[] = [];
  while (updates.length < count) {
    if (texts.length === 0 || prng.int32(random, 0, 20) === 0) {
      const paragraph = new Y.XmlElement('paragraph');
      const text = new Y.XmlText();
      paragraph.insert(0, [text]);
      fragment.insert(prng.int32(random, 0, fragment.length), [paragraph]);
      texts.push(text);
    }
    const text = prng.oneOf(random, texts);
    let at = prng.int32(random, 0, text.length);
    for (const letter of 'some words ') {
      text.insert(at, letter);
      at += 1;
    }
    if (prng.int32(random, 0, 2) === 0) text.delete(at - 1, 1);
  }
  return updates.slice(0, count);
}

/** Insertions and deletions all over one text, in one update. */
function writeLong(bytes: number): Uint8Array {
  const random = prng.create(2);
  const doc = new Y.Doc();
  doc.clientID = 2_147_483_647;
  const text = doc.getText('text');
  for (;;) {
    for (let i = 0; i < 100; i += 1) {
      text.insert(prng.int32(random, 0, text.length), 'abc');
      if (prng.int32(random, 0, 2) === 0) text.delete(prng.int32(random, 0, text.length - 2), 1);
    }
    const update = Y.encodeStateAsUpdate(doc);
    if (update.length >= bytes) return update;
  }
}

/** Time on the processor, garbage collection and compilation included: others may be at work on the machine. */
function timeMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const median = (values: readonly number[]): number => percentile(Float64Array.from(values).sort(), 50);

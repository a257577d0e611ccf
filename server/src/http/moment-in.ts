// Which moment of a document a request means: one of `version`, `seq` and `time`, in its address or its body.

import type { MomentName } from '../history/moments.js';
import { parseVersionId } from '../version-id.js';

const SEQ = /^\d{1,15}$/;
/** With a zone: what a time of day means without one is for each machine to say. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** @returns null when none is named; what is wrong, in a sentence, when it cannot be read */
export function momentIn(input: Readonly<Record<string, unknown>>): MomentName | null | string {
  const given = (['version', 'seq', 'time'] as const).filter((key) => input[key] !== undefined && input[key] !== null);
  const [key] = given;
  if (key === undefined) return null;
  if (given.length > 1) return 'Say one moment: a version, a seq or a time.';
  const value = input[key];
  // What else JSON has cannot be told in a word, or is one by accident.
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  switch (key) {
    case 'version':
      return isVersion(text) ? { kind: 'version', id: text } : 'The version is not the id of one, as in 120-1.';
    case 'seq':
      return SEQ.test(text) ? { kind: 'seq', seq: Number(text) } : 'The seq has to be the number of an entry.';
    case 'time': {
      const timeMs = SEQ.test(text) ? Number(text) : timeOf(text);
      if (timeMs !== null) return { kind: 'time', timeMs };
      return 'The time has to be in milliseconds since 1970, or one with its zone, as in 2026-11-21T14:05:30Z.';
    }
  }
}

/** A moment in one word: the id of a version, the number of an entry, a time with its zone, or `beginning`. @returns null when it is none */
export function momentOf(text: string): MomentName | null {
  if (text === 'beginning') return { kind: 'beginning' };
  if (isVersion(text)) return { kind: 'version', id: text };
  if (SEQ.test(text)) return { kind: 'seq', seq: Number(text) };
  const timeMs = timeOf(text);
  return timeMs === null ? null : { kind: 'time', timeMs };
}

/** Null for what is none: a day may have the form of one that no month has. */
function timeOf(text: string): number | null {
  const timeMs = TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(timeMs) ? null : timeMs;
}

/** The same, for the audit log. */
export function momentText(name: MomentName): string {
  switch (name.kind) {
    case 'beginning':
    case 'now':
      return name.kind;
    case 'seq':
      return String(name.seq);
    case 'version':
      return name.id;
    case 'time':
      return new Date(name.timeMs).toISOString();
  }
}

const isVersion = (text: string): boolean => parseVersionId(text) !== null;

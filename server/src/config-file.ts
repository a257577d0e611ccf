// The configuration file: JSON with the sections access, documents, limits and door. Every fault in it is a sentence that names the
// place, and a server with a fault in it does not start: what was meant to keep somebody out is not guessed at.

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { type AccessSettings, accessSection, type ReadSource } from './access-settings.js';
import { type DoorSettings, defaultDoor, readDoor } from './door-settings.js';
import { MAX_KEEP_DAYS } from './keep-days.js';
import { type Limits, readLimits } from './limits.js';
import { parseStrictJson } from './strict-json.js';
import { messageOf, SyncError } from './sync-error.js';
import { defaultVersionPolicy, type VersionPolicy, versionsSection } from './version-settings.js';

export interface FileSettings {
  /** null: the server is open. */
  readonly access: AccessSettings | null;
  readonly documents: DocumentSettings;
  readonly limits: Limits;
  readonly door: DoorSettings;
}

export interface DocumentSettings {
  /** Names of the shared types that documents may have; null: any. */
  readonly roots: ReadonlySet<string> | null;
  /** Which moments of them are kept by themselves. */
  readonly versions: VersionPolicy;
  /** For how many days what they were is kept; null: for good. */
  readonly keepPastDays: number | null;
  /** After how many days what is in the trash is erased; null: never by itself. */
  readonly trashDays: number | null;
}

/** What holds without a file. */
export const withoutFile = (): FileSettings => ({
  access: null,
  documents: { roots: null, versions: defaultVersionPolicy, keepPastDays: null, trashDays: DEFAULT_TRASH_DAYS },
  limits: readLimits({}),
  door: defaultDoor,
});

const DEFAULT_TRASH_DAYS = 30;
const MAX_FAULTS_SHOWN = 10;

/**
 * @param path of the file; paths in it start from its folder
 * @throws SyncError `BAD_USAGE`, with a line for every fault
 */
export function readConfigFile(path: string, env: NodeJS.ProcessEnv): FileSettings {
  const given = parse(path);
  const section = z.record(z.string(), z.unknown(), { error: 'an object in braces' }).default({});
  const readSource = sourceReader(dirname(path), env);
  const shape = {
    access: accessSection(readSource).nullable(),
    documents: documentsSection,
    limits: section,
    door: section,
  };
  const whole = z.strictObject(
    { ...shape, access: shape.access.default(null) },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys' ? `There are ${Object.keys(shape).join(', ')}.` : 'an object in braces',
    },
  );
  const parsed = whole.safeParse(given);
  if (!parsed.success) {
    const sentences = parsed.error.issues.flatMap((issue) => sentencesOf(issue, given));
    throw unusable(path, sentences.slice(0, MAX_FAULTS_SHOWN));
  }
  const { access, documents, limits, door } = parsed.data;
  try {
    return { access, documents, limits: readLimits(limits), door: readDoor(door, readSource) };
  } catch (error) {
    throw unusable(path, [messageOf(error)]);
  }
}

const DAYS = `a whole number of days, from 1 to ${MAX_KEEP_DAYS}, or null`;
const days = z.int(DAYS).min(1, DAYS).max(MAX_KEEP_DAYS, DAYS).nullable();
const NAMES = 'a list of names, none of them empty';
const documentsSection = z
  .strictObject(
    {
      roots: z
        .array(z.string({ error: NAMES }).min(1, NAMES), { error: NAMES })
        .nullable()
        .default(null),
      versions: versionsSection,
      keepPastDays: days.default(null),
      trashDays: days.default(DEFAULT_TRASH_DAYS),
    },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? 'There are roots, versions, keepPastDays, trashDays.'
          : 'an object in braces',
    },
  )
  .default({ roots: null, versions: defaultVersionPolicy, keepPastDays: null, trashDays: DEFAULT_TRASH_DAYS })
  .transform(({ roots, ...others }): DocumentSettings => ({ roots: roots && new Set(roots), ...others }));

const unusable = (path: string, faults: readonly string[]): SyncError =>
  bad(`${[`${path} cannot be used:`, ...faults].join('\n  ')}\nEvery setting is in docs/configuration.md.`);

const bad = (sentence: string): SyncError => new SyncError('BAD_USAGE', sentence);

function parse(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw bad(`The configuration ${path} cannot be read: ${messageOf(error)}.`);
  }
  try {
    return parseStrictJson(text);
  } catch (error) {
    throw bad(`${path} is not the JSON it has to be: ${messageOf(error)}`);
  }
}

/** One for each setting that is not there; else one. */
function sentencesOf(issue: z.core.$ZodIssue, given: unknown): string[] {
  const place = placeOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `There is no setting "${placeOf([...issue.path, key])}". ${issue.message}`);
  }
  if (issue.code === 'custom' && /\.$/.test(issue.message)) return [`"${place}": ${issue.message}`];
  const value = issue.path.reduce<unknown>((at, key) => (Object(at) as Record<PropertyKey, unknown>)[key], given);
  if (value === undefined) return [`"${place}" is missing. It has to be ${issue.message}.`];
  // A secret that stands where it should not is not repeated in a log.
  const isSecret = issue.path.some((key) => /secret|key/i.test(String(key)));
  return [`"${place}" has to be ${issue.message}${isSecret ? '' : `, not ${shorten(JSON.stringify(value))}`}.`];
}

/** As one would write it: access.issuers[0].audience. */
const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '') || 'it';

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const sourceReader =
  (folder: string, env: NodeJS.ProcessEnv): ReadSource =>
  (source) => {
    if ('env' in source) {
      const value = env[source.env];
      if (value === undefined) throw new Error(`The environment has no variable ${source.env}.`);
      return value;
    }
    try {
      // What an editor puts at the end of a file is no part of a secret.
      return readFileSync(resolve(folder, source.file), 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      throw new Error(`The file ${source.file} cannot be read: ${messageOf(error)}.`);
    }
  };

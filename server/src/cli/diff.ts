// `weft diff`: two moments of a document, with what was written and deleted between them, and by whom.

import { type DiffResult, diffDocument } from '../admin/diff.js';
import { ExitCode } from '../exit.js';
import type { ComparedBlock, ComparedRun, Comparison, Edit } from '../history/comparison.js';
import type { Moment } from '../history/moments.js';
import type { Command } from './command.js';
import { MOMENTS, momentNamed } from './moment.js';
import { dayAndTime, printable, table } from './table.js';

export const diffCommand: Command = {
  name: 'diff',
  summary: 'show what was changed between two moments, and by whom',
  details: `
${MOMENTS}

Shown are the blocks that changed, with {+what was written+} and [-what was deleted-], in a terminal in green and red; who
did it, and when, stands before each. --json has everything: also what is the same, marks, attributes and every part.
`,
  arguments: [{ name: 'NAME', summary: 'the name of the document' }],
  options: [
    { name: 'from', value: 'MOMENT', summary: 'the earlier moment (default: before the first entry)' },
    { name: 'to', value: 'MOMENT', summary: 'the later one (default: now)' },
  ],
  run: async ({ args, values, terminal, perform, print, complain }) => {
    const from = values.from === undefined ? ({ kind: 'seq', seq: 0 } as const) : momentNamed(values.from);
    const to = values.to === undefined ? ({ kind: 'now' } as const) : momentNamed(values.to);
    const { json, ...about } = await perform(diffDocument, { name: args.NAME!, from, to });
    const result: Diff = { ...about, ...(JSON.parse(json) as Pick<Comparison, 'parts' | 'steps'>) };
    for (const warning of result.warnings) complain(warning);
    print(result, () => asText(result, terminal.hasColors ? inColors : inSigns));
    return ExitCode.Ok;
  },
};

type Diff = Omit<DiffResult, 'json'> & Pick<Comparison, 'parts' | 'steps'>;

interface Look {
  inserted(text: string): string;
  deleted(text: string): string;
  changed(text: string): string;
  faint(text: string): string;
}

const inSigns: Look = {
  inserted: (text) => `{+${text}+}`,
  deleted: (text) => `[-${text}-]`,
  changed: (text) => `{~${text}~}`,
  faint: (text) => text,
};

const ESCAPE = '\u001b[';
const colored = (code: string) => (text: string) => `${ESCAPE}${code}m${text}${ESCAPE}0m`;
const inColors: Look = {
  inserted: colored('32'),
  // Struck through as well: red and green are one colour to many.
  deleted: colored('31;9'),
  changed: colored('33'),
  faint: colored('2'),
};

/** Text that is the same, before and after a change. */
const CONTEXT_CHARACTERS = 40;

function asText({ name, from, to, people, parts }: Diff, look: Look): string {
  const lines = [`${printable(name)}, from ${momentText(from)} to ${momentText(to)}\n\n`];
  if (people.length === 0) return `${lines[0]}Nothing was changed.\n`;
  const columns = ['WRITTEN', 'DELETED', 'REFORMATTED', 'RESTORED', 'MOVED', 'OTHERS'].map((title) => ({
    title,
    isNumber: true,
  }));
  lines.push(
    table(
      [{ title: 'PERSON' }, ...columns],
      people.map((one) => [
        nameOf(one),
        ...[one.inserted, one.deleted, one.reformatted, one.restored, one.moved, one.others].map(String),
      ]),
    ),
  );
  const names = new Map(people.map((one) => [one.id, nameOf(one)]));
  for (const part of parts) {
    const shown = part.blocks.map((block) => blockLine(block, names, look)).filter((line) => line !== null);
    if (shown.length === 0) continue;
    lines.push(part.name === 'prosemirror' ? '\n' : `\n${printable(part.name)}\n`, ...shown);
  }
  return lines.join('');
}

const nameOf = ({ id, name }: { readonly id: string; readonly name: string | null }): string =>
  name ?? (id === '' ? 'nobody known' : id);

const momentText = ({ seq, timeMs }: Moment): string =>
  timeMs === null ? 'the beginning' : `entry ${seq} (${dayAndTime(timeMs)})`;

/** Null when nothing changed in it. */
function blockLine(block: ComparedBlock, names: ReadonlyMap<string, string>, look: Look): string | null {
  const runs = block.runs ?? [];
  const edits = [block.edit, ...(block.changed ?? []).map(({ edit }) => edit), ...runs.map(({ edit }) => edit)];
  const known = edits.filter((edit) => edit !== undefined);
  if (known.length === 0) return null;
  const attributes = (block.changed ?? []).map(({ name, before, after }) =>
    look.changed(`${printable(name)}: ${valueText(before)} > ${valueText(after)}`),
  );
  const text = runs.map((run) => runText(run, block.change === 'same', look)).join('');
  const writers = [...new Set(runs.flatMap(({ writtenBy }) => writtenBy ?? []))].map((id) =>
    printable(names.get(id) ?? id),
  );
  const origin = writers.length === 0 ? '' : `(brought back: text of ${writers.join(', ')})`;
  const what = [signOf(block), origin, ...attributes, text].filter((piece) => piece !== '').join(' ');
  return `${look.faint(`${whoAndWhen(known, names)}  ${printable(block.type)}:`)} ${what}\n`;
}

function signOf({ change, movedFrom, movedTo }: ComparedBlock): string {
  if (movedFrom !== undefined) return '(moved here)';
  if (movedTo !== undefined) return '(moved away)';
  return change === 'same' ? '' : `(${change === 'inserted' ? 'new' : 'deleted'})`;
}

/** The newest edit's time, and everybody who had a part in it. */
function whoAndWhen(edits: readonly Edit[], names: ReadonlyMap<string, string>): string {
  const people = [...new Set(edits.map(({ by }) => names.get(by) ?? by))].map(printable);
  return `${dayAndTime(Math.max(...edits.map(({ atMs }) => atMs)))}  ${people.join(', ')}`;
}

function runText(run: ComparedRun, isCut: boolean, look: Look): string {
  const text = contentText(run);
  switch (run.change) {
    case 'inserted':
      return look.inserted(text);
    case 'deleted':
      return look.deleted(text);
    case 'reformatted':
      return look.changed(text);
    case 'same': {
      const characters = [...text];
      if (!isCut || characters.length <= 2 * CONTEXT_CHARACTERS) return text;
      const [first, last] = [characters.slice(0, CONTEXT_CHARACTERS), characters.slice(-CONTEXT_CHARACTERS)];
      return `${first.join('')} … ${last.join('')}`;
    }
  }
}

function contentText({ text, node, embed, values }: ComparedRun): string {
  if (text !== undefined) return oneLine(text);
  if (node !== undefined) return `<${printable(node)}>`;
  return values === undefined ? valueText(embed) : values.map(valueText).join(', ');
}

/** As `printable`, with the space around it. */
const oneLine = (text: string): string => printable(`|${text}|`).slice(1, -1);

const valueText = (value: unknown): string => (value === undefined ? 'none' : printable(JSON.stringify(value)));

// docs/performance.md: good reading for somebody who has to choose a server, and everything for somebody who does not
// believe it. Every figure in it comes from one run; the words around them hold whatever the figures say.

import { type Judgement, OURS } from '../budgets.js';
import { figureOf, pieceWith, type Run, valuesOf } from '../results.js';
import { estimate } from '../statistics.js';
import { amount, labelOf, range, withUnit } from './format.js';
import { type Panel, questions } from './questions.js';
import { aimsTable, notWonTable, type Standing, scenarioTable, standings, table } from './tables.js';

/** @param imageOf the address of a question's chart, null when the run has none of its figures */
export function writePage(
  run: Run,
  judgements: readonly Judgement[],
  imageOf: (question: string) => string | null,
): string {
  const all = standings(run);
  const parts = [
    `<!-- Written by \`npm run bench -- --report FILE\`; changes made here are lost with the next run. -->`,
    '# Performance',
    INTRODUCTION,
    `**How to read it.** A bar is the median of its rounds, in which all servers took turns; the line on it is where that median lies with 95 % certainty (a bootstrap of the rounds). Ratios compare two servers within the same rounds. When the interval of a ratio holds 1, or that of a figure its aim, they are **not separable**: the run does not tell, and we do not say we won. All axes begin at zero.`,
    warningsOf(run),
    `Measured ${dayOf(run)} at ${commitOf(run)}, where nothing else is said.`,
    ...questions.flatMap(({ id, heading, why, panels }) => {
      const image = imageOf(id);
      return image === null
        ? []
        : [
            `## ${heading}`,
            why,
            apartNote(
              run,
              panels.map(({ scenario }) => scenario),
            ),
            `![${heading}](${image})`,
            panels.flatMap((panel) => sentencesOn(run, all, panel)).join('\n'),
          ];
    }),
    '## What we do not win',
    notWon(run, all),
    '## The aims',
    'What we set out to reach, from [bench/budgets.json](../bench/budgets.json); `npm run bench -- --check` holds every run against it, and ends with 1 when one is clearly not met. Both dialects are judged: our own, and that of stock Yjs clients.',
    aimsTable(run, judgements) || 'This run measured none of them.',
    checkpointsOf(run),
    '## Every figure',
    'Medians, and in brackets where they lie with 95 % certainty.',
    ...run.scenarios.flatMap((scenario) => [
      `### ${scenario.name}`,
      `${capital(scenario.summary)}.`,
      apartNote(run, [scenario.name]),
      scenarioTable(run, scenario),
      Object.entries(scenario.figures)
        .map(([figure, { what, isLessBetter }]) => `\`${figure}\`: ${what}${isLessBetter ? '' : ' (more is better)'}`)
        .join(' · '),
    ]),
    ...failuresOf(run),
    '## The run',
    circumstances(run),
    '## Run it yourself',
    RUN_IT,
    '## What this does not show',
    LIMITS,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const INTRODUCTION = `What a sync server costs decides how many people one machine carries, and how long a letter takes to reach the others. This page compares Weft with the Yjs servers that one can host oneself, all on the same machine, in the same run, with the same clients.

One difference cannot be measured away: **Weft does more.** It checks every update, and writes and syncs it to the disk before it tells the author “saved” or shows it to anybody. None of the peers waits for the disk: what their readers see can be gone after a crash. Weft runs in its default configuration, with all of that on.`;

const RUN_IT = `\`\`\`sh
npm ci && npm run bench -- --check --page
\`\`\`

on a quiet Linux machine with two cores or more installs the peers into \`bench/peers\`, measures for about 50 minutes, holds the result against the aims, and writes this page anew. \`npm run bench -- --report run.json\` writes it from a run that was kept. [bench/README.md](../bench/README.md) says what each scenario does, what is fair in it, and what is not.`;

const LIMITS = `- **One machine.** Load and server sit on two cores of the same one and talk over loopback: no network, no proxy, no TLS. The time a real network takes comes on top, for everybody alike.
- **CPU is not capacity.** The CPU of the whole process, all its threads, is what is counted: the disk’s and the checkpoints’ share too. A server that spreads over cores could use more of them; none here does for one document.
- **This disk syncs quickly.** A slow one makes “saved” later and the groups larger; the CPU per update changes little.
- **Stock clients get less.** They have no word for “saved”, take one message per frame, and need their own updates back; so the two dialects of Weft are shown apart.
- **Peers as they come.** Settings are those of their documentation. Somebody who tunes one will find something.`;

function sentencesOn(run: Run, standings: readonly Standing[], panel: Panel): string[] {
  const spec = figureOf(run, panel.scenario, panel.figure);
  if (spec === undefined) return [];
  const own = standings.filter((one) => one.scenario === panel.scenario && one.spec === spec);
  const ours = OURS.flatMap((server) => {
    const value = estimate(valuesOf(run, panel.scenario, server, panel.figure));
    if (value === null) return [];
    const standing = own.find((one) => one.server === server);
    const against =
      standing === undefined
        ? ''
        : `, **${amount(standing.ratio.median)}** (${range(standing.ratio.interval)}) of ${labelOf(run, standing.peer)}${standing.verdict === 'better' ? '' : standing.verdict === 'worse' ? ', which is better' : ': not separable'}`;
    return [`${labelOf(run, server)} ${withUnit(value.median, spec.unit)}${against}`];
  });
  return ours.length === 0 ? [] : [`- ${panel.title}: ${ours.join('; ')}.`];
}

function notWon(run: Run, standings: readonly Standing[]): string {
  const rows = notWonTable(run, standings);
  return rows === ''
    ? 'In this run, nothing: every figure of both dialects is better than that of the best peer.'
    : `Every figure in which the best peer is ahead of one of our dialects, and every one in which the rounds do not tell. Some of it is meant: what is typed in a busy or large room waits up to 40 ms for what else comes, and nothing is shown before it is on disk, so a median delay is often longer than that of a server that does neither.\n\n${rows}`;
}

/** Weft builds checkpoints in threads with a name, so their part of the CPU is known (L4). */
function checkpointsOf({ results }: Run): string {
  const shares = results
    .filter(({ figure }) => figure === 'checkpoints')
    .flatMap(({ scenario, values }) => {
      const share = estimate(values)?.median;
      return share === undefined ? [] : [{ scenario, share }];
    });
  if (shares.length === 0) return '';
  const most = shares.reduce((a, b) => (b.share > a.share ? b : a));
  return `The CPU counts all threads. Checkpoints are a part of it: at most ${withUnit(most.share, '%')} of Weft’s, in \`${most.scenario}\`; the column \`checkpoints\` below has each.`;
}

function warningsOf({ isDirty, wasBusy, rounds }: Run): string {
  const warnings = [
    ...(rounds < 5 ? [`It has only ${rounds} round${rounds === 1 ? '' : 's'}, so most of it is not separable.`] : []),
    ...(wasBusy ? ['Other work kept the cores busy when it began.'] : []),
    ...(isDirty ? ['What was measured was not committed as it stood.'] : []),
  ];
  return warnings.length === 0 ? '' : `> **This run is a rehearsal.** ${warnings.join(' ')}`;
}

function failuresOf({ failures }: Run): string[] {
  if (failures.length === 0) return [];
  const rows = failures.map(({ scenario, server, round, reason }) => [scenario, server, String(round), cell(reason)]);
  return [
    '### Rounds that broke off',
    'A round that loses or doubles a letter, or does not come to an end, counts for nothing.',
    table(['scenario', 'server', 'round', 'what happened'], rows),
  ];
}

function circumstances(run: Run): string {
  const { machine } = run;
  const facts = [
    ['date', `${run.date.slice(0, 16).replace('T', ' ')} UTC, ${Math.round(run.durationMs / 60_000)} minutes`],
    ['commit', cell(commitOf(run))],
    ['command', `\`${run.command}\``],
    ['rounds', String(run.rounds)],
    [
      'machine',
      `${machine.cpu}, ${machine.cores} cores, ${amount(machine.memoryBytes / 2 ** 30)} GiB, ${machine.kernel}`,
    ],
    ['disk', machine.disk],
    ['Node', run.node],
  ];
  const pieces = (run.pieces ?? []).map((piece) => [
    piece.scenarios.join(', '),
    `${piece.date.slice(0, 16).replace('T', ' ')} UTC, ${Math.round(piece.durationMs / 60_000)} minutes`,
    cell(commitOf(piece)),
    `\`${piece.command}\``,
    String(piece.rounds),
  ]);
  const apart = table(['measured apart', 'date', 'commit', 'command', 'rounds'], pieces);
  const servers = Object.entries(run.versions).map(([name, version]) => [
    name,
    version,
    cell(run.settings[name] ?? ''),
  ]);
  return [table(['', ''], facts), apart, table(['server', 'version', 'settings'], servers)]
    .filter(Boolean)
    .join('\n\n');
}

/** Where scenarios were measured in a run of their own. */
function apartNote(run: Run, scenarios: readonly string[]): string {
  const pieces = scenarios.flatMap((name) => pieceWith(run, name) ?? []);
  return [...new Set(pieces.map((piece) => `_Measured apart, ${dayOf(piece)}, at ${commitOf(piece)}._`))].join(' ');
}

const dayOf = ({ date }: Pick<Run, 'date'>): string => date.slice(0, 10);

const commitOf = ({ commit, subject, isDirty }: Pick<Run, 'commit' | 'subject' | 'isDirty'>): string =>
  `${subject === undefined ? commit : `“${subject}” (${commit})`}${isDirty ? ', with changes that were not committed' : ''}`;

/** In one cell of a table, on one line. */
const cell = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, 300);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

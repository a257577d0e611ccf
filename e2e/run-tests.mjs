// `npm test`: every check of the repository, one after the other, in a fresh clone as well as on a developer's machine.
// A failed stage does not hide the next ones. The last line is always `N passed, N failed`; the exit code says the same.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sharesOf } from './app-size.mjs';
import { findChromium } from './chromium.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = `${root}node_modules/.bin/`;
/** Ignored by git. Playwright empties its own folder in here. */
const results = `${root}test-results/`;
const unitReport = `${results}unit.json`;
const againReport = `${results}again.json`;
/** How many errors that run had outside of every test. */
const strayReport = `${results}stray-errors.json`;
const browserReport = `${results}browser.json`;
/** Of what is said of each failed test at the end. */
const MAX_FAILURE_LINES = 25;

/**
 * @typedef {{ passed: number, failed: number, failures?: string[], unsteady?: string[], skipped?: string[] }} Count `failures`:
 *   what failed, by name; `unsteady`: what failed, was tried once more and passed; `skipped`: files with tests that were not run
 */
/** @typedef {{ name: string, needs?: string[], run: () => Promise<Count> }} Stage */

/** In order. A stage whose `needs` have failed is not run, and counts as failed. */
/** @type {Stage[]} */
const stages = [
  { name: 'build', run: () => check('npm', ['run', 'build']) },
  { name: 'size of the app', needs: ['build'], run: measureApp },
  { name: 'types of tests', run: () => check(`${bin}tsc`, ['--project', 'e2e/tsconfig.json']) },
  { name: 'lint', run: () => check(`${bin}biome`, ['ci', ...(process.stdout.isTTY ? [] : ['--colors=off']), '.']) },
  { name: 'unused code', run: () => check(`${bin}knip`, []) },
  { name: 'unit, integration, simulation', run: runUnitTests },
  { name: 'Chromium', run: ensureChromium },
  { name: 'browser', needs: ['build', 'Chromium'], run: runBrowserTests },
];

/**
 * Runs a command in the repository's root, its output going straight to ours.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env] besides our own environment
 * @returns {Promise<boolean>} whether it ended well
 */
function succeeds(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(false);
    });
    child.on('close', (code) => resolve(code === 0));
  });
}

/**
 * A stage that counts as one test.
 *
 * @param {string} command
 * @param {string[]} args
 */
async function check(command, args) {
  return one(await succeeds(command, args));
}

/** @param {boolean} passed */
const one = (passed) => ({ passed: passed ? 1 : 0, failed: passed ? 0 : 1 });

async function measureApp() {
  const shares = sharesOf(`${root}web/dist/`);
  for (const { name, kB, mostKB } of shares)
    console.log(`${Math.round(kB)} kB of scripts for ${name}, of at most ${mostKB} kB`);
  return one(shares.every(({ kB, mostKB }) => kB > 0 && kB <= mostKB));
}

/** Torture takes the power and breaks disks with strace. Where there is none and none can be had, its tests say so. */
async function installStrace() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || (await succeeds('strace', ['--version']))) return;
  if (!(await succeeds('apt-get', ['update']))) return;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await succeeds('apt-get', ['install', '-y', '--no-install-recommends', 'strace'], env);
}

/** What fails is tried once more by itself, as stories in a browser are: what else the machine did meanwhile is no verdict on a server. */
async function runUnitTests() {
  await installStrace();
  const first = await runVitest(unitReport, []);
  const failed = first.failedFiles;
  if (failed.length === 0 || first.strayErrors > 0) return first.count;
  console.log(`\n=== once more\n${failed.join('\n').replaceAll(root, '')}`);
  const { count } = await runVitest(againReport, failed);
  if (count.failed > 0) return first.count;
  const { passed, failed: unsteady, failures, skipped } = first.count;
  return { passed: passed + unsteady, failed: 0, unsteady: failures, skipped };
}

/**
 * @param {string} report where its report is written
 * @param {string[]} files of tests; all where none is named
 * @returns {Promise<{ count: Count, failedFiles: string[], strayErrors: number }>}
 */
async function runVitest(report, files) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const ofStray = ['--reporter', `${root}e2e/stray-errors.mjs`];
  const env = { WEFT_STRAY_ERRORS: strayReport };
  const ok = await succeeds(`${bin}vitest`, ['run', ...reporters, ...ofStray, ...files], env);
  /** @type {string[]} */
  const failedFiles = [];
  // Nobody knows what failed in a run that did not come to its end.
  let strayErrors = 1;
  const count = readCount(ok, report, ({ numPassedTests, numFailedTests, testResults }) => {
    for (const { name, status } of testResults) if (status === 'failed') failedFiles.push(name);
    strayErrors = JSON.parse(readFileSync(strayReport, 'utf8'));
    return {
      passed: numPassedTests,
      failed: numFailedTests,
      failures: testResults.flatMap(failedTests),
      skipped: testResults.flatMap(skippedTests),
    };
  });
  return { count, failedFiles, strayErrors };
}

async function runBrowserTests() {
  const ok = await succeeds(`${bin}playwright`, ['test', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_FILE: browserReport,
  });
  return readCount(ok, browserReport, ({ stats, suites }) => ({
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    failures: suites.flatMap((/** @type {any} */ suite) => storiesThatWere('unexpected', suite)),
    unsteady: suites.flatMap((/** @type {any} */ suite) => storiesThatWere('flaky', suite)),
    skipped: suites.flatMap((/** @type {any} */ suite) => storiesThatWere('skipped', suite)),
  }));
}

/**
 * @param {any} file as Vitest's JSON report lists them
 * @returns {string[]}
 */
function failedTests({ name, status, message, assertionResults }) {
  const failed = assertionResults.filter((/** @type {any} */ test) => test.status === 'failed');
  if (status === 'failed' && failed.length === 0) return [`${name}: ${message}`];
  return failed.map((/** @type {any} */ test) => `${name}: ${test.fullName}\n${test.failureMessages[0]}`);
}

/**
 * Why stands where the file was run.
 *
 * @param {any} file
 * @returns {string[]}
 */
function skippedTests({ name, assertionResults }) {
  const { length } = assertionResults.filter(
    (/** @type {any} */ { status }) => status !== 'passed' && status !== 'failed',
  );
  return length === 0 ? [] : [`${name}: ${length} of ${assertionResults.length}`];
}

/**
 * @param {'unexpected' | 'flaky' | 'skipped'} outcome
 * @param {any} suite as Playwright's JSON report nests them
 * @returns {string[]} their names, and what went wrong at first
 */
function storiesThatWere(outcome, { suites = [], specs = [] }) {
  const meant = specs.filter((/** @type {any} */ { tests }) =>
    tests.some((/** @type {any} */ { status }) => status === outcome),
  );
  return [
    ...meant.map((/** @type {any} */ { file, title, tests }) => {
      const errors = tests.flatMap((/** @type {any} */ { results }) =>
        results.flatMap((/** @type {any} */ { errors }) => errors),
      );
      return `${file}: ${title}\n${errors[0]?.message ?? ''}`;
    }),
    ...suites.flatMap((/** @type {any} */ inner) => storiesThatWere(outcome, inner)),
  ];
}

/**
 * A runner that ended badly has at least one failure, whatever its report says: a file that could not be loaded or an
 * error outside of every test is no failed test to it.
 *
 * @param {boolean} ok
 * @param {string} file
 * @param {(report: any) => Count} count
 * @returns {Count}
 */
function readCount(ok, file, count) {
  try {
    const found = count(JSON.parse(readFileSync(file, 'utf8')));
    return { ...found, failed: ok ? found.failed : Math.max(found.failed, 1) };
  } catch (error) {
    console.error(`No count of tests: ${error}`);
    return { passed: 0, failed: 1 };
  }
}

/** Finds a Chromium, or installs one: Debian's own as root there, else Playwright's. */
async function ensureChromium() {
  const isRoot = process.getuid?.() === 0;
  if (findChromium() === null && isRoot && (await succeeds('apt-get', ['update']))) {
    await succeeds('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
      DEBIAN_FRONTEND: 'noninteractive',
    });
  }
  if (findChromium() === null) await succeeds(`${bin}playwright`, ['install', 'chromium']);
  const found = findChromium();
  console.log(found ?? 'No Chromium. Install one, or name its path in WEFT_CHROMIUM.');
  return one(found !== null);
}

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

/** @type {Map<string, Count>} */
const counts = new Map();
const lines = [];
for (const { name, needs = [], run } of stages) {
  console.log(`\n=== ${name}`);
  const missing = needs.filter((need) => counts.get(need)?.failed !== 0);
  const startMs = performance.now();
  /** @type {Count} */
  const count = missing.length === 0 ? await run() : one(false);
  const seconds = Math.round((performance.now() - startMs) / 1000);
  const how = missing.length === 0 ? `${seconds} s` : `not run: it needs ${missing.join(' and ')}`;
  if (missing.length > 0) console.log(how);
  counts.set(name, count);
  lines.push(
    `${count.failed === 0 ? 'ok    ' : 'FAILED'} ${name}: ${count.passed} passed, ${count.failed} failed (${how})`,
  );
}

/** @param {string} text */
const shortened = (text) => {
  const lines = text.replaceAll(root, '').split('\n');
  return lines
    .filter((line) => !line.includes('/node_modules/'))
    .slice(0, MAX_FAILURE_LINES)
    .join('\n');
};
const sum = (/** @type {'passed' | 'failed'} */ key) =>
  [...counts.values()].reduce((total, count) => total + count[key], 0);
process.exitCode = sum('failed') === 0 ? 0 : 1;
// Named again at the end, which is all that some machines keep.
for (const [title, key] of /** @type {const} */ ([
  ['not run on this machine', 'skipped'],
  ['passed only when tried again: find out why', 'unsteady'],
  ['failed', 'failures'],
])) {
  const named = [...counts.values()].flatMap((count) => count[key] ?? []);
  if (named.length > 0) console.log(`\n=== ${title}\n${named.map(shortened).join('\n\n')}`);
}
console.log(`\n=== summary\n${lines.join('\n')}\n\n${sum('passed')} passed, ${sum('failed')} failed`);

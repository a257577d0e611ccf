import { expect, test } from 'vitest';
import { figureLine, withRow } from './report.js';

const page = ['# Title', '', '| kind | lost |', '| --- | --- |', '| kill | 1 |', '| power | 2 |', '', 'Text.'].join(
  '\n',
);

test('the row of a kind is replaced', () => {
  expect(withRow(page, 'kill', ['kill', '0'])).toBe(page.replace('| kill | 1 |', '| kill | 0 |'));
});

test('a kind without a row gets one at the end of the table', () => {
  expect(withRow(page, 'torn', ['torn', '0'])).toBe(page.replace('| power | 2 |', '| power | 2 |\n| torn | 0 |'));
});

test('the figures are one line, with restarts only where there were some', () => {
  const tally = { rounds: 2, written: 5, acknowledged: 4, lost: 0, duplicated: 1, faults: [], restartMs: [1, 20] };
  expect(figureLine(tally, ['kills 2'])).toBe(
    'rounds 2, written 5, acknowledged 4, lost 0, duplicated 1, restart p50 20 ms, p99 20 ms, kills 2',
  );
  expect(figureLine({ ...tally, restartMs: [] }, [])).toBe('rounds 2, written 5, acknowledged 4, lost 0, duplicated 1');
});

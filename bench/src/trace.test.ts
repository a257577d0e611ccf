import { expect, test } from 'vitest';
import { parseTrace } from './trace.js';

const insert = (position: number, text: string) => [position, 0, text];

test('a sequential trace has one agent, whose transactions build on all before them', () => {
  const json = JSON.stringify({ startContent: 'x', endContent: 'yx', txns: [{ patches: [insert(0, 'y')] }] });
  const { startContent, agents, transactions } = parseTrace(json);
  expect([startContent, agents]).toEqual(['x', 1]);
  expect(transactions).toEqual([{ patches: [[0, 0, 'y']], agent: 0, builtOn: null, parents: [] }]);
});

test('a concurrent trace says per agent how much each transaction builds on, over any number of merges', () => {
  const txns = [
    { parents: [], agent: 0, patches: [insert(0, 'a')] },
    { parents: [0], agent: 1, patches: [insert(1, 'b')] },
    { parents: [0], agent: 0, patches: [insert(0, 'c')] },
    { parents: [1, 2], agent: 1, patches: [insert(0, 'd')] },
    { parents: [3], agent: 0, patches: [insert(0, 'e')] },
  ];
  const { transactions } = parseTrace(JSON.stringify({ endContent: 'edcab', numAgents: 2, txns }));
  expect(transactions.map(({ builtOn }) => builtOn)).toEqual([
    [0, 0],
    [1, 0],
    [1, 0],
    [2, 1],
    [2, 2],
  ]);
});

test('what cannot have been typed is refused', () => {
  const concurrent = (txns: object[]) => () => parseTrace(JSON.stringify({ endContent: '', numAgents: 2, txns }));
  expect(concurrent([{ parents: [1], agent: 0, patches: [] }])).toThrow('does not come before it');
  const forgetful = { parents: [], agent: 0, patches: [] };
  expect(concurrent([forgetful, forgetful])).toThrow("does not build on its own agent's last");
  expect(() => parseTrace('{"txns":[]}')).toThrow('not an editing trace');
});

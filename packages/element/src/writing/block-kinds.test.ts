import { expect, test } from 'vitest';
import { insertables, meantBy } from './block-kinds.js';

const names = (query: string) => meantBy(query).map(({ name }) => name);

test('with nothing typed all are offered, in their order', () => {
  expect(meantBy('')).toEqual(insertables);
});

test('what is typed is the beginning of words, of the name first', () => {
  expect(names('head')).toEqual(['Heading 1', 'Heading 2', 'Heading 3']);
  expect(names('heading 2')).toEqual(['Heading 2']);
  expect(names('H1')).toEqual(['Heading 1']);
  expect(names('t')).toEqual(['Text', 'Task list', 'Table', 'Heading 1', 'Callout', 'Section']);
  expect(names('todo')).toEqual(['Task list']);
  expect(names('xyz')).toEqual([]);
});

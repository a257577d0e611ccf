import { expect, test } from 'vitest';
import { parseStrictJson } from './strict-json.js';

test.each([
  '{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}],"d":"\\"a\\":1,{"}',
  '[["a","a"],{"x":["a","a"],"a":"a"}]',
  '"a"',
  ' null ',
  '{"__proto__":1,"\\u005f":2}',
])('%s is read as JSON.parse reads it', (text) => {
  expect(parseStrictJson(text)).toEqual(JSON.parse(text));
});

test.each([
  ['{"a":1,"a":1}', 'The name "a" comes twice.'],
  ['{"a":1,"b":2,"\\u0061":3}', 'The name "a" comes twice.'],
  ['[{"x":{"y":[],"y":{}}}]', 'The name "y" comes twice.'],
  ['{"a":["a",{"a":1}],"a":2}', 'The name "a" comes twice.'],
  ['{"__proto__":1,"__proto__":2}', 'The name "__proto__" comes twice.'],
  [`${'['.repeat(65)}${']'.repeat(65)}`, 'It nests deeper than 64.'],
])('%s is refused', (text, message) => {
  expect(() => parseStrictJson(text)).toThrow(message);
});

test.each(['', '{', '{"a":1,}', "{'a':1}", '{"a":1} x', '\u0000'])('%j is no JSON', (text) => {
  expect(() => parseStrictJson(text)).toThrow(SyntaxError);
});

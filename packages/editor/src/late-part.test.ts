import { Plugin } from 'prosemirror-state';
import { expect, test } from 'vitest';
import { type LatePart, LateRoom } from './late-part.js';

test('what comes later stays beside what came before it, and pictures hear of everything first', () => {
  const [menus, pictures, more] = [new Plugin({}), new Plugin({}), new Plugin({})];
  const part = {} as LatePart;
  const late = new LateRoom(undefined);
  expect(late.add([menus])).toEqual([menus]);
  expect(late.add([pictures], part)).toEqual([pictures, menus]);
  expect(late.add([more])).toEqual([pictures, menus, more]);
  expect(late.part).toBe(part);
});

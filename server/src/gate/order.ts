// Whether the structs of an update can be integrated one after the other (G1): each client's in the order of its clocks,
// each struct after those it depends on. Two structs that are each other's origin would stay pending in every Y.Doc for
// good. Every need is looked at once, every section is waited for at most once per need: linear, without recursion.

import { findSection, type Section } from './update-reader.js';

/** A section on its way: everything before the need at `next` can be integrated. */
interface Cursor {
  readonly section: Section;
  next: number;
  waiting: boolean;
}

interface Wait {
  readonly cursor: Cursor;
  /** The clock somebody needs of it. */
  readonly until: number;
}

/**
 * @param sections highest client first
 * @returns false when something is needed that is not among them, or only in a circle
 */
export function canBeOrdered(sections: readonly Section[]): boolean {
  if (sections.every(({ needs }) => needs.length === 0)) return true;
  const cursors = new Map<number, Cursor>();
  const cursorOf = (section: Section): Cursor => {
    const cursor = cursors.get(section.client) ?? { section, next: 0, waiting: false };
    cursors.set(section.client, cursor);
    return cursor;
  };

  for (const section of sections) {
    const stack: Wait[] = [{ cursor: cursorOf(section), until: section.to - 1 }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const { cursor, until } = top;
      const { needs } = cursor.section;
      if (isReady(cursor, until)) {
        cursor.waiting = false;
        stack.pop();
        continue;
      }
      const needed = findSection(sections, needs[cursor.next + 1]!);
      const clock = needs[cursor.next + 2]!;
      if (!needed || clock >= needed.to) return false;
      const other = cursorOf(needed);
      if (isReady(other, clock)) {
        cursor.next += 3;
      } else {
        cursor.waiting = true;
        if (other.waiting) return false;
        stack.push({ cursor: other, until: clock });
      }
    }
  }
  return true;
}

/** Whether the struct at `clock` comes before the cursor's next unmet need. */
function isReady({ section, next }: Cursor, clock: number): boolean {
  return next >= section.needs.length || section.needs[next]! > clock;
}

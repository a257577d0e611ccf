// Lists: Word has none, only paragraphs with a number and a level. Those that belong together become a list again, and the
// lists within its items.

import type { Node } from 'prosemirror-model';
import { schema } from '../schema.js';
import { childNamed, elementsOf, val, type XmlElement } from './xml.js';

export interface ListEntry {
  readonly kind: 'entry';
  /** Which list it is of. */
  readonly listId: string;
  readonly level: number;
  readonly name: 'bullet_list' | 'ordered_list' | 'task_list';
  /** What it is counted as. */
  readonly order: number;
  readonly isChecked: boolean;
  readonly blocks: readonly Node[];
}

const MAX_LEVEL = 8;

interface Level {
  readonly isOrdered: boolean;
  readonly start: number;
}

/** What the file says of its lists, and how far each has counted. */
export class Numbering {
  readonly #levels = new Map<string, Map<number, Level>>();
  /** The definition that lists share, and count together by. */
  readonly #definitions = new Map<string, string>();
  readonly #counted = new Map<string, number[]>();

  constructor(root: XmlElement | null) {
    const parts = root ? elementsOf(root) : [];
    const abstract = new Map(
      parts
        .filter(({ name }) => name === 'w:abstractNum')
        .map((definition) => [definition.attrs.get('w:abstractNumId') ?? '', readLevels(definition)]),
    );
    for (const list of parts.filter(({ name }) => name === 'w:num')) {
      const id = list.attrs.get('w:numId') ?? '';
      const definition = val(list, 'w:abstractNumId') ?? '';
      const levels = new Map(abstract.get(definition));
      let isOwn = false;
      for (const override of elementsOf(list).filter(({ name }) => name === 'w:lvlOverride')) {
        const at = Number(override.attrs.get('w:ilvl') ?? 0);
        const start = val(override, 'w:startOverride');
        const replaced = childNamed(override, 'w:lvl');
        const level = replaced ? readLevel(replaced) : (levels.get(at) ?? { isOrdered: true, start: 1 });
        levels.set(at, start === null ? level : { ...level, start: Number(start) || 0 });
        isOwn ||= start !== null;
      }
      this.#levels.set(id, levels);
      this.#definitions.set(id, isOwn ? `list ${id}` : definition);
    }
  }

  /** Counts a paragraph that has this for a number; null when it has none. */
  count(properties: XmlElement | null): Pick<ListEntry, 'listId' | 'level' | 'name' | 'order'> | null {
    const listId = val(properties, 'w:numId');
    if (listId === null || listId === '0') return null;
    const level = Math.min(MAX_LEVEL, Math.max(0, Math.trunc(Number(val(properties, 'w:ilvl') ?? 0)) || 0));
    const { isOrdered, start } = this.#levels.get(listId)?.get(level) ?? { isOrdered: false, start: 1 };
    const definition = this.#definitions.get(listId) ?? listId;
    const counted = (this.#counted.get(definition) ?? []).slice(0, level + 1);
    const order = (counted[level] ?? start - 1) + 1;
    counted[level] = order;
    this.#counted.set(definition, counted);
    return { listId, level, name: isOrdered ? 'ordered_list' : 'bullet_list', order };
  }
}

/** Of those that a paragraph can have: each list that is one of these copies them. */
function readLevels(definition: XmlElement): Map<number, Level> {
  const levels = elementsOf(definition)
    .filter(({ name }) => name === 'w:lvl')
    .map((level) => [Number(level.attrs.get('w:ilvl') ?? 0), readLevel(level)] as const);
  return new Map(levels.filter(([at]) => at <= MAX_LEVEL && Number.isInteger(at) && at >= 0));
}

function readLevel(level: XmlElement): Level {
  const format = val(level, 'w:numFmt') ?? 'decimal';
  return { isOrdered: format !== 'bullet' && format !== 'none', start: Number(val(level, 'w:start') ?? 1) || 0 };
}

interface OpenList {
  readonly entry: ListEntry;
  readonly items: Node[];
  /** Of the item that is last, while more may come into it. */
  blocks: Node[];
  isChecked: boolean;
}

/** Entries that follow each other as lists. */
export function gatherLists(entries: readonly ListEntry[]): Node[] {
  const gathered: Node[] = [];
  const open: OpenList[] = [];
  const close = (): void => {
    const list = open.pop()!;
    finishItem(list);
    const { name, order } = list.entry;
    const node = schema.node(name, name === 'ordered_list' ? { order } : null, list.items);
    const outer = open.at(-1);
    if (outer) outer.blocks.push(node);
    else gathered.push(node);
  };
  for (const entry of entries) {
    while (open.length > 0 && open.at(-1)!.entry.level > entry.level) close();
    const inner = open.at(-1);
    const isSame = inner?.entry.level === entry.level && isOneList(inner.entry, entry);
    if (inner && isSame) finishItem(inner);
    else if (inner?.entry.level === entry.level) close();
    if (!isSame) open.push({ entry, items: [], blocks: [], isChecked: false });
    const list = open.at(-1)!;
    list.blocks = [...entry.blocks];
    list.isChecked = entry.isChecked;
  }
  while (open.length > 0) close();
  return gathered;
}

const isOneList = (a: ListEntry, b: ListEntry): boolean => a.listId === b.listId && a.name === b.name;

function finishItem(list: OpenList): void {
  if (list.entry.name === 'task_list') {
    list.items.push(schema.node('task_item', { checked: list.isChecked }, list.blocks));
  } else list.items.push(schema.node('list_item', null, list.blocks));
}

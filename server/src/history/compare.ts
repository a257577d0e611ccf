// Compares two moments of a document by one walk through its shared types as they are at the later one, with everything in them
// that was deleted since the earlier one. Which of it was there when, and whose doing that is, the entries say (authors.ts).
// Types are read as bare items, whatever they are used as, so that what no editor of ours knows is compared, too.

import { jsonOf, schema } from '@weft/model';
import * as Y from 'yjs';
import { ALWAYS, Authors, type Life, NEVER } from './authors.js';
import type { CompareJob, PackedComparison } from './compare-job.js';
import { changeOf, type EditAt, isAlike, MarksInForce, RunCollector } from './compared-runs.js';
import type { ComparedAttribute, ComparedBlock, ComparedPart, Comparison, Edit, Values } from './comparison.js';
import { countPeople, findMoves, stepsThrough } from './comparison-summary.js';
import { loadDocument } from './load-state.js';
import { Origins } from './origins.js';
import { blockIdOf } from './past-block.js';
import { faultOfOrigins } from './restore-record.js';

/** Any shared type, whatever it is used as. */
type SharedType = Y.ContentType['type'];

/** Deeper ones no gate lets in; walking is by recursion. */
const MAX_DEPTH = 256;

/** @throws Error when the state cannot be made, or read */
export function compare(job: CompareJob): Comparison {
  const { checkpointState, updates, entries } = job;
  const authors = Authors.read({ checkpointState, updates, before: entries.before });
  const doc = loadDocument({ checkpointState, updates }, { gc: false });
  const authorOf = (index: number): string => entries.people[entries.authors[index]!]!;
  const editAt: EditAt = (place) => {
    if (place === 0) return undefined;
    const index = entries.before + place - 1;
    return { by: authorOf(index), atMs: entries.timesMs[index]!, seq: entries.firstSeq + index };
  };
  const ownerOf = (client: number): string => {
    const first = authors.firstUpdates.get(client);
    return first === undefined ? (entries.owners.get(client) ?? '') : authorOf(first);
  };
  const origins = new Origins(entries.restores, ownerOf);
  const names = [...doc.share.keys()].sort();
  const parts = names.flatMap((name): ComparedPart[] => {
    const blocks = new PartReader(authors, origins, editAt).read(doc.share.get(name)!);
    return blocks.length === 0 ? [] : [{ name, blocks }];
  });
  doc.destroy();
  for (const { blocks } of parts) findMoves(blocks);
  return { people: countPeople(parts), parts, steps: stepsThrough(parts) };
}

/** Of the JSON of one comparison, in UTF-16 units. */
const MAX_PACKED_UNITS = 32 * 1024 * 1024;

/** The same, as it is handed over to whoever asked. */
export function comparePacked({ entries, ...job }: CompareJob): PackedComparison {
  const restores = entries.restores.filter(({ origins }) => faultOfOrigins(origins) === null);
  const lostRestores = entries.restores.length - restores.length;
  const { people, ...rest } = compare({ ...job, entries: { ...entries, restores } });
  const json = JSON.stringify(rest);
  return { people, lostRestores, json: json.length > MAX_PACKED_UNITS ? null : new TextEncoder().encode(json) };
}

/** What a type is, and where. */
interface Place {
  readonly type: string;
  readonly depth: number;
  readonly key?: string;
}

/** A type that stands in another one, to be read after it. */
interface Inner {
  readonly type: SharedType;
  readonly life: Life;
  readonly key?: string;
}

/** Something under a key. */
interface Kept {
  readonly item: Y.Item;
  /** Which of its values: those that followed each other under a key may be one item by now. */
  readonly at: number;
  readonly life: Life;
}

class PartReader {
  readonly #authors: Authors;
  readonly #origins: Origins;
  readonly #editAt: EditAt;
  readonly #blocks: ComparedBlock[] = [];

  constructor(authors: Authors, origins: Origins, editAt: EditAt) {
    this.#authors = authors;
    this.#origins = origins;
    this.#editAt = editAt;
  }

  read(root: SharedType): readonly ComparedBlock[] {
    this.#readBlock(root, ALWAYS, { type: 'part', depth: 0 });
    const [first] = this.#blocks;
    // A part that is a list of blocks and nothing else is not one itself.
    if (first && !first.runs && !first.changed && !first.attributes) {
      return this.#blocks.slice(1).map((block) => ({ ...block, depth: block.depth - 1 }));
    }
    return this.#blocks;
  }

  /** @param life of the type itself, within those around it */
  #readBlock(type: SharedType, life: Life, place: Place): void {
    const found = changeOf(life);
    if (found === null) return;
    if (place.depth > MAX_DEPTH) throw new Error(`something is more than ${MAX_DEPTH} deep in the document`);
    const edit = found.place > 0 ? this.#editAt(found.place) : undefined;
    const change = found.change === 'reformatted' ? 'same' : found.change;
    const id = change !== 'inserted' && type._item !== null && { id: blockIdOf(type._item.id) };
    const block: ComparedBlock = { ...place, ...id, change, ...(edit && { edit }) };
    this.#blocks.push(block);
    const inner: Inner[] = [];
    const { values, changed } = this.#readKeys(type, life, inner);
    if (values) block.attributes = values;
    if (changed.length > 0 && change === 'same') block.changed = changed;
    const collector = new RunCollector(this.#editAt);
    this.#readList(type, life, collector, inner);
    if (collector.runs.length > 0) block.runs = collector.runs;
    for (const { type: child, life: childLife, key } of inner) {
      const at = { type: nameOf(child), depth: place.depth + 1 };
      this.#readBlock(child, childLife, key === undefined ? at : { ...at, key });
    }
  }

  #readList(type: SharedType, life: Life, collector: RunCollector, inner: Inner[]): void {
    const marks = new MarksInForce();
    const isText = type instanceof Y.XmlElement && holdsText(type);
    for (let item = type._start; item !== null; item = item.right) {
      const { content } = item;
      if (content instanceof Y.ContentDeleted) continue;
      if (content instanceof Y.ContentString) this.#readText(item, content.str, life, collector, marks);
      else if (content instanceof Y.ContentFormat) {
        marks.set(content.key, content.value, this.#lifeOf(item, life));
      } else if (content instanceof Y.ContentType) {
        const child = { type: content.type, life: this.#lifeOf(item, life) };
        if (type instanceof Y.XmlElement && child.type instanceof Y.XmlText) {
          this.#readList(child.type, child.life, collector, inner);
        } else if (isText && child.type instanceof Y.XmlElement && isInline(child.type)) {
          this.#readInline(child.type, child.life, collector, inner);
        } else inner.push(child);
      } else this.#readValues(item, life, collector, marks);
    }
  }

  #readText(item: Y.Item, text: string, life: Life, collector: RunCollector, marks: MarksInForce): void {
    const { client, clock } = item.id;
    let start = 0;
    for (const piece of this.#authors.livesOf(client, clock, clock + item.length)) {
      for (let at = piece.from; at < piece.to; ) {
        const { to, writer } = this.#origins.at(client, at, piece.to);
        let end = to - clock;
        // Who comes between the halves of a character has it as a whole, or leaves it to the next.
        if (isInsidePair(text, end)) end += 1;
        if (end > start) collector.addText(text.slice(start, end), within(piece, life), marks.now, writer);
        start = Math.max(start, end);
        at = to;
      }
    }
  }

  #readValues(item: Y.Item, life: Life, collector: RunCollector, marks: MarksInForce): void {
    const { client, clock } = item.id;
    const { content } = item;
    if (content instanceof Y.ContentEmbed) {
      collector.addThing({ embed: jsonOf(content.embed) }, this.#lifeOf(item, life), marks.now);
      return;
    }
    const values = content.getContent().map(jsonOf);
    for (const piece of this.#authors.livesOf(client, clock, clock + item.length)) {
      const some = values.slice(piece.from - clock, piece.to - clock);
      collector.addThing({ values: some }, within(piece, life), marks.now);
    }
  }

  /** An element in the middle of text: a run of it. What it holds itself is read after the block. */
  #readInline(type: Y.XmlElement, life: Life, collector: RunCollector, inner: Inner[]): void {
    const found = changeOf(life);
    if (found === null) return;
    const { values, before, changed } = this.#readKeys(type, life, inner);
    const attributes = values && { attributes: values };
    if (type._start !== null) inner.push({ type, life });
    if (found.change === 'same' && changed.length > 0) {
      const edit = newestOf(changed.flatMap((one) => one.edit ?? []));
      const attributesBefore = before ?? {};
      collector.add({
        node: type.nodeName,
        change: 'reformatted',
        ...(edit && { edit }),
        ...attributes,
        attributesBefore,
      });
      return;
    }
    const edit = this.#editAt(found.place);
    collector.add({ node: type.nodeName, change: found.change, ...(edit && { edit }), ...attributes });
  }

  /** What is kept under keys: values as attributes, and types, which are added to `inner`. */
  #readKeys(type: SharedType, life: Life, inner: Inner[]) {
    // A key may be called like what every object has.
    const before = Object.create(null) as Record<string, unknown>;
    const after = Object.create(null) as Record<string, unknown>;
    const changed: ComparedAttribute[] = [];
    for (const [name, newest] of [...type._map].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const now = this.#keptAt(newest, () => true);
      const then = this.#keptAt(newest, ({ inserted }) => inserted === 0);
      if (then && isThere(then.life, 0)) this.#takeKept(then, this.#untilReplaced(then, life), name, before, inner);
      if (now && isThere(now.life, NEVER)) {
        // The same item at both moments is one block, and was taken above.
        const isBoth = then?.item === now.item && isThere(then.life, 0);
        this.#takeKept(now, within(now.life, life), name, after, isBoth ? [] : inner);
      }
      if (isAlike(before[name], after[name])) continue;
      const place = now === null ? 0 : now.life.deleted === NEVER ? now.life.inserted : now.life.deleted;
      const edit = this.#editAt(place);
      changed.push({
        name,
        ...(name in before && { before: before[name] }),
        ...(name in after && { after: after[name] }),
        ...(edit && { edit }),
      });
    }
    const isGone = life.deleted !== NEVER;
    return { values: orNone(isGone ? before : after), before: orNone(before), changed };
  }

  /** Of what stood under a key, the newest that a moment knows, which holds there whether it is deleted or not. */
  #keptAt(newest: Y.Item, isKnown: (life: Life) => boolean): Kept | null {
    for (let item: Y.Item | null = newest; item !== null; item = item.left) {
      for (let at = item.length - 1; at >= 0; at--) {
        const life = this.#authors.lifeOf(item.id.client, item.id.clock + at);
        if (isKnown(life)) return { item, at, life };
      }
    }
    return null;
  }

  /** What another one takes the place of is gone from then on: Yjs does not always say so. */
  #untilReplaced({ item, at, life }: Kept, around: Life): Life {
    const { inserted } = within(life, around);
    let { deleted } = within(life, around);
    const takenBy = ({ id: { client, clock } }: Y.Item, unit: number): void => {
      deleted = Math.min(deleted, this.#authors.lifeOf(client, clock + unit).inserted);
    };
    if (at + 1 < item.length) takenBy(item, at + 1);
    for (let next = item.right; next !== null; next = next.right) takenBy(next, 0);
    return { inserted, deleted };
  }

  #takeKept(
    { item: { content }, at }: Kept,
    life: Life,
    key: string,
    values: Record<string, unknown>,
    inner: Inner[],
  ): void {
    if (content instanceof Y.ContentType) inner.push({ type: content.type, life, key });
    else if (!(content instanceof Y.ContentDeleted)) values[key] = jsonOf(content.getContent()[at]);
  }

  #lifeOf(item: Y.Item, around: Life): Life {
    return within(this.#authors.lifeOf(item.id.client, item.id.clock), around);
  }
}

/** The life of something that goes with what it is in. */
const within = (life: Life, around: Life): Life => ({
  inserted: Math.max(life.inserted, around.inserted),
  deleted: Math.min(life.deleted, around.deleted),
});

/** @param moment 0: the earlier one; `NEVER`: the later one */
const isThere = ({ inserted, deleted }: Life, moment: number): boolean =>
  moment === 0 ? inserted === 0 && deleted > 0 : deleted === NEVER;

const orNone = (values: Record<string, unknown>): Values | undefined =>
  Object.keys(values).length === 0 ? undefined : values;

const newestOf = (edits: readonly Edit[]): Edit | undefined => edits.toSorted((a, b) => b.seq - a.seq)[0];

const isInsidePair = (text: string, at: number): boolean =>
  at > 0 && at < text.length && /[\uD800-\uDBFF]/.test(text[at - 1]!) && /[\uDC00-\uDFFF]/.test(text[at]!);

function nameOf(type: SharedType): string {
  if (type instanceof Y.XmlElement) return type.nodeName;
  if (type instanceof Y.Text) return 'text';
  if (type instanceof Y.Map) return 'map';
  if (type instanceof Y.Array) return 'array';
  return 'fragment';
}

/** Whether what stands in an element is text, or stands in text. */
function holdsText(element: Y.XmlElement): boolean {
  for (let item = element._start; item !== null; item = item.right) {
    if (!(item.content instanceof Y.ContentType)) continue;
    const { type } = item.content;
    if (type instanceof Y.XmlText || (type instanceof Y.XmlElement && isInlineName(type.nodeName))) return true;
  }
  return false;
}

/** As the schema says; an element that it does not know is one in the text, where there is text. */
const isInline = ({ nodeName }: Y.XmlElement): boolean =>
  isInlineName(nodeName) || !Object.hasOwn(schema.nodes, nodeName);

const isInlineName = (name: string): boolean =>
  Object.hasOwn(schema.nodes, name) && schema.nodes[name as keyof typeof schema.nodes]!.isInline;

// What GitHub's Markdown has beyond CommonMark's blocks, as markdown-it's tokens: task lists, callouts (`> [!NOTE]`),
// folding sections (`<details>`) and tables. Where a sign has no partner, or stands elsewhere, it stays text.

import type { MarkdownIt, StateBlock, StateCore, Token } from 'markdown-it';
import { type CalloutKind, calloutKinds } from './attributes.js';

/** Cells that a row has beyond the head of its table, by line: markdown-it would leave them out. */
export type ExcessCells = Map<number, string>;

export interface TaskMeta {
  readonly checked: boolean;
}
export interface CalloutMeta {
  readonly kind: CalloutKind;
}

const taskSign = /^\[([ xX])\](?:\s+|$)/;
const calloutSign = new RegExp(`^\\[!(${calloutKinds.join('|')})\\][ \\t]*(?:\\n|$)`, 'i');
const detailsOpening = /^<details(?: open)?>\s*(?:<summary>(.*)<\/summary>)?$/i;
const summaryLine = /^<summary>(.*)<\/summary>$/i;
const detailsClosing = /^<\/details>$/i;
const tableRule = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$/;

/** @param maxDepth  folding sections in each other, with what is around them; beyond it an Error with a sentence */
export function readMoreBlocks(tokenizer: MarkdownIt, maxDepth: number): void {
  tokenizer.enable('table');
  tokenizer.block.ruler.before('table', 'weft_excess_cells', findExcessCells);
  tokenizer.block.ruler.before('paragraph', 'weft_details', readDetailsSign, { alt: ['paragraph'] });
  tokenizer.core.ruler.after('block', 'weft_blocks', (state) => {
    pairDetails(state, maxDepth);
    readTasks(state);
    readCallouts(state);
    readCells(state);
  });
}

/** The text of a line within its list or quote; null when it is code by its indentation, or outside of them. */
function lineOf(state: StateBlock, line: number): string | null {
  const indent = state.sCount[line]! - state.blkIndent;
  if (indent < 0 || indent >= 4) return null;
  return state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]).trim();
}

function findExcessCells(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const rule = startLine + 1 < endLine ? lineOf(state, startLine + 1) : null;
  if (silent || rule === null || !tableRule.test(rule)) return false;
  const columns = cellsOf(rule).length;
  for (let line = startLine + 2; line < endLine; line++) {
    const text = lineOf(state, line);
    if (!text) break;
    const excess = cellsOf(text).slice(columns);
    if (excess.length > 0) (state.env.excess as ExcessCells).set(line, excess.join('|').trim());
  }
  return false;
}

function cellsOf(line: string): string[] {
  const cells = line.split(/(?<!\\)\|/);
  if (cells[0] === '') cells.shift();
  if (cells.at(-1) === '') cells.pop();
  return cells;
}

/** Each end is a token by itself; which belong together is only known when all of the text is read. */
function readDetailsSign(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const line = lineOf(state, startLine);
  const opening = line === null ? null : detailsOpening.exec(line);
  if (line === null || !(opening || detailsClosing.test(line))) return false;
  if (silent) return true;
  const token = state.push('details_sign', '', 0);
  token.content = line;
  state.line = startLine + 1;
  if (!opening) return true;
  token.info = 'opening';
  token.meta = opening[1];
  const next = startLine + 1 < endLine ? lineOf(state, startLine + 1) : null;
  const summary = next === null || opening[1] !== undefined ? null : summaryLine.exec(next);
  if (summary) {
    token.content += `\n${next}`;
    token.meta = summary[1];
    state.line++;
  }
  return true;
}

function pairDetails(state: StateCore, maxDepth: number): void {
  const partners = new Set<Token>();
  /** Openings without an end yet, for each list, quote and so on around the place. */
  const scopes: Token[][] = [[]];
  for (const token of state.tokens) {
    if (token.nesting === 1) scopes.push([]);
    else if (token.nesting === -1) scopes.pop();
    if (token.type !== 'details_sign') continue;
    const open = scopes.at(-1)!;
    if (token.info === 'opening') open.push(token);
    else if (open.length > 0) partners.add(open.pop()!).add(token);
  }
  state.tokens = state.tokens.flatMap((token) => {
    if (token.type !== 'details_sign') return [token];
    if (!partners.has(token)) return around(state, 'paragraph', token.content);
    if (token.info !== 'opening') return [new state.Token('details_close', '', -1)];
    const opening = new state.Token('details_open', '', 1);
    const summary = token.meta as string | undefined;
    return summary === undefined ? [opening] : [opening, ...around(state, 'details_summary', summary.trim())];
  });
  let depth = 0;
  for (const { nesting } of state.tokens) {
    depth += nesting;
    if (depth >= maxDepth) throw new Error(`It is nested more than ${maxDepth} levels deep.`);
  }
}

/** A textblock and its text, which is still to be read. */
function around(state: StateCore, name: string, content: string): Token[] {
  const text = new state.Token('inline', '', 0);
  text.content = content;
  text.children = [];
  return [new state.Token(`${name}_open`, '', 1), text, new state.Token(`${name}_close`, '', -1)];
}

/** The index of the token that closes the one at `start`. */
function endOf(tokens: readonly Token[], start: number): number {
  let depth = 0;
  for (let index = start; index < tokens.length; index++) {
    depth += tokens[index]!.nesting;
    if (depth === 0) return index;
  }
  return tokens.length;
}

/** A list is one of tasks when each of its items is. */
function readTasks(state: StateCore): void {
  const { tokens } = state;
  const emptied = new Set<number>();
  for (const [start, token] of tokens.entries()) {
    if (token.type !== 'bullet_list_open') continue;
    const end = endOf(tokens, start);
    const items: number[] = [];
    for (let index = start + 1; index < end; index = endOf(tokens, index) + 1) items.push(index);
    const signs = items.map((index) =>
      tokens[index + 1]!.type === 'paragraph_open' ? taskSign.exec(tokens[index + 2]!.content) : null,
    );
    if (!signs.every((sign) => sign !== null)) continue;
    token.type = 'task_list_open';
    tokens[end]!.type = 'task_list_close';
    for (const [nth, index] of items.entries()) {
      const meta: TaskMeta = { checked: signs[nth]![1] !== ' ' };
      tokens[index]!.type = 'task_item_open';
      tokens[index]!.meta = meta;
      tokens[endOf(tokens, index)]!.type = 'task_item_close';
      if (takeSign(tokens[index + 2]!, signs[nth]![0])) emptied.add(index + 1);
    }
  }
  state.tokens = without(tokens, emptied);
}

function readCallouts(state: StateCore): void {
  const { tokens } = state;
  const emptied = new Set<number>();
  for (const [start, opening] of tokens.entries()) {
    if (opening.type !== 'blockquote_open' || tokens[start + 1]!.type !== 'paragraph_open') continue;
    const text = tokens[start + 2];
    const sign = calloutSign.exec(text!.content);
    if (!sign) continue;
    const meta: CalloutMeta = { kind: sign[1]!.toLowerCase() as CalloutKind };
    opening.type = 'callout_open';
    opening.meta = meta;
    tokens[endOf(tokens, start)]!.type = 'callout_close';
    if (takeSign(text!, sign[0])) emptied.add(start + 1);
  }
  state.tokens = without(tokens, emptied);
}

/** Whether nothing is left of the text. */
function takeSign(text: Token, sign: string): boolean {
  text.content = text.content.slice(sign.length).trimStart();
  return text.content === '';
}

/** Without the textblocks that begin at these places. */
const without = (tokens: readonly Token[], starts: ReadonlySet<number>): Token[] =>
  starts.size === 0
    ? [...tokens]
    : tokens.filter((_token, index) => !starts.has(index) && !starts.has(index - 1) && !starts.has(index - 2));

/** In the model a cell holds blocks, in Markdown text. */
function readCells(state: StateCore): void {
  const excess = state.env.excess as ExcessCells;
  let more: string | undefined;
  state.tokens = state.tokens.flatMap((token, index, tokens) => {
    if (token.type === 'tr_open') more = excess.get(token.map?.[0] ?? -1);
    if (token.type !== 'inline' || !/^t[hd]_open$/.test(tokens[index - 1]?.type ?? '')) return [token];
    if (more !== undefined && tokens[index + 2]?.type === 'tr_close') token.content += ` | ${more}`;
    return [new state.Token('paragraph_open', 'p', 1), token, new state.Token('paragraph_close', 'p', -1)];
  });
}

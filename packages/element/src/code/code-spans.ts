// What the parts of code are: highlight.js, told to give places instead of HTML.

import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import markdown from 'highlight.js/lib/languages/markdown';
import php from 'highlight.js/lib/languages/php';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

/** Each has a colour in the stylesheet, as `::highlight(code-…)`. */
export const codeKinds = ['keyword', 'string', 'number', 'title', 'name', 'comment', 'deleted'] as const;
export type CodeKind = (typeof codeKinds)[number];

/** A part of code, in UTF-16 units. */
export interface CodeSpan {
  readonly from: number;
  readonly to: number;
  readonly kind: CodeKind;
}

/** Of the scopes of highlight.js; those within are their own only where they are here. */
const kinds: Readonly<Record<string, CodeKind>> = {
  keyword: 'keyword',
  'selector-tag': 'keyword',
  type: 'keyword',
  'variable.language': 'keyword',
  doctag: 'keyword',
  string: 'string',
  regexp: 'string',
  char: 'string',
  addition: 'string',
  code: 'string',
  number: 'number',
  literal: 'number',
  symbol: 'number',
  bullet: 'number',
  link: 'number',
  title: 'title',
  section: 'title',
  built_in: 'title',
  'selector-id': 'title',
  'selector-class': 'title',
  name: 'title',
  attr: 'name',
  attribute: 'name',
  property: 'name',
  'template-variable': 'name',
  'selector-attr': 'name',
  'selector-pseudo': 'name',
  comment: 'comment',
  quote: 'comment',
  meta: 'comment',
  deletion: 'deleted',
};

const kindOf = (scope: string): CodeKind | undefined => kinds[scope] ?? kinds[scope.split('.', 1)[0]!];

/** What highlight.js writes into. */
class Spans {
  readonly spans: CodeSpan[] = [];
  readonly #open: (CodeKind | undefined)[] = [];
  #at = 0;

  startScope(scope: string): void {
    // What stands in place of something in a string is no string.
    this.#open.push(scope === 'subst' ? undefined : (kindOf(scope) ?? this.#open.at(-1)));
  }

  endScope(): void {
    this.#open.pop();
  }

  /** It has both names for both. */
  openNode(scope: string): void {
    this.startScope(scope);
  }

  closeNode(): void {
    this.endScope();
  }

  addText(text: string): void {
    const [from, kind] = [this.#at, this.#open.at(-1)];
    this.#at += text.length;
    if (kind === undefined || from === this.#at) return;
    const last = this.spans.at(-1);
    const isOne = last?.to === from && last.kind === kind;
    if (isOne) this.spans.pop();
    this.spans.push({ from: isOne ? last.from : from, to: this.#at, kind });
  }

  /** Of a language within, such as that of a script in a page. */
  __addSublanguage(within: unknown): void {
    if (!(within instanceof Spans)) return;
    for (const { from, to, kind } of within.spans) this.spans.push({ from: from + this.#at, to: to + this.#at, kind });
    this.#at += within.#at;
  }

  finalize(): void {}

  toHTML(): string {
    return '';
  }
}

const grammars = {
  ...{ bash, c, cpp, csharp, css, go, java, javascript, json, kotlin, markdown, php, python, ruby, rust, sql, swift },
  ...{ typescript, xml, yaml },
};
for (const [name, grammar] of Object.entries(grammars)) hljs.registerLanguage(name, grammar);
hljs.configure({ __emitter: Spans });

/** In order, one after the other; none for a language that is not known. */
export function codeSpans(code: string, language: string): readonly CodeSpan[] {
  if (!hljs.getLanguage(language)) return [];
  const { _emitter } = hljs.highlight(code, { language, ignoreIllegals: true });
  return _emitter instanceof Spans ? _emitter.spans : [];
}

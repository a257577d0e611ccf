// What somebody sends who means harm to those who read: values for attributes, names, marks and markup. Each would run a script, leave
// the page, ask another server for something or break what draws it, if anything believed it.

import { schema } from '@weft/model';
import * as Y from 'yjs';
import { PWNED } from './canary.js';

/** Nobody is asked under this name; the policy of the page would stop it as well. */
const ELSEWHERE = 'http://elsewhere.test';

const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="${PWNED}"><script>${PWNED}</script></svg>`;

const addresses: readonly string[] = [
  `javascript:${PWNED}`,
  `JaVa\tScRi\npt:${PWNED}`,
  `\u0001 javascript:${PWNED}`,
  `\u00a0javascript:${PWNED}`,
  `javascript&colon;${PWNED}`,
  `&#106;avascript:${PWNED}`,
  `view-source:javascript:${PWNED}`,
  `vbscript:${PWNED}`,
  `data:text/html,<script>${PWNED}</script>`,
  `data:text/html;base64,${Buffer.from(`<script>${PWNED}</script>`).toString('base64')}`,
  `data:image/svg+xml,${encodeURIComponent(svg)}`,
  `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`,
  `blob:${ELSEWHERE}/a`,
  'filesystem:x',
  `${ELSEWHERE}/picture.png`,
  '//elsewhere.test/picture.png',
  '/\\elsewhere.test/picture.png',
  '\\\\elsewhere.test\\picture.png',
  `"><img src=x onerror=${PWNED}>`,
  `' onerror='${PWNED}`,
];

/** A picture is no visit: what is asked for to show one does nothing else. */
export const OWN_ADDRESSES: readonly string[] = ['/auth/ticket?ticket=x', '/auth/sign-in?again=1', '/d/elsewhere'];

const markup = `<img src=x onerror="${PWNED}"><script>${PWNED}</script>`;

/** What drawers of ProseMirror take for markup, where they take anything of this shape for it. */
const drawn: readonly unknown[] = [
  ['script', PWNED],
  ['script', { src: `${ELSEWHERE}/a.js` }],
  ['img', { src: 'x', onerror: PWNED }, 0],
  ['http://www.w3.org/2000/svg svg', { onload: PWNED }],
  { 0: 'script', length: 1, nodeType: 1 },
  { dom: { nodeType: 1 }, contentDOM: null },
];

const values: readonly unknown[] = [
  ...addresses,
  ...drawn,
  markup,
  `</style><style>*{background:url(${ELSEWHERE}/style)}</style>`,
  `background:url(${ELSEWHERE}/style)`,
  JSON.stringify(drawn),
  JSON.stringify({ name: 'script', attrs: { onclick: PWNED, ['__proto__']: { onclick: PWNED } }, children: [] }),
  { toString: 'x', valueOf: 1 },
  [],
  {},
  -1,
  1e9,
  Number.NaN,
  true,
  10n ** 15n,
  new Uint8Array([0, 255]),
  'x'.repeat(20_000),
];

const keys: readonly string[] = [
  'onclick',
  'onerror',
  'onload',
  'onfocus',
  'onanimationstart',
  'autofocus',
  'contenteditable',
  'src',
  'href',
  'xlink:href',
  'srcset',
  'srcdoc',
  'style',
  'action',
  'formaction',
  'is',
  'id',
  'name',
  'class',
  'data-weft-content',
  'data-weft-image',
  'data-pm-slice',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'nodeType',
  'dom',
  'contentDOM',
  '"><script>',
  'a b',
];

const forgedNames: readonly string[] = [
  'script',
  'iframe',
  'style',
  'svg',
  'math',
  'object',
  'embed',
  'base',
  'meta',
  'link',
  'form',
  'template',
  'a',
  'img',
  'body',
  'weft-app',
  'weft-share',
  'doc',
  'text',
  'unknown_mark',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'http://www.w3.org/2000/svg script',
  '<script>',
  `img src=x onerror=${PWNED}`,
];

const own = Object.keys(schema.nodes).filter((name) => name !== 'doc' && name !== 'text');

function element(name: string, attributes: Readonly<Record<string, unknown>>, text: Y.XmlText | null): Y.XmlElement {
  const made = new Y.XmlElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value as string);
  if (text) made.insert(0, [text]);
  return made;
}

function words(text: string): Y.XmlText {
  const made = new Y.XmlText();
  made.insert(0, text);
  return made;
}

/**
 * What a node is given with the nth value: in the attributes that it has in the schema that one, in some that elements have in HTML
 * others, so that each comes with each before long.
 */
function attributesFor(name: string, nth: number): Record<string, unknown> {
  const known = Object.keys(schema.nodes[name as keyof typeof schema.nodes]?.spec.attrs ?? {});
  const others = Array.from({ length: 6 }, (_, index) => keys[(nth * 6 + index) % keys.length]!);
  return Object.fromEntries([
    ...others.map((key, index) => [key, values[(nth + index) % values.length]]),
    ...known.map((key) => [key, values[nth]]),
  ]);
}

/** Elements of every name with every value, as blocks and within a line, with text and without. */
export function* hostileBlocks(): Generator<Y.XmlElement> {
  for (const [index, name] of [...own, ...forgedNames].entries()) {
    const all = numbersFor(index, own.length).map((nth) => attributesFor(name, nth));
    for (const attributes of all) yield element(name, attributes, words(name));
    yield line(all.map((attributes) => element(name, attributes, null)));
  }
}

/** A line for every mark, of ours and forged, with every value; and things that stand in text. */
export function* hostileLines(): Generator<Y.XmlElement> {
  const known = [...Object.keys(schema.marks), 'link--AAAAAAAA'];
  for (const [index, mark] of [...known, ...keys, ...forgedNames].entries()) {
    const text = new Y.XmlText();
    for (const value of numbersFor(index, known.length).map((nth) => values[nth])) {
      if (!isJson(value)) continue;
      const attrs = Object.fromEntries(markAttributes.map((key) => [key, value]));
      for (const given of [value, attrs]) text.insert(0, markup, { [mark]: given as object });
    }
    yield line([text]);
  }
  for (const value of [...values.filter(isJson), { nodeType: 1, innerHTML: markup }]) {
    const text = new Y.XmlText();
    for (const name of ['image', 'script', '__proto__', 'onclick']) text.insertEmbed(0, { [name]: value });
    yield line([text]);
  }
}

/** Of values: for what the schema knows all of them; for what is forged a fifth, each time another. */
const numbersFor = (index: number, known: number): readonly number[] =>
  [...values.keys()].filter((nth) => index < known || nth % 5 === index % 5);

const markAttributes = ['href', 'title', 'color', 'id', 'key', 'value', 'onclick', '__proto__'] as const;

function line(children: readonly (Y.XmlElement | Y.XmlText)[]): Y.XmlElement {
  const made = new Y.XmlElement('paragraph');
  made.insert(0, [...children]);
  return made;
}

/** Marks and embedded things travel as JSON. */
const isJson = (value: unknown): boolean =>
  typeof value !== 'bigint' &&
  !(value instanceof Uint8Array) &&
  !Number.isNaN(value) &&
  (typeof value !== 'string' || value.length < 10_000);

const links = addresses.map((address) => `<a href="${escaped(address)}">a link</a>`).join(' ');
const pictures = addresses
  .map(
    (address) =>
      `<img src="${escaped(address)}" alt="p"><img data-weft-image="${escaped(address)}"><figure data-weft-image="${escaped(address)}"><img><figcaption>c</figcaption></figure>`,
  )
  .join('');

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}

/** Contexts and attributes in what claims to be copied from an editor. */
const slices: readonly string[] = [
  '0 0 ["script",{"src":"x"}]',
  `0 0 ["paragraph",{"align":["script","${PWNED}"]}]`,
  '1 1 ["__proto__",null,"constructor",null]',
  `0 0 ["figure",{"src":"javascript:${PWNED}","alt":["script","x"]}]`,
  '99 99 []',
  '-5 -5 {"a":1}',
  '0 0 -9 "x"',
  '0 0 [[[[',
  `0 0 ["unknown_block",{"name":"script","content":${JSON.stringify(JSON.stringify(drawn))}}]`,
];

const deep = `{"name":"deep","attrs":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}},"children":[]}`;

/** Pages and clipboards, as HTML. */
export const pages: readonly string[] = [
  links,
  pictures,
  markup,
  svg,
  ...slices.map((slice) => `<p data-pm-slice='${escaped(slice)}'>sliced <b>bold</b></p>`),
  ...slices.map(
    (slice) => `<meta charset="utf-8"><div data-pm-slice='${escaped(slice)}'><table><tr><td>cell</table></div>`,
  ),
  `<p onclick="${PWNED}" onmouseover="${PWNED}" style="background:url(${ELSEWHERE}/style)">handlers</p>`,
  `<style>@import "${ELSEWHERE}/style.css"; p{background:url(${ELSEWHERE}/b)}</style><p>styled</p>`,
  `<base href="${ELSEWHERE}/"><a href="page">based</a><img src="picture.png">`,
  `<meta http-equiv="refresh" content="0;url=${ELSEWHERE}/"><p>refreshed</p>`,
  `<meta http-equiv="refresh" content="0;url=javascript:${PWNED}"><p>refreshed</p>`,
  `<link rel="stylesheet" href="${ELSEWHERE}/a.css"><link rel="prefetch" href="${ELSEWHERE}/a"><p>linked</p>`,
  `<iframe src="javascript:${PWNED}"></iframe><iframe srcdoc="<script>${PWNED}</script>"></iframe><p>framed</p>`,
  `<object data="${ELSEWHERE}/a"></object><embed src="data:text/html,<script>${PWNED}</script>"><p>embedded</p>`,
  `<math><mtext><table><mglyph><style><img src=x onerror="${PWNED}"></style></mglyph></table></mtext></math><p>math</p>`,
  `<svg><foreignObject><p onclick="${PWNED}">in svg</p></foreignObject><a xlink:href="javascript:${PWNED}"><text>t</text></a></svg>`,
  `<svg><animate onbegin="${PWNED}" attributeName="x" dur="1s"/><use href="data:image/svg+xml,${encodeURIComponent(svg)}#x"/></svg>`,
  `<form action="javascript:${PWNED}"><input autofocus onfocus="${PWNED}"><button formaction="javascript:${PWNED}">send</button></form>`,
  `<details open ontoggle="${PWNED}"><summary>more</summary>inside</details>`,
  `<video poster="${ELSEWHERE}/p"><source src="${ELSEWHERE}/v" onerror="${PWNED}"></video><audio src="${ELSEWHERE}/a" autoplay></audio>`,
  `<template><img src=x onerror="${PWNED}"></template><div><template shadowrootmode="open"><script>${PWNED}</script></template></div>`,
  `<noscript><p title="</noscript><img src=x onerror=${PWNED}>"></noscript>`,
  `<xmp><p title="</xmp><img src=x onerror=${PWNED}>"></xmp><textarea><p title="</textarea><img src=x onerror=${PWNED}>">`,
  `<!--><img src=x onerror=${PWNED}>--><![CDATA[<img src=x onerror=${PWNED}>]]>`,
  `<p id="app">clobbered</p><form id="document"><input name="body"></form><img name="createElement"><a id="location" href="javascript:${PWNED}">x</a>`,
  `<weft-app></weft-app><weft-share></weft-share><weft-own-menu></weft-own-menu><p is="weft-app">elements of the app</p>`,
  `<p class="popover visually-hidden banner" style="position:fixed;inset:0;z-index:9999">over everything</p>`,
  `<span data-weft-person="${escaped(markup)}" data-label="${escaped(markup)}">@x</span><span data-weft-document="javascript:${PWNED}">d</span>`,
  `<span data-weft-mark="onclick" data-weft-value="&quot;${PWNED}&quot;">marked</span><span data-weft-mark="__proto__" data-weft-value="{&quot;a&quot;:1}">marked</span>`,
  `<div data-weft-unknown="script" data-weft-content='{"name":"script","attrs":{"src":"${ELSEWHERE}/a.js","__proto__":{"a":1}},"children":[{"delta":[{"insert":"${PWNED}"}]}]}'></div>`,
  `<div data-weft-unknown="x" data-weft-content='{"delta":[{"insert":{"script":"${PWNED}"},"attributes":{"onclick":"${PWNED}"}}]}'></div>`,
  `<div data-weft-unknown="deep" data-weft-content="${escaped(deep)}"></div><p>deep</p>`,
  `<p><span data-weft-mark="deep" data-weft-value="${'['.repeat(40)}1${']'.repeat(40)}">deep</span></p>`,
  `${'<div>'.repeat(5_000)}deep`,
  `${'<b>'.repeat(5_000)}bold`,
  `${'<ul><li>'.repeat(2_000)}listed`,
];

export const markdown = [
  ...addresses.map(
    (address) => `[a link](<${address.replace(/[\n<>]/g, '')}> "t") ![p](<${address.replace(/[\n<>]/g, '')}>)`,
  ),
  ...addresses.map((address) => `<${address.replace(/[\s<>]/g, '')}>`),
  `[ref]: javascript:${PWNED}`,
  'A [ref] and a ![ref].',
  markup,
  `<p onclick="${PWNED}">html</p>`,
  `\`\`\`"><script>${PWNED}</script>\n${markup}\n\`\`\``,
  `> [!NOTE"onclick=${PWNED}]\n> note`,
  `| a | b |\n| - | - |\n| ${markup} | [c](javascript:${PWNED}) |`,
].join('\n\n');

/** What stands in a Word file: links and pictures that lead elsewhere, fields, and parts of other kinds. */
export const word = {
  relations: [
    ...addresses.map((address, index) => relation(`l${index}`, 'hyperlink', address)),
    ...addresses.map((address, index) => relation(`i${index}`, 'image', address)),
    relation('a', 'aFChunk', `${ELSEWHERE}/chunk.html`),
    relation('t', 'attachedTemplate', `${ELSEWHERE}/t.dotm`),
  ].join(''),
  body: [
    ...addresses.map(
      (_address, index) => `<w:p><w:hyperlink r:id="l${index}"><w:r><w:t>a link</w:t></w:r></w:hyperlink></w:p>`,
    ),
    ...addresses.map(
      (_address, index) =>
        `<w:p><w:r><w:drawing><wp:inline><a:blip r:link="i${index}" r:embed="i${index}"/></wp:inline></w:drawing></w:r></w:p>`,
    ),
    ...['HYPERLINK "javascript:', 'INCLUDEPICTURE "http://elsewhere.test/p.png" \\d "', 'DDEAUTO c:\\x "'].map(
      (field) =>
        `<w:p><w:fldSimple w:instr="${escaped(`${field}${PWNED}"`)}"><w:r><w:t>a field</w:t></w:r></w:fldSimple></w:p>`,
    ),
    `<w:altChunk r:id="a"/><w:p><w:r><w:t>${escaped(markup).replaceAll('<', '&lt;')}</w:t></w:r></w:p>`,
  ].join(''),
};

function relation(id: string, kind: string, target: string): string {
  const type = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/${kind}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no way to write them
  const written = escaped(target.replace(/[\u0000-\u0008]/g, '')).replaceAll('<', '&lt;');
  return `<Relationship Id="${id}" Type="${type}" Target="${written}" TargetMode="External"/>`;
}

export const names: readonly string[] = [
  markup,
  `"><svg onload=${PWNED}>`,
  `</title><script>${PWNED}</script>`,
  '\u202egnp.exe \u0000 \u2066x',
  '{{constructor.constructor("top.__pwned=1")()}}',
];

/** What somebody with a client of their own, or a server that lets everything pass, may tell of a person. */
export const users: readonly unknown[] = [
  ...names.map((name) => ({ name, color: `red;background:url(javascript:${PWNED})` })),
  { name: 'Array', color: ['#112233', 'url(http://elsewhere.test/c.png)'] },
  { name: 'Object', color: { toString: 'red', valueOf: markup } },
  { name: ['Ann', markup], color: '#2f6fde' },
  { name: { toString: markup }, color: '#2f6fde" onclick="top.__pwned=1' },
  { name: `Long ${'x'.repeat(1_000_000)}`, color: 'x'.repeat(1_000_000) },
  { name: '\u202eEvil\u202c \u2067Name\u2069 \u200b\u0000\ud800', color: '#2f6fde\u202e' },
  { name: 'ش'.repeat(64), color: 'var(--x,url(http://elsewhere.test/v.png))' },
  { name: 'A͓̽̾͐͂'.repeat(60), color: '#FFFFFF' },
  { name: '𝕏 👩‍👩‍👧‍👦'.repeat(20), color: '#000' },
  'nobody',
  [markup],
  null,
];

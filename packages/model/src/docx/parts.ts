// The parts of a .docx besides its text: what the styles look like, how lists count, and what is where.

import { LIST_LEVELS, STYLES } from './names.js';
import { escaped } from './xml.js';

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const W = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const TYPES = 'application/vnd.openxmlformats-officedocument.wordprocessingml';
export const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE_RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';

export const CONTENT_TYPES = `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${TYPES}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${TYPES}.styles+xml"/><Override PartName="/word/numbering.xml" ContentType="${TYPES}.numbering+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`;

export const PACKAGE_RELS = relationships([
  relationship('rId1', `${RELATIONS}/officeDocument`, 'word/document.xml'),
  relationship('rId2', `${PACKAGE_RELATIONS}/metadata/core-properties`, 'docProps/core.xml'),
]);

export function relationships(relations: readonly string[]): string {
  return `${HEAD}<Relationships xmlns="${PACKAGE_RELATIONS}">${relations.join('')}</Relationships>`;
}

/** @param target  a part of the file, unless it leads outside */
export function relationship(id: string, type: string, target: string, isOutside = false): string {
  const mode = isOutside ? ' TargetMode="External"' : '';
  return `<Relationship Id="${id}" Type="${type}" Target="${escaped(target)}"${mode}/>`;
}

export function coreProperties(title: string): string {
  return `${HEAD}<cp:coreProperties xmlns:cp="${PACKAGE_RELATIONS.replace('relationships', 'metadata/core-properties')}" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${escaped(title)}</dc:title></cp:coreProperties>`;
}

export function documentPart(body: string): string {
  const section =
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr>';
  const names = [
    ['w', W],
    ['r', RELATIONS],
    ['wp', 'http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing'],
    ['a', 'http://schemas.openxmlformats.org/drawingml/2006/main'],
    ['pic', 'http://schemas.openxmlformats.org/drawingml/2006/picture'],
    ['mc', 'http://schemas.openxmlformats.org/markup-compatibility/2006'],
    ['w14', 'http://schemas.microsoft.com/office/word/2010/wordml'],
  ].map(([prefix, name]) => ` xmlns:${prefix}="${name}"`);
  return `${HEAD}<w:document${names.join('')} mc:Ignorable="w14"><w:body>${body}${section}</w:body></w:document>`;
}

interface Style {
  readonly id: string;
  readonly name: string;
  readonly kind?: 'character';
  readonly paragraph?: string;
  readonly text?: string;
  readonly next?: boolean;
}

const mono = '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Consolas"/>';
const size = (halfPoints: number): string => `<w:sz w:val="${halfPoints}"/><w:szCs w:val="${halfPoints}"/>`;
const tiny = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>';

const headings = [36, 30, 26, 24, 22, 22].map(
  (halfPoints, index): Style => ({
    id: `Heading${index + 1}`,
    name: `heading ${index + 1}`,
    paragraph: `<w:keepNext/><w:keepLines/><w:spacing w:before="${index < 2 ? 360 : 240}" w:after="80"/><w:outlineLvl w:val="${index}"/>`,
    text: `<w:b/><w:bCs/>${index === 5 ? '<w:i/><w:iCs/>' : ''}${size(halfPoints)}`,
    next: true,
  }),
);

const styles: readonly Style[] = [
  {
    id: STYLES.title,
    name: 'Title',
    paragraph: '<w:spacing w:after="240"/>',
    text: `<w:b/><w:bCs/>${size(48)}`,
    next: true,
  },
  ...headings,
  {
    id: STYLES.quote,
    name: 'Quote',
    paragraph:
      '<w:pBdr><w:left w:val="single" w:sz="18" w:space="12" w:color="C9C4B8"/></w:pBdr><w:ind w:left="360" w:right="360"/>',
    text: '<w:color w:val="5D584D"/>',
  },
  { id: STYLES.listItem, name: 'List Paragraph', paragraph: '<w:spacing w:after="60"/><w:ind w:left="720"/>' },
  {
    id: STYLES.code,
    name: 'Weft Code',
    paragraph:
      '<w:shd w:val="clear" w:color="auto" w:fill="F3F1EC"/><w:spacing w:before="120" w:after="120" w:line="240" w:lineRule="auto"/>',
    text: `${mono}<w:noProof/>${size(19)}`,
  },
  { id: STYLES.summary, name: 'Weft Summary', paragraph: '<w:keepNext/>', text: '<w:b/><w:bCs/>', next: true },
  {
    id: STYLES.rule,
    name: 'Weft Rule',
    paragraph:
      '<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="C9C4B8"/></w:pBdr><w:spacing w:before="120" w:after="240"/>',
    next: true,
  },
  {
    id: STYLES.caption,
    name: 'caption',
    paragraph: '<w:spacing w:after="240"/>',
    text: `<w:i/><w:iCs/><w:color w:val="5D584D"/>${size(20)}`,
  },
  { id: STYLES.filler, name: 'Weft Filler', paragraph: tiny, text: size(2) },
  { id: STYLES.gap, name: 'Weft Gap', paragraph: tiny, text: size(2) },
  {
    id: STYLES.inlineCode,
    name: 'Weft Inline Code',
    kind: 'character',
    text: `${mono}<w:noProof/>${size(20)}<w:shd w:val="clear" w:color="auto" w:fill="F3F1EC"/>`,
  },
  { id: STYLES.link, name: 'Hyperlink', kind: 'character', text: '<w:color w:val="2F4BD8"/><w:u w:val="single"/>' },
];

const styleXml = ({ id, name, kind, paragraph, text, next }: Style): string =>
  [
    `<w:style w:type="${kind ?? 'paragraph'}" w:styleId="${id}"${name.startsWith('Weft') ? ' w:customStyle="1"' : ''}>`,
    `<w:name w:val="${name}"/>`,
    kind ? '' : '<w:basedOn w:val="Normal"/>',
    next ? '<w:next w:val="Normal"/>' : '',
    '<w:uiPriority w:val="1"/><w:qFormat/>',
    paragraph ? `<w:pPr>${paragraph}</w:pPr>` : '',
    text ? `<w:rPr>${text}</w:rPr>` : '',
    '</w:style>',
  ].join('');

const border = (side: string): string => `<w:${side} w:val="single" w:sz="4" w:space="0" w:color="C9C4B8"/>`;

/** Lines around the cells, and room within them. */
export const TABLE_LOOKS = `<w:tblBorders>${['top', 'left', 'bottom', 'right', 'insideH', 'insideV'].map(border).join('')}</w:tblBorders>`;

export const STYLES_PART = `${HEAD}<w:styles xmlns:w="${W}"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Calibri" w:cs="Calibri"/>${size(22)}</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="160" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>${styles.map(styleXml).join('')}</w:styles>`;

/** How a list counts; the number of its definition. */
export const LIST_KINDS = { bullet_list: 0, ordered_list: 1, task_list: 2 } as const;
export type ListName = keyof typeof LIST_KINDS;

export interface ListInstance {
  readonly kind: ListName;
  readonly level: number;
  readonly start: number;
}

export const indentOf = (level: number): number => 720 * (level + 1);

function definition(kind: ListName): string {
  const bullets = ['•', '◦', '▪'];
  const levels = Array.from({ length: LIST_LEVELS }, (_, level) => {
    const [format, text] =
      kind === 'ordered_list'
        ? ['decimal', `%${level + 1}.`]
        : ['bullet', kind === 'task_list' ? '' : bullets[level % 3]];
    // The box of a task stands in the text, where it can be ticked.
    const suffix = kind === 'task_list' ? '<w:suff w:val="nothing"/>' : '';
    return `<w:lvl w:ilvl="${level}"><w:start w:val="1"/><w:numFmt w:val="${format}"/>${suffix}<w:lvlText w:val="${text}"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="${indentOf(level)}" w:hanging="360"/></w:pPr></w:lvl>`;
  });
  return `<w:abstractNum w:abstractNumId="${LIST_KINDS[kind]}"><w:multiLevelType w:val="hybridMultilevel"/>${levels.join('')}</w:abstractNum>`;
}

/** @param lists  each list of the document, numbered from 1 */
export function numberingPart(lists: readonly ListInstance[]): string {
  const kinds = Object.keys(LIST_KINDS) as ListName[];
  const instances = lists.map(
    ({ kind, level, start }, index) =>
      `<w:num w:numId="${index + 1}"><w:abstractNumId w:val="${LIST_KINDS[kind]}"/><w:lvlOverride w:ilvl="${level}"><w:startOverride w:val="${start}"/></w:lvlOverride></w:num>`,
  );
  return `${HEAD}<w:numbering xmlns:w="${W}">${kinds.map(definition).join('')}${instances.join('')}</w:numbering>`;
}

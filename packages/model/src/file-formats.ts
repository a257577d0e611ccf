// The files that people know, and what each is called. Apart from what reads and writes them: a page that only offers them
// need not load that.

export const fileFormats = {
  docx: {
    endings: ['.docx'],
    mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  },
  markdown: { endings: ['.md', '.markdown'], mediaType: 'text/markdown;charset=utf-8' },
  html: { endings: ['.html', '.htm'], mediaType: 'text/html;charset=utf-8' },
  text: { endings: ['.txt'], mediaType: 'text/plain;charset=utf-8' },
} as const satisfies Record<string, { readonly endings: readonly string[]; readonly mediaType: string }>;

export type FileFormat = keyof typeof fileFormats;

/** By the ending of its name; null for what is none of them. */
export function formatOfFile(name: string): FileFormat | null {
  const lower = name.toLowerCase();
  const formats = Object.keys(fileFormats) as FileFormat[];
  return formats.find((format) => fileFormats[format].endings.some((ending) => lower.endsWith(ending))) ?? null;
}

/** Of a .docx: pictures are part of it, though they are never unpacked. */
export const MAX_DOCX_BYTES = 64 * 1024 * 1024;

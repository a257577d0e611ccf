// The languages that code can be said to be in: as they are named after a fence in Markdown, and for people.

import * as words from '@weft/words/tools';

export const codeLanguages: readonly (readonly [string, string])[] = [
  ['bash', 'Bash'],
  ['c', 'C'],
  ['cpp', 'C++'],
  ['csharp', 'C#'],
  ['css', 'CSS'],
  ['go', 'Go'],
  ['html', 'HTML'],
  ['java', 'Java'],
  ['javascript', 'JavaScript'],
  ['json', 'JSON'],
  ['kotlin', 'Kotlin'],
  ['markdown', 'Markdown'],
  ['php', 'PHP'],
  ['python', 'Python'],
  ['ruby', 'Ruby'],
  ['rust', 'Rust'],
  ['sql', 'SQL'],
  ['swift', 'Swift'],
  ['typescript', 'TypeScript'],
  ['xml', 'XML'],
  ['yaml', 'YAML'],
];

/** @param language  null where none was chosen; any word where the text was written elsewhere */
export const languageName = (language: string | null): string =>
  language === null ? words.language : (codeLanguages.find(([id]) => id === language)?.[1] ?? language);

// A word of a command that is shown to be used again.

/** As a shell takes it for one word. */
const quoted = (word: string): string =>
  /^[\w./:@%+,=-]+$/.test(word) && !word.startsWith('-') ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The line that undoes a replacement. @param dataFolder as it was given on the line that replaced; undefined when not */
export const bringBack = (file: string, name: string, dataFolder: string | undefined): string =>
  `weft import ${quoted(file)} --name ${quoted(name)} --replace` +
  (dataFolder === undefined ? '' : ` --data ${quoted(dataFolder)}`);

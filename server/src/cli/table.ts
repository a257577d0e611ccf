// Rows for people: columns as wide as their longest cell, numbers to the right, and the last column cut where the line ends.

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

/** Each row has a cell for each column. Cells may come from anybody: what would move the cursor is taken out. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => row.map(printable))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => widthOf(line[index]!))));
  return lines
    .map((line) => {
      const cells = line.map((cell, index) => {
        const space = ' '.repeat(widths[index]! - widthOf(cell));
        return columns[index]!.isNumber ? space + cell : cell + space;
      });
      return `${cells.join('  ').trimEnd()}\n`;
    })
    .join('');
}

/** Text of writers as one line that says nothing to the terminal. */
export const printable = (text: string): string =>
  text
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();

/** Code points: a terminal may show some of them wider, and then a column is not quite straight. */
const widthOf = (text: string): number => [...text].length;

/** As in "1.2 MB". */
export function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** Where the command runs, as in "2026-11-21 14:03". */
export function dayAndTime(timeMs: number): string {
  const date = new Date(timeMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** As in "1 document", "2 documents". */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

/** Places that hold something, under a sentence that says so; nothing where there are none. */
export const places = (sentence: string, names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : [sentence, ...names.map((name) => `  ${printable(name)}`)];

/** Of backups that hold what is gone from the data. */
export const UNTIL_NEXT = 'These backups hold it until weft backup runs into them again:';

/** As in "/backups/weft (of 2026-11-21 14:03)". */
export const backupName = ({ folder, lastMs }: { readonly folder: string; readonly lastMs: number }): string =>
  `${folder} (of ${dayAndTime(lastMs)})`;

const NAMED_SHOWN = 20;

/** Versions that go although somebody gave them a name. */
export function namedVersions(
  named: readonly { readonly id: string; readonly name: string; readonly timeMs: number }[],
): readonly string[] {
  const shown = named.slice(0, NAMED_SHOWN).map(({ id, name, timeMs }) => `${id}  ${dayAndTime(timeMs)}  ${name}`);
  const more = named.length - shown.length;
  return places('Versions with names among them:', more > 0 ? [...shown, `and ${more} more`] : shown);
}

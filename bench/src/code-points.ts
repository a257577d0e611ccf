// Positions in Unicode code points to positions in UTF-16 units, for one text that changes. Only the characters outside
// the basic plane are kept, so that a text without any costs nothing.

export class CodePoints {
  /** Code-point positions of the characters that take two units, ascending. */
  #wide: number[];

  constructor(text = '') {
    this.#wide = widePositions(text, 0);
  }

  /** The UTF-16 position of a code-point position. */
  units(position: number): number {
    return this.#wide.length === 0 ? position : position + this.#before(position);
  }

  insert(position: number, text: string): void {
    const wide = widePositions(text, position);
    if (this.#wide.length === 0) {
      this.#wide = wide;
      return;
    }
    const at = this.#before(position);
    const shift = countCodePoints(text);
    this.#wide = [...this.#wide.slice(0, at), ...wide, ...this.#wide.slice(at).map((other) => other + shift)];
  }

  delete(position: number, count: number): void {
    if (this.#wide.length === 0) return;
    const rest = this.#wide.slice(this.#before(position + count)).map((other) => other - count);
    this.#wide = [...this.#wide.slice(0, this.#before(position)), ...rest];
  }

  /** How many wide characters stand before a position. */
  #before(position: number): number {
    let low = 0;
    let high = this.#wide.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#wide[middle]! < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Whether some character takes two UTF-16 units. */
export function hasWideCharacters(text: string): boolean {
  return /[\ud800-\udfff]/.test(text);
}

function widePositions(text: string, offset: number): number[] {
  if (!hasWideCharacters(text)) return [];
  return [...text].flatMap((character, index) => (character.length === 2 ? [offset + index] : []));
}

function countCodePoints(text: string): number {
  return hasWideCharacters(text) ? [...text].length : text.length;
}

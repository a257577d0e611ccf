// JSON in which every name comes once. Of two values under one name, one reader takes the first and another the last: what
// was checked would not be what is used.

const token = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

/**
 * @throws SyntaxError for what is no JSON, nests deeper than 64, or gives a name twice
 */
export function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // It is JSON: what is a string here is one, and brackets come in pairs.
  const open: { readonly names: Set<string> | null; isNameNext: boolean }[] = [];
  for (const [part] of text.matchAll(token)) {
    const top = open.at(-1);
    if (part === '{' || part === '[') {
      open.push({ names: part === '{' ? new Set() : null, isNameNext: part === '{' });
      if (open.length > MAX_DEPTH) throw new SyntaxError(`It nests deeper than ${MAX_DEPTH}.`);
    } else if (part === '}' || part === ']') {
      open.pop();
    } else if (part === ',') {
      if (top) top.isNameNext = top.names !== null;
    } else if (top?.names && top.isNameNext) {
      const name = JSON.parse(part) as string;
      if (top.names.has(name)) throw new SyntaxError(`The name ${JSON.stringify(name)} comes twice.`);
      top.names.add(name);
      top.isNameNext = false;
    }
  }
  return value;
}

const MAX_DEPTH = 64;

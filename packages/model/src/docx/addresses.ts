// Addresses as they stand in a .docx. Word takes a file with an address that is none for a damaged one.

const illegal = /[^\x21-\x7e]|["<>\\^`{|}]/gu;

/** An address that Word can open, or null when nothing makes it one. */
export function targetOf(address: string): string | null {
  const target = address.trim().replace(illegal, (sign) => encodeURIComponent(sign));
  try {
    new URL(target, 'https://weft.invalid/');
    return target;
  } catch {
    return null;
  }
}

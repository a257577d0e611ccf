// CRC-32C (Castagnoli), the checksum of every stored record: reflected polynomial 0x82F63B78, as in RFC 3720.
// Four tables let one round take four bytes.

const tables: readonly Uint32Array[] = makeTables();
const [table0, table1, table2, table3] = tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

function makeTables(): Uint32Array[] {
  const first = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1;
    first[byte] = remainder;
  }
  const all = [first];
  for (let round = 1; round < 4; round++) {
    const before = all[round - 1]!;
    all.push(before.map((remainder) => (remainder >>> 8) ^ first[remainder & 0xff]!));
  }
  return all;
}

/** @param seed the checksum of the bytes before these, to go on from */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  let crc = ~seed;
  let at = 0;
  for (const end = bytes.length - 3; at < end; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc = table3[crc & 0xff]! ^ table2[(crc >>> 8) & 0xff]! ^ table1[(crc >>> 16) & 0xff]! ^ table0[crc >>> 24]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ table0[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}

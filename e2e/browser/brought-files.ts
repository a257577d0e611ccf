// Pictures and other files for stories, and the ways in which a person brings them into a text.

import { deflateSync } from 'node:zlib';
import type { Locator, Page } from '@playwright/test';

export interface BroughtFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** Dusk over water: a picture that any browser decodes, different by its hour. */
export function png(name: string, width = 640, height = 400, hour = 0): BroughtFile {
  const lines = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (width * 3 + 1) + 1 + x * 3;
      const isWater = y > height * 0.62;
      const depth = y / height;
      const isSun = (x - width * 0.64) ** 2 + (y - height * 0.5) ** 2 < (height * 0.11) ** 2;
      const wave = isWater ? Math.sin(y * 0.7 + Math.sin(x * 0.05) * 3) * 14 : 0;
      const [r, g, b] =
        isSun && !isWater ? [252, 226, 168] : [60 + 170 * depth + wave, 70 + 70 * depth + wave, 110 - hour + wave];
      lines.set(
        [r, g, b].map((value) => Math.max(0, Math.min(255, Math.round(value)))),
        at,
      );
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const buffer = Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { name, mimeType: 'image/png', buffer };
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

const packed = (files: readonly BroughtFile[]) =>
  files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString('base64') }));

/** As from another program: held over the middle of an element's left or right half, and let go there. */
export async function drop(
  target: Locator,
  files: readonly BroughtFile[],
  where: 'top' | 'bottom' = 'bottom',
): Promise<void> {
  await hold(target, files, where);
  await target.evaluate((element) => {
    const { held } = window as unknown as { held: { transfer: DataTransfer; clientX: number; clientY: number } };
    const { transfer: dataTransfer, clientX, clientY } = held;
    element.dispatchEvent(new DragEvent('drop', { dataTransfer, clientX, clientY, bubbles: true, cancelable: true }));
  });
}

/** Held over it, and not let go. */
export async function hold(
  target: Locator,
  files: readonly BroughtFile[],
  where: 'top' | 'bottom' = 'bottom',
): Promise<void> {
  await target.evaluate(
    (element, [brought, half]) => {
      const transfer = new DataTransfer();
      for (const { name, mimeType, base64 } of brought) {
        const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type: mimeType }));
      }
      const { left, width, top, bottom } = element.getBoundingClientRect();
      const [clientX, clientY] = [half === 'top' ? left + 2 : left + width - 2, half === 'top' ? top + 4 : bottom - 4];
      Object.assign(window, { held: { transfer, clientX, clientY } });
      for (const type of ['dragenter', 'dragover']) {
        element.dispatchEvent(
          new DragEvent(type, { dataTransfer: transfer, clientX, clientY, bubbles: true, cancelable: true }),
        );
      }
    },
    [packed(files), where] as const,
  );
}

/** From the clipboard: files, HTML, text, or some of them. */
export async function paste(
  page: Page,
  what: { files?: readonly BroughtFile[]; html?: string; text?: string },
): Promise<void> {
  await page.evaluate(
    ({ files, html, text }) => {
      const clipboardData = new DataTransfer();
      for (const { name, mimeType, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
        clipboardData.items.add(new File([bytes], name, { type: mimeType }));
      }
      if (html) clipboardData.setData('text/html', html);
      if (text) clipboardData.setData('text/plain', text);
      document.activeElement!.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
      );
    },
    { files: packed(what.files ?? []), html: what.html ?? '', text: what.text ?? '' },
  );
}

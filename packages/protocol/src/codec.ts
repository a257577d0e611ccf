// Bytes <-> messages, driven by the table in schema.ts. A frame is one or more messages, one after the other;
// a message is its tag (varUint) and its fields in the table's order, in lib0's encoding.

import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { MAX_FRAME_MESSAGES } from './limits.js';
import { type ClientMessage, clientSchema, type FieldType, type ServerMessage, serverSchema } from './schema.js';

/** A frame that is not the protocol: unknown tag, truncated, a field that cannot be, or more messages than may share one. */
export class BadFrameError extends Error {
  override readonly name = 'BadFrameError';
}

type Field = readonly [name: string, type: FieldType];
interface Layout {
  readonly type: string;
  readonly tag: number;
  readonly fields: readonly Field[];
}
type AnyMessage = Readonly<Record<string, unknown>> & { readonly type: string };

const layouts = (schema: Record<string, { tag: number; fields: Record<string, FieldType> }>): Layout[] =>
  Object.entries(schema).map(([type, { tag, fields }]) => ({ type, tag, fields: Object.entries(fields) }));

class Codec<M extends { readonly type: string }> {
  readonly #byType: ReadonlyMap<string, Layout>;
  readonly #byTag: ReadonlyMap<number, Layout>;
  readonly #maxMessages: number;

  /** @param maxMessages that a frame may hold */
  constructor(all: readonly Layout[], maxMessages: number) {
    this.#byType = new Map(all.map((layout) => [layout.type, layout]));
    this.#byTag = new Map(all.map((layout) => [layout.tag, layout]));
    this.#maxMessages = maxMessages;
  }

  encode(...messages: readonly M[]): Uint8Array<ArrayBuffer> {
    const encoder = encoding.createEncoder();
    for (const message of messages) this.#write(encoder, message as unknown as AnyMessage);
    return encoding.toUint8Array(encoder);
  }

  /**
   * @param frame bytes of one frame; the messages' `bytes` fields are views into it, not copies
   * @throws BadFrameError before any message of the frame is handed out
   */
  decode(frame: Uint8Array): M[] {
    const decoder = decoding.createDecoder(frame);
    const messages: M[] = [];
    try {
      do {
        if (messages.length === this.#maxMessages) throw new BadFrameError('the frame holds too many messages');
        messages.push(this.#read(decoder) as unknown as M);
      } while (decoding.hasContent(decoder));
    } catch (cause) {
      throw cause instanceof BadFrameError ? cause : new BadFrameError('the frame ends in the middle', { cause });
    }
    return messages;
  }

  #write(encoder: encoding.Encoder, message: AnyMessage): void {
    const layout = this.#byType.get(message.type)!;
    encoding.writeVarUint(encoder, layout.tag);
    for (const [name, type] of layout.fields) writeField(encoder, type, message[name]);
  }

  #read(decoder: decoding.Decoder): AnyMessage {
    const tag = decoding.readVarUint(decoder);
    const layout = this.#byTag.get(tag);
    if (!layout) throw new BadFrameError(`no message has the tag ${tag}`);
    const message: Record<string, unknown> & { type: string } = { type: layout.type };
    for (const [name, type] of layout.fields) message[name] = readField(decoder, type);
    return message;
  }
}

/** From so many bytes on a copy more costs more than a piece more. */
const LONG_BYTES = 4096;

/** Length and bytes. Long ones are copied once, into the frame, and not into the encoder before: they may be a document. */
function writeVarBytes(encoder: encoding.Encoder, bytes: Uint8Array): void {
  if (bytes.length < LONG_BYTES) return encoding.writeVarUint8Array(encoder, bytes);
  encoding.writeVarUint(encoder, bytes.length);
  encoder.bufs.push(encoder.cbuf.subarray(0, encoder.cpos), bytes);
  encoder.cbuf = new Uint8Array(100);
  encoder.cpos = 0;
}

function writeField(encoder: encoding.Encoder, type: FieldType, value: unknown): void {
  switch (type) {
    case 'uint':
      encoding.writeVarUint(encoder, value as number);
      break;
    case 'string':
      encoding.writeVarString(encoder, value as string);
      break;
    case 'bytes':
      writeVarBytes(encoder, value as Uint8Array);
      break;
    case 'bytes[]': {
      const list = value as readonly Uint8Array[];
      encoding.writeVarUint(encoder, list.length);
      for (const bytes of list) writeVarBytes(encoder, bytes);
    }
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readField(decoder: decoding.Decoder, type: FieldType): unknown {
  switch (type) {
    case 'uint':
      return readUint(decoder);
    case 'string':
      return strictUtf8.decode(readBytes(decoder));
    case 'bytes':
      return readBytes(decoder);
    case 'bytes[]': {
      const count = decoding.readVarUint(decoder);
      // Each element takes at least the byte of its length: a larger count is a lie, not a reason to allocate.
      if (count > remaining(decoder)) throw new BadFrameError(`a list claims ${count} elements`);
      return Array.from({ length: count }, () => readBytes(decoder));
    }
  }
}

/** lib0 looks at the size of a number before it adds its last byte. */
function readUint(decoder: decoding.Decoder): number {
  const value = decoding.readVarUint(decoder);
  if (!Number.isSafeInteger(value)) throw new BadFrameError('a number is beyond 2^53');
  return value;
}

const remaining = (decoder: decoding.Decoder): number => decoder.arr.length - decoder.pos;

function readBytes(decoder: decoding.Decoder): Uint8Array {
  const length = decoding.readVarUint(decoder);
  if (length > remaining(decoder)) throw new BadFrameError(`a field claims ${length} bytes`);
  return decoding.readUint8Array(decoder, length);
}

/** What clients send and servers read. */
export const clientCodec = new Codec<ClientMessage>(layouts(clientSchema), MAX_FRAME_MESSAGES);
/** What servers send and clients read. */
export const serverCodec = new Codec<ServerMessage>(layouts(serverSchema), Number.POSITIVE_INFINITY);

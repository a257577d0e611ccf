export { CloseCode, mayComeBack } from './close-codes.js';
export { BadFrameError, clientCodec, serverCodec } from './codec.js';
export { contentHash, type ReadableDoc } from './content-hash.js';
export {
  type DocumentName,
  documentPath,
  type ParsedName,
  parseDocumentName,
  parseDocumentPath,
} from './document-name.js';
export * from './limits.js';
export { CarrierHeader, CarrierPath } from './over-http.js';
export { type RefusalCode, refusalSentences } from './refusal.js';
export { mayWrite, ROLES, type Role, roleFromWire, roleToWire } from './roles.js';
export {
  type ClientMessage,
  clientSchema,
  type Message,
  PROTOCOL_VERSION,
  type ServerMessage,
  serverSchema,
} from './schema.js';
export { stateDigest } from './state-digest.js';
export { parseStorageCode, type StorageTrouble, storageSentences } from './storage.js';

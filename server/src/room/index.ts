// Rooms for programs that measure them without a server: `@weft/server/room`.

export { checkpointNeed } from './checkpoint-policy.js';
export type { Member } from './member.js';
export { RoomRegistry } from './room-registry.js';

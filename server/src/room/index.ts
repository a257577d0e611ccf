// Rooms for programs that measure them without a server: `@weft/server/room`.

export type { Member } from './member.js';
export { RoomRegistry } from './room-registry.js';

// Limits both ends know; nobody may exceed them. A server may take smaller updates than these and says so in Welcome.

/** Bytes of one Yjs update. */
export const MAX_UPDATE_BYTES = 4 * 1024 * 1024;
/** Bytes of one frame from a client: the largest update and room for its header. */
export const MAX_FRAME_BYTES = MAX_UPDATE_BYTES + 1024;
/** Bytes of one POST to `/weft/send`: a longer frame is sent in parts. Proxies refuse large bodies, and slow lines take long. */
export const MAX_POST_BYTES = 60 * 1024;
/** Messages of one frame from a client: two bytes can be one, and each is work. */
export const MAX_FRAME_MESSAGES = 10_000;
/** Bytes of the JSON of one presence state. */
export const MAX_PRESENCE_BYTES = 4096;
/** UTF-8 bytes of a document's name. */
export const MAX_DOCUMENT_NAME_BYTES = 255;
/** UTF-16 units of a person's name; longer ones are cut. */
export const MAX_PERSON_NAME_LENGTH = 64;
/** UTF-16 units of a token, a ticket or a guest's identity. */
export const MAX_TOKEN_LENGTH = 8192;
/** UTF-16 units of an outbox id. */
export const MAX_OUTBOX_ID_LENGTH = 64;
/** Documents open at once on one connection. */
export const MAX_OPEN_CHANNELS = 1000;
/** How often in a row a client is asked to send again against the server's state before it is refused (S1). */
export const MAX_RESYNCS = 3;
/** A client that has heard nothing for this long sends a Ping. */
export const PING_AFTER_MS = 15_000;
/** A client that has heard nothing for this long after its Ping takes the connection for dead. */
export const PONG_WITHIN_MS = 15_000;
/** The server pings whoever says nothing for this long; a connection that answered neither of two pings this far apart is dead. */
export const SERVER_PING_EVERY_MS = 20_000;
/** The server answers a poll within this time, with nothing if there is nothing: sooner than a client would ask whether it lives. */
export const POLL_WITHIN_MS = 14_000;

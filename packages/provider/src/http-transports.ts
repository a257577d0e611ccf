// What carries frames where no WebSocket gets through. An app that is built in parts has them come when they are needed
// (late-http-transports.ts; `imports` in package.json).

export { overEvents } from './events-transport.js';
export { overPolls } from './poll-transport.js';

// What the requests that carry frames over HTTP are called, where no WebSocket gets through. PROTOCOL.md § Over HTTP says
// what they mean.

/** Behind the path of the WebSocket. */
export const CarrierPath = {
  events: '/weft/events',
  send: '/weft/send',
  poll: '/weft/poll',
} as const;

export const CarrierHeader = {
  session: 'weft-session',
  counter: 'weft-counter',
  more: 'weft-more',
  end: 'weft-end',
  received: 'weft-received',
  answer: 'weft-answer',
} as const;

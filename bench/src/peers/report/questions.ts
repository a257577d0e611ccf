// What the page asks, in its order: each question is answered by one chart, whose panels are figures of scenarios. What a
// run did not measure is left out; what no question asks for is in the page's last table all the same.

export interface Question {
  /** Name of the chart's file. */
  readonly id: string;
  readonly heading: string;
  /** Why a writer or an admin would care, and what is done. */
  readonly why: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly scenario: string;
  readonly figure: string;
  /** What the bars are, without the unit. */
  readonly title: string;
}

const panel = (scenario: string, figure: string, title: string): Panel => ({ scenario, figure, title });

export const questions: readonly Question[] = [
  {
    id: 'fan-out',
    heading: 'One person types, many read',
    why: 'A lecture, a meeting with one scribe, a page that was just sent to everybody. Every letter goes to every reader, so the cost of one delivery decides how many people fit on a machine. The bare relays show the floor: they write frames to sockets and do nothing else. As a room fills, Weft gathers what is typed for up to 40 ms, which the eye does not notice, and writes it to each reader at once.',
    panels: [
      panel('fan-out-100', 'cpuPerDelivery', 'CPU per delivery, 100 readers, 100 letters a second'),
      panel('fan-out-10', 'cpuPerDelivery', 'CPU per delivery, 10 readers, 1,000 letters a second'),
      panel('fan-out-100', 'p99', 'Typed to seen, slowest 1 %, 100 readers'),
    ],
  },
  {
    id: 'documents',
    heading: 'Many documents, a few people in each',
    why: 'The everyday of a company: 600 people, three to a document. Nothing can be shared here, so every update pays for its own check, its own way to the disk and its own answer. Weft writes and syncs each before anybody sees it; the servers that are called “in memory” write nothing.',
    panels: [
      panel('documents-200', 'cpuPerUpdate', 'CPU per update, 200 documents × 3 people'),
      panel('documents-200', 'p99', 'Typed to seen, slowest 1 %, 200 documents × 3 people'),
    ],
  },
  {
    id: 'writers',
    heading: 'Everybody types in one document',
    why: 'A workshop or a class: each letter of each person goes to all the others, so the work grows with people squared, unless frames are joined. Weft joins what is typed within a few hundredths of a second once a room is large: later by less than the eye notices, and far cheaper.',
    panels: [
      panel('writers-50', 'cpuPerUpdate', 'CPU per update, 50 people'),
      panel('writers-100', 'cpuPerUpdate', 'CPU per update, 100 people'),
      panel('writers-50', 'p99', 'Typed to seen, slowest 1 %, 50 people'),
    ],
  },
  {
    id: 'unbounded',
    heading: 'As fast as it goes',
    why: 'A paste, an import, a script, or a client that was offline for a day: one writer sends thousands of updates at once. How many deliveries come through in a second until every reader has every letter?',
    panels: [
      panel('unbounded-10', 'deliveriesPerSecond', 'Deliveries per second, 10 readers'),
      panel('unbounded-100', 'deliveriesPerSecond', 'Deliveries per second, 100 readers'),
      panel('unbounded-500', 'deliveriesPerSecond', 'Deliveries per second, 500 readers'),
    ],
  },
  {
    id: 'awareness',
    heading: 'Seeing where the others are',
    why: 'Carets and names are most of what goes over the wire in a full room, and nobody needs each of them: only where somebody is now. Weft keeps the latest place of each person and sends all of them in one frame.',
    panels: [
      panel('awareness-100', 'cpu', 'CPU of the core, 100 people moving 5 times a second'),
      panel('awareness-100', 'p99', 'Moved to seen, slowest 1 %, 100 people'),
      panel('awareness-500', 'p99', 'Moved to seen, slowest 1 %, 500 people moving twice a second'),
    ],
  },
  {
    id: 'idle',
    heading: 'Open tabs',
    why: 'Most connections do nothing: a tab stays open over lunch. What one takes in memory, what all of them cost while nobody does anything, and how fast they come back after a restart is the admin’s bill.',
    panels: [
      panel('idle', 'memoryPerConnection', 'Memory per open connection'),
      panel('idle', 'connectsPerSecond', 'Connections made per second, until all are in sync'),
      panel('idle', 'idleCpu', 'CPU of the core while nobody does anything'),
    ],
  },
  {
    id: 'join',
    heading: 'Opening a long paper',
    why: 'A document with a past of a quarter of a million edits. Cold: the server has just been started and has to fetch it from the disk. Warm: somebody else has it open. The time is from the first byte sent until everything has come and is unpacked; what Yjs then does in the client (`coldShown`, `warmShown`) is nearly the same for all.',
    panels: [
      panel('join-paper', 'cold', 'Cold: after a restart of the server'),
      panel('join-paper', 'warm', 'Warm: others have it open'),
    ],
  },
  {
    id: 'memory',
    heading: 'A hundred long papers open',
    why: 'What a document takes on the server while somebody has it open. Weft keeps no Yjs document: it holds the bytes it serves, and knows what it has to know to check what comes.',
    panels: [panel('open-documents-100', 'memoryPerCopy', 'Memory per open copy of the paper')],
  },
  {
    id: 'storm',
    heading: 'Everybody comes back at once',
    why: 'The server was restarted, and a thousand people who had the same paper open reconnect in the same moment. How long until all of them are in sync, and how long does somebody else wait meanwhile?',
    panels: [
      panel('storm-1000', 'allInSync', 'Until all 1,000 are in sync'),
      panel('storm-1000', 'longestStall', 'Longest the server was not there for others'),
    ],
  },
  {
    id: 'safe',
    heading: 'What is saved, and what a crash takes',
    why: 'The server is killed while people type, and started again. Lost is what somebody had already seen, or had been told was saved. Peers have no word for “saved”; with Weft it means that the disk has it, and the time that takes is measured at half of what the server can take.',
    panels: [
      panel('kill', 'lostSeen', 'Updates lost that others had seen'),
      panel('saved', 'p99', 'Typed to saved, slowest 1 %, at half of saturation'),
    ],
  },
  {
    id: 'slow-reader',
    heading: 'One bad connection',
    why: 'One of a hundred readers stops reading for five seconds, as a phone in a tunnel does. The others should not notice, and the server should not hold everything for it.',
    panels: [
      panel('slow-reader', 'p99', 'Typed to seen by the others, slowest 1 %'),
      panel('slow-reader', 'memoryGrowth', 'Memory the server grew by'),
    ],
  },
  {
    id: 'typing',
    heading: 'Typing in a long document',
    why: 'A keystroke should cost the same in a book as in a note: it is drawn, written into Yjs, sent and answered, and somebody else’s letters take the same way back. A real browser, the same text, the same server and the same twenty others: Weft’s page with everything it has, beside the editor that y-prosemirror’s documentation builds, which has neither an outline nor a word count, a toolbar or a save state. Counted is script, in time of the processor.',
    panels: [
      panel('typing', 'key200P95', 'Own key, 200 blocks, 95th percentile'),
      panel('typing', 'key5000P95', 'Own key, 5,000 blocks, 95th percentile'),
      panel('typing', 'remote200P95', 'Somebody else’s letter, 200 blocks, 95th percentile'),
      panel('typing', 'remote5000P95', 'Somebody else’s letter, 5,000 blocks, 95th percentile'),
      panel('typing', 'crowdRemote5000P95', 'Letters of 20 others arrive, 5,000 blocks, 95th percentile'),
      panel('typing', 'longest5000', 'Longest task in all of it, 5,000 blocks'),
      panel('typing-memory', 'heapAfter', 'What script holds after a long time, 5,000 blocks, 20 others'),
    ],
  },
];

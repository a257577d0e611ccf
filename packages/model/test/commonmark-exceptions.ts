// Examples of CommonMark, by number, that become another document than the HTML which the specification gives for them, and
// why. All of them are read without loss of text, and written back as the same document; a test holds this list to both.

export const exceptions: Readonly<Record<string, readonly number[]>> = {
  'HTML within Markdown stays text: nothing is dropped, and nothing of it is believed': [
    21, 31, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 163, 164, 165, 166, 167, 168,
    169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191,
    201, 308, 309, 344, 475, 476, 477, 491, 494, 524, 536, 613, 614, 615, 616, 617, 623, 625, 626, 627, 628, 629, 630,
    631, 642, 643,
  ],
  'An address is kept as it was written; the HTML of the specification has it percent-encoded': [
    20, 32, 33, 195, 202, 206, 346, 489, 502, 503, 504, 507, 526, 538, 603,
  ],
  'HTML runs white space together or drops it; the text keeps it': [
    13, 39, 40, 138, 300, 304, 331, 332, 334, 335, 336, 337, 640, 652,
  ],
};

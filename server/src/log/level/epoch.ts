// Epochs are numbered by the second they begin in. A channel that was set back to an older state, outside of what Weft knows,
// and then begins another epoch, gets another number than the one it had gone on to: two histories that part never share one.

/** The next epoch of a channel whose epoch is `epoch`, in seconds since 1970, and more than the one before. */
export const nextEpoch = (epoch: number): number => Math.max(epoch + 1, Math.floor(Date.now() / 1000));

// Runs in a worker: says when the time has come that it was told last, once.

/** The part of a worker's own scope that is used. */
interface WorkerScope {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
}

const scope = globalThis as unknown as WorkerScope;
let timer: ReturnType<typeof setTimeout> | undefined;
scope.onmessage = ({ data }) => {
  clearTimeout(timer);
  timer = setTimeout(() => scope.postMessage(null), Number(data));
};

// What IndexedDB answers, as promises. They settle in the turn of its event, so that a transaction is still open for whoever goes on
// with what it answered. A request fails with its transaction: who waits for one of them need not listen to the other.

export function answerTo<Result>(request: IDBRequest<Result>): Promise<Result> {
  const answer = new Promise<Result>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  answer.catch(() => {});
  return answer;
}

/** Resolves once all of it is written; else none of it is. */
export function endOf(transaction: IDBTransaction): Promise<void> {
  const end = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException('It was aborted.', 'AbortError'));
  });
  end.catch(() => {});
  return end;
}

const shared = new WeakSet<object>();

/**
 * Equal reads that wait at the same time are answered by one. Whoever asks while one is under way gets the *next* one, which
 * starts when that one ends: an answer is never older than its question, so that a client always reads its own writes.
 * Answers are shared as they are: whoever gets one must not change it.
 */
export class SharedReads<Answer extends object> {
  private readonly running = new Map<string, Promise<Answer>>();
  private readonly next = new Map<string, Promise<Answer>>();

  read(key: string, load: () => Promise<Answer>): Promise<Answer> {
    const running = this.running.get(key);
    if (running === undefined) return this.start(key, load);
    const waiting = this.next.get(key);
    if (waiting !== undefined) return waiting;
    const start = (): Promise<Answer> => {
      this.next.delete(key);
      return this.start(key, load);
    };
    const following = running.then(start, start);
    this.next.set(key, following);
    return following;
  }

  /** Reads under way or waiting; none stays behind. */
  get size(): number {
    return this.running.size + this.next.size;
  }

  private start(key: string, load: () => Promise<Answer>): Promise<Answer> {
    const running = load()
      .then((answer) => {
        shared.add(answer);
        return answer;
      })
      .finally(() => this.running.delete(key));
    this.running.set(key, running);
    return running;
  }
}

/** Whether an answer may be on its way to more than one client. */
export function isShared(answer: object): boolean {
  return shared.has(answer);
}

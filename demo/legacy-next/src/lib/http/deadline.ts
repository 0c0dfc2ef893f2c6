/** Nobody waited long enough for the answer to matter. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/** Settles as `work` does, or rejects with `DeadlineError` after `ms`. The work itself is ended by the database's statement timeout. */
export async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

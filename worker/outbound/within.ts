import { AppError } from "../../lib/errors.ts";

/** The promise's own outcome, or `WORKER_TIMEOUT` when it takes longer. What it does then is its own affair. */
export async function within<Value>(timeoutMs: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AppError("WORKER_TIMEOUT", `not done within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

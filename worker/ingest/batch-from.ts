import type { IngestCall, IngestPath } from "./ingest-call.ts";

/** A call in the order of its session. */
export type Waiting = {
  readonly seq: number;
  readonly path: IngestPath;
  readonly itemCount: number;
  /** How many of its items are done with. */
  doneCount: number;
  /** Undefined while it lies on disk only. */
  call: IngestCall | undefined;
  readonly isOnDisk: Promise<boolean>;
  /** Called once it is done with. */
  readonly settle: () => void;
};

export type CallBatch = IngestCall & {
  /** How many whole calls it ends; 0: it is a part of the first one only. */
  readonly callCount: number;
};

/**
 * What comes next: the first calls of the queue that fit into one batch, of one path, in order, with the first one's trace id.
 * A first call that has more items is cut. Undefined when the first call cannot be read any more.
 */
export async function batchFrom(
  queue: readonly Waiting[],
  maxItems: number,
  read: (seq: number) => Promise<IngestCall | undefined>,
): Promise<CallBatch | undefined> {
  const [first] = queue;
  const call = first === undefined ? undefined : await load(first, read);
  if (first === undefined || call === undefined) return undefined;
  const items = call.items.slice(first.doneCount);
  if (items.length > maxItems) return { ...call, items: items.slice(0, maxItems), callCount: 0 };
  let callCount = 1;
  for (const waiting of queue.slice(1)) {
    if (waiting.path !== call.path || items.length + waiting.itemCount > maxItems) break;
    const next = await load(waiting, read);
    if (next === undefined) break;
    items.push(...next.items);
    callCount += 1;
  }
  return { ...call, items, callCount };
}

async function load(waiting: Waiting, read: (seq: number) => Promise<IngestCall | undefined>): Promise<IngestCall | undefined> {
  await waiting.isOnDisk;
  return waiting.call ?? read(waiting.seq);
}

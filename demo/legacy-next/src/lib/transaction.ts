import type { Prisma } from "../../generated/prisma/client.ts";
import { database } from "./database.ts";
import type { Asked } from "./http/respond.ts";
import type { Emission } from "./realtime/emission.ts";
import { emit } from "./realtime/emitter.ts";

export type Transaction = Prisma.TransactionClient;

/** What a transaction answers, and what is told to the world once it is committed. */
export type Committed<Result> = { readonly result: Result; readonly emissions?: readonly Emission[] };

/** Shorter than the handler's deadline: whoever is answered 503 can be sure that nothing is committed later. */
const LIMITS = { maxWait: 4_000, timeout: 5_000 };

/** All effects of one request in one transaction; emissions follow the commit, and a rejection means that nothing happened. */
export async function commit<Result>(
  { requestId }: Asked,
  work: (transaction: Transaction) => Promise<Committed<Result>>,
  limits = LIMITS,
): Promise<Result> {
  const { result, emissions = [] } = await database().$transaction(work, limits);
  emit(emissions, requestId);
  return result;
}

/** Wakes whoever listens on `channel` when the transaction commits, and not when it does not. */
export async function notify(transaction: Transaction, channel: "whatsapp_session" | "whatsapp_outbox", payload: string): Promise<void> {
  await transaction.$queryRaw`select pg_notify(${channel}, ${payload})::text`;
}

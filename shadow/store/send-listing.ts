import { AppError } from "../../lib/errors.ts";
import type { AuditHead } from "../core/cutover/audit-chain.ts";
import type { SendState } from "../core/send-ledger/send-record.ts";
import type { System } from "../core/types.ts";
import { appendAudit, type Seal } from "./audit.ts";
import { CUTOVER_LOCK } from "./commit-flip.ts";
import type { SendVault } from "./send-vault.ts";
import type { StoreClient } from "./store.ts";

/** A send as people see it. Times are ISO. Neither its key nor its answer: the one is asked for by name, the other never shown. */
export type ListedSend = {
  readonly id: string;
  readonly requestId: string;
  readonly state: SendState;
  readonly endpoint: string;
  readonly family: string;
  readonly owner: System;
  readonly tenant: string | null;
  readonly user: string | null;
  readonly attempt: number;
  readonly startedAt: string;
  readonly settledAt: string | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly resolvedBy: string | null;
  readonly reason: string | null;
};

const SHOWN = {
  id: true,
  requestId: true,
  state: true,
  endpoint: true,
  family: true,
  owner: true,
  tenant: true,
  user: true,
  attempt: true,
  startedAt: true,
  leaseUntil: true,
  settledAt: true,
  lastStatus: true,
  lastError: true,
  resolvedBy: true,
  reason: true,
} as const;

type Shown = Omit<ListedSend, "state" | "owner" | "startedAt" | "settledAt"> & {
  readonly state: string;
  readonly owner: string;
  readonly startedAt: Date;
  readonly leaseUntil: Date;
  readonly settledAt: Date | null;
};

/** Whoever held it is gone, and the sweep has not said so yet: its fate is unknown already, as its client is told. */
const isAbandoned = (state: string, leaseUntil: Date): boolean => state === "in-flight" && leaseUntil.getTime() <= Date.now();

/** A state as people see it, in terms of what is stored. */
export function whereState(state: SendState): object {
  const now = new Date();
  if (state === "unknown") return { OR: [{ state }, { state: "in-flight", leaseUntil: { lte: now } }] };
  return state === "in-flight" ? { state, leaseUntil: { gt: now } } : { state };
}

function toListed({ startedAt, settledAt, leaseUntil, state, owner, ...row }: Shown): ListedSend {
  return {
    ...row,
    state: isAbandoned(state, leaseUntil) ? "unknown" : (state as SendState),
    owner: owner as System,
    startedAt: startedAt.toISOString(),
    settledAt: settledAt?.toISOString() ?? null,
  };
}

export type SendPage = { readonly sends: readonly ListedSend[]; readonly nextCursor: string | null };

/** Newest first. */
export async function listSends(
  store: StoreClient,
  { state, limit, cursor }: { readonly state?: SendState | undefined; readonly limit: number; readonly cursor?: string | undefined },
): Promise<SendPage> {
  const rows = await store.send.findMany({
    select: SHOWN,
    orderBy: [{ startedAt: "desc" }, { id: "desc" }],
    take: limit + 1,
    ...(state === undefined ? {} : { where: whereState(state) }),
    ...(cursor === undefined ? {} : { cursor: { id: cursor }, skip: 1 }),
  });
  const sends = rows.slice(0, limit).map(toListed);
  return { sends, nextCursor: rows.length > limit ? (sends.at(-1)?.id ?? null) : null };
}

export type ShownSend = ListedSend & {
  /** As the owner was given it; null when it was sealed with another ledger key. */
  readonly key: string | null;
  readonly hasAnswer: boolean;
};

/** By its id, or by the id of the request that began it. */
export async function readSend(store: StoreClient, id: string, vault: SendVault): Promise<ShownSend | undefined> {
  const row = await store.send.findFirst({
    select: { ...SHOWN, sealedKey: true, answer: true },
    where: { OR: [{ id }, { requestId: id }] },
    orderBy: { startedAt: "desc" },
  });
  if (row === null) return undefined;
  const { sealedKey, answer, ...shown } = row;
  const key = vault.open(sealedKey, row.id);
  return { ...toListed(shown), key: key === undefined ? null : Buffer.from(key).toString("utf8"), hasAnswer: answer !== null };
}

export const RESOLUTIONS = ["sent", "not-sent"] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

export type ResolveOrder = { readonly id: string; readonly outcome: Resolution; readonly by: string; readonly reason: string };

/**
 * A person settles what nobody could know, with an entry in the audit trail, in one transaction. `keepMs`: how long the key
 * stays taken when it was sent. Throws `SEND_NOT_FOUND`, and `SEND_NOT_UNKNOWN` for one that is settled or under way.
 */
export async function resolveSend(
  store: StoreClient,
  { id, outcome, by, reason }: ResolveOrder,
  { seal, keepMs }: { readonly seal: Seal; readonly keepMs: number },
): Promise<AuditHead> {
  return store.$transaction(async (transaction) => {
    await transaction.$executeRaw`select pg_advisory_xact_lock(${CUTOVER_LOCK})`;
    const row = await transaction.send.findUnique({ select: SHOWN, where: { id } });
    if (row === null) throw new AppError("SEND_NOT_FOUND", `there is no send ${id}`);
    const state = outcome === "sent" ? "completed" : "released";
    const changed =
      await transaction.$executeRaw`update parallax.sends set state = ${state}, "settledAt" = now(), "resolvedBy" = ${by}, reason = ${reason},
        "freeAt" = case when ${outcome} = 'not-sent' or "isWindow" then now() else now() + make_interval(secs => ${keepMs}::float8 / 1000) end
      where id = ${id} and (state = 'unknown' or (state = 'in-flight' and "leaseUntil" <= now()))`;
    if (changed === 0) throw new AppError("SEND_NOT_UNKNOWN", `send ${id} is ${row.state}; only one of unknown fate can be resolved`);
    const family = await transaction.family.findUnique({ where: { family: row.family } });
    const stage = { stage: family?.stage ?? ("legacy" as const), percent: family?.percent ?? 0 };
    const evidence = { send: { id, requestId: row.requestId, endpoint: row.endpoint, owner: row.owner, outcome } };
    const entry = { at: new Date().toISOString(), family: row.family, version: family?.version ?? 1, from: stage, to: stage, by, reason };
    return appendAudit(transaction, [{ ...entry, isOverride: false, evidence }], seal);
  });
}

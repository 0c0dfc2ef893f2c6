import { KEEP_MS } from "../core/send-ledger/send-record.ts";
import { resolveSend, type ResolveOrder } from "../store/send-listing.ts";
import type { StoreClient } from "../store/store.ts";
import { rememberHead } from "./audit-head.ts";
import { sealWith } from "./audit.ts";

export type ResolveContext = { readonly store: StoreClient; readonly auditKey: string; readonly dataDir: string };

/** A person says what became of a send; the audit trail keeps who and why. Throws as `resolveSend` of the store does. */
export async function settleByPerson({ store, auditKey, dataDir }: ResolveContext, order: ResolveOrder): Promise<void> {
  const head = await resolveSend(store, order, { seal: sealWith(auditKey), keepMs: KEEP_MS });
  rememberHead(dataDir, head);
}

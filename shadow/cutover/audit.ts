import { createHmac } from "node:crypto";
import { checkChain, GENESIS, sealedText, type AuditHead, type SealedEntry } from "../core/cutover/audit-chain.ts";
import { readAudit, type Seal } from "../store/audit.ts";
import { readFamilies } from "../store/families.ts";
import type { StoreClient } from "../store/store.ts";

/** Seals entries with the key that is not in the database (HMAC-SHA256). */
export function sealWith(key: string): Seal {
  return (entry, previousMac) => macOf(sealedText(entry, previousMac ?? GENESIS), key);
}

export type AuditCheck = { readonly entries: readonly SealedEntry[]; readonly problems: readonly string[] };

/** Reads the whole trail and says what is wrong with it; nothing, in a trail that nobody touched. */
export async function verifyAudit(
  store: StoreClient,
  { key, head }: { readonly key: string; readonly head: AuditHead | undefined },
): Promise<AuditCheck> {
  const [entries, families] = await Promise.all([readAudit(store), readFamilies(store)]);
  const versions = new Map(families.map(({ family, version }) => [family, version]));
  return { entries, problems: checkChain({ entries, macOf: (text) => macOf(text, key), head, versions }) };
}

function macOf(text: string, key: string): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

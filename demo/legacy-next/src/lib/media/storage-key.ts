import { join } from "node:path";
import { env } from "../env.ts";

const STORAGE_KEY = /^([A-Za-z0-9_-]{1,128})\/([0-9a-f]{2})\/([0-9a-f]{64})$/;

/** The key of a content in the tenant's part of the store: `<tenantId>/<2 hex>/<sha256>`. */
export const storageKeyOf = (tenantId: string, sha256: string): string => `${tenantId}/${sha256.slice(0, 2)}/${sha256}`;

/** The content's hash, when the key has the form above and belongs to this tenant. Nothing else ever becomes a path. */
export function hashOfKey(key: string, tenantId: string): string | undefined {
  const [, owner, folder, sha256] = STORAGE_KEY.exec(key) ?? [];
  return owner === tenantId && sha256 !== undefined && folder === sha256.slice(0, 2) ? sha256 : undefined;
}

/** Where a key's file lies. Throws for a key that `hashOfKey` would refuse, a tenant's id with a slash for example. */
export function pathOfKey(key: string): string {
  if (!STORAGE_KEY.test(key)) throw new Error("a storage key has another form than tenant/two digits/hash");
  return join(/* turbopackIgnore: true */ env().mediaDir, key);
}

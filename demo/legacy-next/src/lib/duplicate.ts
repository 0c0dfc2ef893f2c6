/** Another request stored a row with the same unique key first. */
export function isDuplicate(error: unknown): boolean {
  return typeof error === "object" && error !== null && (error as { readonly code?: unknown }).code === "P2002";
}

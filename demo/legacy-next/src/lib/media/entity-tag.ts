/** The strong ETag of a content, known by its hash alone. */
export const entityTag = (sha256: string): string => `"${sha256}"`;

/** `If-None-Match` holds the tag, a weak form of it, or `*` (RFC 9110 13.1.2 compares weakly). */
export function isNoneMatch(header: string | null, tag: string): boolean {
  if (header === null) return false;
  if (header.trim() === "*") return true;
  const listed = header.match(/(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g) ?? [];
  return listed.some((each) => each.replace(/^W\//, "") === tag);
}

/** Cannot be encoded. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** RFC 6266: a name in ASCII for old clients, the real one in UTF-8 beside it. */
export function contentDisposition(kind: "inline" | "attachment", fileName: string): string {
  const name = fileName.replaceAll(LONE_SURROGATE, "\uFFFD");
  return `${kind}; filename="${toAscii(name)}"; filename*=UTF-8''${percentEncode(name)}`;
}

/** Quote and backslash would end or escape the quoted name: they go the way of everything that is not plain ASCII. */
function toAscii(name: string): string {
  return name.replaceAll(/[^\x20-\x7e]|["\\]/gu, "_");
}

/** RFC 8187 allows less than `encodeURIComponent` leaves alone. */
function percentEncode(name: string): string {
  return encodeURIComponent(name).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

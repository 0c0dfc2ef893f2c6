/** A Content-Disposition (RFC 6266): an ASCII name for old clients, the real one for the others (RFC 8187). */
export function contentDisposition(kind: "inline" | "attachment", fileName: string): string {
  // Quotes and backslashes would need escapes that browsers read differently.
  const ascii = fileName.replaceAll(/[^\x20-\x7e]|["\\]/gu, "_");
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${percentEncode(fileName)}`;
}

function percentEncode(text: string): string {
  const wellFormed = text.replaceAll(/\p{Surrogate}/gu, "\u{FFFD}");
  return encodeURIComponent(wellFormed).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

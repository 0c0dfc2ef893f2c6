/** What browsers may be shown, with the ending of a file's name; everything else goes out as bytes. */
const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ["image/jpeg", "jpg"],
  ["image/png", "png"],
  ["image/gif", "gif"],
  ["image/webp", "webp"],
  ["video/mp4", "mp4"],
  ["video/3gpp", "3gp"],
  ["video/webm", "webm"],
  ["video/quicktime", "mov"],
  ["audio/ogg", "ogg"],
  ["audio/mpeg", "mp3"],
  ["audio/mp4", "m4a"],
  ["audio/aac", "aac"],
  ["audio/amr", "amr"],
  ["audio/webm", "webm"],
  ["audio/wav", "wav"],
  ["application/pdf", "pdf"],
  ["text/plain", "txt"],
]);

export const UNKNOWN_TYPE = "application/octet-stream";
export const THUMBNAIL_TYPE = "image/jpeg";

/** The type to answer with: the stored one, without parameters, when it is harmless. */
export function servedType(stored: string | null): string {
  const type = (stored ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return EXTENSIONS.has(type) ? type : UNKNOWN_TYPE;
}

/** Pictures, films and sounds are shown in place. */
export const isShownInline = (servedAs: string): boolean => /^(image|video|audio)\//.test(servedAs);

export const extensionOf = (servedAs: string): string => EXTENSIONS.get(servedAs) ?? "bin";

import { toMimeType } from "@ipnuo/domain/wire-values";

/** Types a browser may be told, with the ending of a file that has no name. Everything else is served as opaque bytes. */
const SERVED_TYPES: ReadonlyMap<string, string> = new Map([
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
  ["audio/webm", "weba"],
  ["audio/wav", "wav"],
  ["application/pdf", "pdf"],
  ["text/plain", "txt"],
]);

const OPAQUE = "application/octet-stream";
export const THUMBNAIL_TYPE = "image/jpeg";

/** The type a stored file is served with: never one that a browser would run. */
export function servedTypeOf(storedType: string | null): string {
  const type = toMimeType(storedType);
  return SERVED_TYPES.has(type) ? type : OPAQUE;
}

export function extensionOf(servedType: string): string {
  return SERVED_TYPES.get(servedType) ?? "bin";
}

/** Pictures, sound and films may be shown in place; everything else is offered for download. */
export function isShownInPlace(servedType: string): boolean {
  return servedType !== OPAQUE && /^(?:image|audio|video)\//.test(servedType);
}

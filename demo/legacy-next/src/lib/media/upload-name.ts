const MAX_CODE_POINTS = 255;
const DEFAULT_NAME = "file";

/** The name of an uploaded file: what comes after the last slash of either kind, without control characters. */
export function uploadName(fileName: string | undefined): string {
  const last = (fileName ?? "").split(/[/\\]/).at(-1) ?? "";
  const points = Array.from(last.replaceAll(/\p{Cc}|\p{Surrogate}/gu, "")).slice(0, MAX_CODE_POINTS);
  return points.join("") || DEFAULT_NAME;
}

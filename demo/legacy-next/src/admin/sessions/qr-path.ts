// Its types know the default export alone.
// oxlint-disable-next-line import/no-named-as-default
import qrcode from "qrcode-generator";

/** Readers need that much white around. */
const QUIET_MODULES = 4;

/** The dark modules of a QR code as one SVG path, in a square of `size` modules with its quiet zone. */
export function toQrPath(text: string): { readonly path: string; readonly size: number } {
  const code = qrcode(0, "M"); // 0: as small as the text allows
  code.addData(text, "Byte");
  code.make();
  const count = code.getModuleCount();
  const indices = Array.from({ length: count }, (_, index) => index);
  const path = indices
    .flatMap((row) =>
      indices.filter((column) => code.isDark(row, column)).map((column) => `M${column + QUIET_MODULES} ${row + QUIET_MODULES}h1v1h-1z`),
    )
    .join("");
  return { path, size: count + 2 * QUIET_MODULES };
}

/** A multipart form by hand, so that a wrong one can be made as easily as a right one. */

export type Part = { readonly name: string; readonly value?: string; readonly file?: Buffer; readonly fileName?: string; readonly type?: string };

const BOUNDARY = "contract-suite-boundary";
export const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`;

export function formOf(parts: readonly Part[], { isClosed = true } = {}): Buffer {
  const chunks = parts.flatMap(({ name, value = "", file, fileName = "file.bin", type }) => {
    const disposition = `Content-Disposition: form-data; name="${name}"${file === undefined ? "" : `; filename="${fileName}"`}`;
    const head = [`--${BOUNDARY}`, disposition, ...(type === undefined ? [] : [`Content-Type: ${type}`]), "", ""].join("\r\n");
    return [Buffer.from(head, "utf8"), file ?? Buffer.from(value, "utf8"), Buffer.from("\r\n")];
  });
  return Buffer.concat([...chunks, ...(isClosed ? [Buffer.from(`--${BOUNDARY}--\r\n`)] : [])]);
}

import type { HeaderList } from "./types.ts";

/** All values of a header in order, or undefined when it is absent. Names are matched without regard to case. */
export function headerValues(headers: HeaderList, name: string): readonly string[] | undefined {
  const values = headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values;
}

/** Media type and parameters without what does not count: case of type and names, quotes, white space, order. */
export function normalizeContentType(value: string): string {
  const [type = "", ...parameters] = value.split(";").map((part) => part.trim());
  const normalized = parameters
    .filter((part) => part !== "")
    .map((part) => {
      const [name = "", ...rest] = part.split("=");
      const content = rest
        .join("=")
        .trim()
        .replace(/^"(.*)"$/, "$1");
      const key = name.trim().toLowerCase();
      return `${key}=${key === "charset" ? content.toLowerCase() : content}`;
    });
  return [type.toLowerCase(), ...normalized.toSorted()].join(";");
}

/** A normalised content type without values that may be anything, such as a file's name. */
export function shapeOfContentType(normalized: string): string {
  const [type = "", ...parameters] = normalized.split(";");
  return [type, ...parameters.map((part) => (/^charset=[\w.:-]{1,40}$/.test(part) ? part : (part.split("=", 1)[0] ?? "")))].join(";");
}

export function isJsonType(contentType: string | undefined): boolean {
  const type = contentType === undefined ? "" : (normalizeContentType(contentType).split(";")[0] ?? "");
  return type === "application/json" || type.endsWith("+json");
}

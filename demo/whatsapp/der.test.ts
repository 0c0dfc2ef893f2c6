import { expect, it } from "vitest";
import { der } from "./der.ts";

it.each([
  ["00", "020100"],
  ["7f", "02017f"],
  ["80", "02020080"],
  ["007f", "02017f"],
  ["0000ff01", "020300ff01"],
  ["", "020100"],
])("the number %s is %s", (bytes, encoded) => {
  expect(der.integer(Buffer.from(bytes, "hex")).toString("hex")).toBe(encoded);
});

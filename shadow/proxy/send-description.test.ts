import { describe, expect, it } from "vitest";
import { describeSend } from "./send-description.ts";

const describeText = (text: string | Buffer, type?: string) =>
  describeSend(
    { body: { kind: "bytes", bytes: Buffer.from(text as string) }, headers: type === undefined ? [] : [["Content-Type", type]] },
    undefined,
  );

describe("a send as a dry run is told of it", () => {
  it.each(["application/json", "application/json; charset=utf-8", "Application/JSON ;x"])("has the fields of %s", (type) => {
    expect(describeText('{"content":"hello"}', type)).toEqual({ body: { content: "hello" } });
  });

  // A good body of another type is refused for it (415), which a dry run of its fields would never foretell.
  it.each(["text/plain", "application/jsonp", "application/x-www-form-urlencoded", undefined])("has none in a body of type %s", (type) => {
    expect(describeText('{"content":"hello"}', type)).toBeUndefined();
  });

  it("has none in bytes that are no UTF-8, which read as text would be other fields", () => {
    expect(describeText(Buffer.from('{"content":"\xff"}', "latin1"), "application/json")).toBeUndefined();
  });

  it.each(["", "{", "[]", "null", '"text"'])("has none in %j", (text) => {
    expect(describeText(text, "application/json")).toBeUndefined();
  });
});

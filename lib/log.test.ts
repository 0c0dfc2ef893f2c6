import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { createLogger } from "./log.ts";

function capture() {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { lines, log: createLogger({ program: "test", level: "info", destination }) };
}

it("redacts declared fields wherever a call site puts them", () => {
  const { lines, log } = capture();
  log.info(
    {
      phone: "15550102001",
      headers: { authorization: "Bearer abc", "set-cookie": "a=b" },
      req: { headers: { cookie: "c=d" }, url: "/x?token=1" },
      data: { content: "hola" },
    },
    "seen",
  );
  const text = lines.join("");
  for (const secret of ["15550102001", "Bearer abc", "a=b", "c=d", "token=1", "hola"]) expect(text).not.toContain(secret);
  expect(JSON.parse(text)).toMatchObject({ level: "info", program: "test", msg: "seen" });
});

import { expect, it } from "vitest";
import { createSealer } from "./envelope.ts";

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const VALUE = { privKey: Buffer.from("a private key"), list: ["1", "2"], count: 3 };

it("brings bytes back as bytes, sealed or in clear", () => {
  for (const keys of [[], [NEW]]) {
    const sealer = createSealer(keys);
    expect(sealer.open(JSON.parse(sealer.seal(VALUE, "s1/creds")), "s1/creds")).toEqual(VALUE);
  }
});

it("shows nothing of what it seals", () => {
  const text = createSealer([NEW]).seal(VALUE, "s1/creds");
  expect(text).not.toContain("privKey");
  expect(text).not.toContain(Buffer.from("a private key").toString("base64"));
});

it("opens what an older key sealed, and what was stored before there was a key", () => {
  const rotated = createSealer([NEW, OLD]);
  expect(rotated.open(JSON.parse(createSealer([OLD]).seal(VALUE, "p")), "p")).toEqual(VALUE);
  expect(rotated.open(JSON.parse(createSealer([]).seal(VALUE, "p")), "p")).toEqual(VALUE);
});

it("opens nothing with another key, in another place, or after a change", () => {
  const stored = JSON.parse(createSealer([OLD]).seal(VALUE, "s1/creds")) as { data: string };
  expect(() => createSealer([NEW]).open(stored, "s1/creds")).toThrow("no key");
  expect(() => createSealer([OLD]).open(stored, "s2/creds")).toThrow("authenticate");
  const changed = Buffer.from(stored.data, "base64");
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  expect(() => createSealer([OLD]).open({ ...stored, data: changed.toString("base64") }, "s1/creds")).toThrow("authenticate");
});

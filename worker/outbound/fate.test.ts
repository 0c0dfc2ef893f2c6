import { expect, it } from "vitest";
import { receiptIds, toFate } from "./fate.ts";

it("takes an ack without an error for proof, at WhatsApp's time", () => {
  expect(toFate({ attrs: { id: "3EB0", t: "1700000000" } }, 5)).toEqual({ type: "sent", at: new Date(1_700_000_000_000) });
  expect(toFate({ attrs: { id: "3EB0" } }, 5)).toEqual({ type: "sent", at: new Date(5) });
});

it("never tries again what WhatsApp refuses, and doubts what it could not do", () => {
  expect(toFate({ attrs: { error: "463" } }, 0)).toMatchObject({ type: "refused", code: 463 });
  expect(toFate({ attrs: { error: "420" } }, 0)).toEqual({ type: "refused", code: 420, message: "WhatsApp refused the message with code 420" });
  expect(toFate({ attrs: { error: "500" } }, 0)).toEqual({ type: "unsure", code: 500 });
  expect(toFate({ attrs: { error: "what" } }, 0)).toEqual({ type: "unsure", code: 0 });
});

it("reads every id of a receipt", () => {
  const items = ["b", "c"].map((id) => ({ tag: "item", attrs: { id } }));
  expect(receiptIds({ tag: "receipt", attrs: { id: "a" }, content: [{ tag: "list", attrs: {}, content: items }] })).toEqual(["a", "b", "c"]);
  expect(receiptIds({ tag: "receipt", attrs: { id: "a" } })).toEqual(["a"]);
});

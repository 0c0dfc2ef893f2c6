import { describe, expect, it } from "vitest";
import { createRedactor } from "./redact.ts";

const redactor = createRedactor({ key: "0123456789abcdef", classOf: () => "text" });

describe("a redactor", () => {
  it("lets no name, number, address or text through", () => {
    const row = {
      jid: "15550102001@s.whatsapp.net",
      name: "Maria",
      phoneNumber: "15550102001",
      phone: 15_550_102_001,
      content: "hola",
      "15550102002@s.whatsapp.net": { note: "x" },
      status: "READ",
    };
    const text = JSON.stringify(redactor.json(row));
    for (const secret of ["1555", "Maria", "hola", "whatsapp.net"]) expect(text).not.toContain(secret);
  });

  it("keeps words of the contract, dates, row ids, counts and times", () => {
    const row = {
      status: "READ",
      type: "note",
      readAt: "2025-11-20T10:07:20.000Z",
      id: "cn7m9fekjz721g4ez43yyfc2y",
      unreadCount: 3,
      at: 1_763_632_860_000,
      ok: true,
      none: null,
    };
    expect(redactor.json(row)).toEqual(row);
  });

  it("keeps equal texts equal and different ones different, and tells class and length", () => {
    expect(redactor.token("hello")).toBe(redactor.token("hello"));
    expect(redactor.token("hello")).not.toBe(redactor.token("hallo"));
    expect(redactor.token("hello")).toMatch(/^~text:5:[0-9a-f]{8}\.[0-9a-f]{8}$/);
  });

  it("makes other tokens with another key", () => {
    const other = createRedactor({ key: "fedcba9876543210", classOf: () => "text" });
    expect(other.token("hello")).not.toBe(redactor.token("hello"));
  });

  it("keeps what differs in letter case alone recognisable as such", () => {
    const [one, other] = [redactor.token("Hello"), redactor.token("hello")];
    expect(one.split(".")[0]).toBe(other.split(".")[0]);
    expect(one).not.toBe(other);
  });
});

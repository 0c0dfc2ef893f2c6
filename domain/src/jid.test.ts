import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isBroadcast, isNewsletter, normalizeJid, parseJid, parsePhoneNumber, parseRecipient, phoneDigitsOf } from "./jid.ts";

describe("normalizeJid", () => {
  it.each([
    ["15550100001@s.whatsapp.net", "15550100001@s.whatsapp.net"],
    ["15550100001@S.WhatsApp.Net", "15550100001@s.whatsapp.net"],
    ["15550100001:12@s.whatsapp.net", "15550100001@s.whatsapp.net"],
    ["15550100001@c.us", "15550100001@s.whatsapp.net"],
    ["15550100001:3@C.US", "15550100001@s.whatsapp.net"],
    ["777000111222333:4@lid", "777000111222333@lid"],
    ["12036300000000001@G.US", "12036300000000001@g.us"],
    ["no address", "no address"],
    ["", ""],
  ])("%s becomes %s", (given, expected) => {
    expect(normalizeJid(given)).toBe(expected);
  });

  it("changes nothing the second time", () => {
    const jid = fc.tuple(fc.stringMatching(/^[0-9A-Za-z-]{0,16}(:[0-9]{1,2})?$/), fc.constantFrom("", "@c.us", "@LID", "@g.us", "@S.whatsapp.net"));
    fc.assert(
      fc.property(jid, ([user, server]) => {
        const once = normalizeJid(user + server);
        expect(normalizeJid(once)).toBe(once);
      }),
    );
  });
});

describe("parseJid", () => {
  it.each([
    ["15550100001@s.whatsapp.net", { kind: "phone", jid: "15550100001@s.whatsapp.net", digits: "15550100001" }],
    ["155501@c.us", { kind: "phone", jid: "155501@s.whatsapp.net", digits: "155501" }],
    ["155501000010000:9@s.whatsapp.net", { kind: "phone", jid: "155501000010000@s.whatsapp.net", digits: "155501000010000" }],
    ["777000111222333@lid", { kind: "lid", jid: "777000111222333@lid" }],
    ["7@lid", { kind: "lid", jid: "7@lid" }],
    ["12036300000000001@g.us", { kind: "group", jid: "12036300000000001@g.us" }],
    ["15550100001-1600000000@g.us", { kind: "group", jid: "15550100001-1600000000@g.us" }],
  ])("understands %s", (text, expected) => {
    expect(parseJid(text)).toEqual(expected);
  });

  it.each([
    "15550@s.whatsapp.net",
    "1555010000100001@s.whatsapp.net",
    "+15550100001@s.whatsapp.net",
    "15550100001",
    "15550100001@",
    "@s.whatsapp.net",
    "@lid",
    "abc@lid",
    "1-2-3@g.us",
    "-1@g.us",
    "status@broadcast",
    "15550100001@broadcast",
    "120363000000000000@newsletter",
    "15550100001@hosted",
    "15550100001@s.whatsapp.net@s.whatsapp.net",
    " 15550100001@s.whatsapp.net",
    "15550100001@s.whatsapp.net\n",
    "15550100001:@s.whatsapp.net",
    "15550100001:1:2@s.whatsapp.net",
    "15550100001\0@s.whatsapp.net",
    "١٥٥٥٠١٠٠٠٠١@s.whatsapp.net",
    "",
  ])("refuses %j", (text) => {
    expect(parseJid(text)).toBeUndefined();
  });

  it("returns addresses that are their own normal form", () => {
    const address = fc.tuple(fc.stringMatching(/^[0-9]{6,15}$/), fc.constantFrom("@s.whatsapp.net", "@c.us", "@lid", "@g.us"), fc.nat(99));
    fc.assert(
      fc.property(address, ([digits, server, device]) => {
        const parsed = parseJid(`${digits}:${device}${server}`);
        expect(parsed).toBeDefined();
        expect(parseJid(parsed?.jid ?? "")).toEqual(parsed);
      }),
    );
  });
});

describe("parsePhoneNumber", () => {
  it.each(["15550100001", "+15550100001"])("reads %s as a phone address", (text) => {
    expect(parsePhoneNumber(text)).toEqual({ kind: "phone", jid: "15550100001@s.whatsapp.net", digits: "15550100001" });
  });

  it.each(["15550", "1555010000100001", "++15550100001", "1555 0100001", "1-555-010-0001", " 15550100001", ""])("refuses %j", (text) => {
    expect(parsePhoneNumber(text)).toBeUndefined();
  });
});

describe("parseRecipient", () => {
  it("takes an address or a plain number", () => {
    expect(parseRecipient("15550100001@c.us")).toEqual(parseRecipient("+15550100001"));
    expect(parseRecipient("777000111222333@lid")).toEqual({ kind: "lid", jid: "777000111222333@lid" });
    expect(parseRecipient("status@broadcast")).toBeUndefined();
  });
});

describe("phoneDigitsOf", () => {
  it("never reads a phone number out of a LID or a group", () => {
    expect(phoneDigitsOf("15550100001@c.us")).toBe("15550100001");
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{1,20}$/), fc.constantFrom("lid", "g.us", "newsletter"), (digits, server) => {
        expect(phoneDigitsOf(`${digits}@${server}`)).toBeUndefined();
      }),
    );
  });
});

describe("what is no conversation", () => {
  it("tells broadcasts and newsletters from conversations", () => {
    expect(isBroadcast("status@broadcast")).toBe(true);
    expect(isBroadcast("15550100001@Broadcast")).toBe(true);
    expect(isBroadcast("15550100001@s.whatsapp.net")).toBe(false);
    expect(isNewsletter("120363000000000000@newsletter")).toBe(true);
    expect(isNewsletter("12036300000000001@g.us")).toBe(false);
  });
});

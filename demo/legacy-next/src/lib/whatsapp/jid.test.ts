import { expect, test } from "vitest";
import { addressOf, canonicalJid, phoneDigits } from "./jid.ts";

test.each([
  ["15550000101@s.whatsapp.net", "15550000101@s.whatsapp.net"],
  ["15550000101:12@s.whatsapp.net", "15550000101@s.whatsapp.net"],
  ["15550000101@C.US", "15550000101@s.whatsapp.net"],
  ["777001:3@LID", "777001@lid"],
  ["1@lid", "1@lid"],
  ["120363001@g.us", "120363001@g.us"],
  ["15550000101-1600000000@g.us", "15550000101-1600000000@g.us"],
])("%s is %s", (text, expected) => {
  expect(canonicalJid(text)).toBe(expected);
});

test.each([
  "status@broadcast",
  "1@broadcast",
  "120363001@newsletter",
  "12345@s.whatsapp.net",
  "1234567890123456@s.whatsapp.net",
  "15550000101@s.whatsapp.net.example",
  "+15550000101@s.whatsapp.net",
  "a@lid",
  "1-2-3@g.us",
  "15550000101",
  "@lid",
  "",
])("'%s' is no JID", (text) => {
  expect(canonicalJid(text)).toBeUndefined();
});

test.each([
  ["15550000101", "15550000101@s.whatsapp.net"],
  ["+15550000101", "15550000101@s.whatsapp.net"],
  ["155501", "155501@s.whatsapp.net"],
])("the number %s is a phone address", (text, expected) => {
  expect(addressOf(text)).toBe(expected);
});

test.each(["12345", "1234567890123456", "1555 000 0101", "++15550000101", " 15550000101", "1555000010x"])("'%s' is no number", (text) => {
  expect(addressOf(text)).toBeUndefined();
});

test("digits of a LID or a group are never a phone number", () => {
  expect(phoneDigits("15550000101@s.whatsapp.net")).toBe("15550000101");
  expect(phoneDigits("15550000101@lid")).toBeNull();
  expect(phoneDigits("120363001@g.us")).toBeNull();
  expect(phoneDigits(null)).toBeNull();
});

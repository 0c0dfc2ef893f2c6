import { expect, test } from "vitest";
import { matchesSearch } from "./contact-search.ts";

const CONTACT = {
  name: "José Núñez",
  phoneNumber: "15550100042",
  jid: "15550100042@s.whatsapp.net",
  assignee: { id: "u1", name: "Operator 1", color: null },
};

test.each(["", "  ", "jose", "NUNEZ jo", "operator nunez", "0100042", "+1 555 010-0042", "1"])("%j finds the contact", (search) => {
  expect(matchesSearch(CONTACT, search)).toBe(true);
});

test.each(["joseph", "jose 9", "99", "whatsapp.net"])("%j does not", (search) => {
  expect(matchesSearch(CONTACT, search)).toBe(false);
});

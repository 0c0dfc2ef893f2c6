import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressesOf, canonicalJid, identityOf, planIdentity, type Identity, type StoredIdentity } from "./contact-identity.ts";

const PN = "15550100001@s.whatsapp.net";
const OTHER_PN = "15550100002@s.whatsapp.net";
const LID = "777@lid";
const OTHER_LID = "888@lid";
const row = (id: string, pn: string | null, lid: string | null): StoredIdentity => ({ id, jid: pn ?? lid ?? "", pn, lid });
const pair: Identity = { kind: "person", pn: PN, lid: LID };

describe("identityOf", () => {
  it.each([
    [[PN, LID], pair],
    [[LID, "15550100001:7@c.us"], pair],
    [[PN, OTHER_PN], { kind: "person", pn: PN, lid: null }],
    [[LID, null], { kind: "person", pn: null, lid: LID }],
    [[undefined, PN], { kind: "person", pn: PN, lid: null }],
    [["1-2@g.us", LID], { kind: "group", jid: "1-2@g.us" }],
    [["status@broadcast"], undefined],
    [[], undefined],
  ])("%j", (jids, expected) => {
    expect(identityOf(jids)).toEqual(expected);
  });

  it("is reached by the phone when there is one", () => {
    expect(canonicalJid(pair)).toBe(PN);
    expect(canonicalJid({ kind: "person", pn: null, lid: LID })).toBe(LID);
  });
});

describe("planIdentity", () => {
  const [phoneRow, lidRow, whole] = [row("p", PN, null), row("l", null, LID), row("w", PN, LID)];
  const old = { id: "old", jid: PN, pn: null, lid: null };
  const none = { absorbed: undefined, released: undefined };
  it.each<[string, Identity, StoredIdentity[], ReturnType<typeof planIdentity>]>([
    ["nobody: a new one", pair, [], { target: undefined, ...none }],
    ["the pair itself", pair, [whole], { target: whole, ...none }],
    ["the phone half gains the LID", pair, [phoneRow], { target: phoneRow, ...none }],
    ["the LID half gains the phone", pair, [lidRow], { target: lidRow, ...none }],
    ["two halves become one, the phone's row", pair, [lidRow, phoneRow], { target: phoneRow, absorbed: lidRow, released: undefined }],
    [
      "a LID that moved to a known phone",
      pair,
      [phoneRow, row("x", OTHER_PN, LID)],
      { target: phoneRow, absorbed: undefined, released: row("x", OTHER_PN, LID) },
    ],
    [
      "a LID that moved to a new phone",
      pair,
      [row("x", OTHER_PN, LID)],
      { target: undefined, absorbed: undefined, released: row("x", OTHER_PN, LID) },
    ],
    ["a phone with another LID", pair, [row("x", PN, OTHER_LID)], { target: row("x", PN, OTHER_LID), ...none }],
    [
      "a phone with another LID, and the LID's own row",
      pair,
      [row("x", PN, OTHER_LID), lidRow],
      { target: row("x", PN, OTHER_LID), absorbed: lidRow, released: undefined },
    ],
    ["a phone alone", { kind: "person", pn: PN, lid: null }, [whole], { target: whole, ...none }],
    ["a LID alone", { kind: "person", pn: null, lid: LID }, [whole], { target: whole, ...none }],
    ["a row from before there were columns", pair, [old], { target: old, ...none }],
  ])("%s", (_name, identity, stored, plan) => {
    expect(planIdentity(identity, stored)).toEqual(plan);
  });

  it("never leaves two contacts with one address, whatever is seen in whatever order", () => {
    const [phone, lid] = [fc.constantFrom(PN, OTHER_PN, "15550100003@s.whatsapp.net"), fc.constantFrom(LID, OTHER_LID, "999@lid")];
    const sighting = fc.oneof(
      fc.record({ kind: fc.constant("person" as const), pn: phone, lid: fc.option(lid) }),
      fc.record({ kind: fc.constant("person" as const), pn: fc.constant(null), lid }),
    );
    fc.assert(
      fc.property(fc.array(sighting, { maxLength: 30 }), (sightings) => {
        let rows: StoredIdentity[] = [];
        for (const [index, identity] of sightings.entries()) {
          rows = apply(rows, identity, `k${index}`);
          const addresses = rows.flatMap(({ pn, lid: own }) => [pn, own]).filter((address) => address !== null);
          expect(new Set(addresses).size).toBe(addresses.length);
          for (const address of addressesOf(identity)) expect(addresses).toContain(address);
          const isPair = identity.pn !== null && identity.lid !== null;
          expect(!isPair || rows.some(({ pn, lid: own }) => pn === identity.pn && own === identity.lid)).toBe(true);
        }
      }),
    );
  });
});

function apply(rows: readonly StoredIdentity[], identity: Extract<Identity, { kind: "person" }>, newId: string): StoredIdentity[] {
  const { target, absorbed, released } = planIdentity(identity, rows);
  const gained = row(target?.id ?? newId, identity.pn ?? target?.pn ?? null, identity.lid ?? target?.lid ?? null);
  const others = rows.filter(({ id }) => id !== target?.id && id !== absorbed?.id);
  return [...others.map((other) => (other.id === released?.id ? row(other.id, other.pn, null) : other)), gained];
}

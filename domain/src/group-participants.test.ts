import { expect, it } from "vitest";
import { participantsAfter, storedParticipants } from "./group-participants.ts";

const [A, B, C] = ["15550100001@s.whatsapp.net", "777@lid", "15550100003@s.whatsapp.net"];
const STORED = [
  { jid: A, admin: true },
  { jid: B, admin: false },
];
const report = (rest: object) => ({
  jid: "1@g.us",
  subject: undefined,
  avatarUrl: undefined,
  participants: undefined,
  action: undefined,
  jids: undefined,
  ...rest,
});

it.each([
  ["nothing", {}, STORED],
  [
    "a list",
    {
      participants: [
        { jid: "15550100003:2@c.us", admin: true },
        { jid: "junk", admin: true },
      ],
    },
    [{ jid: C, admin: true }],
  ],
  ["an addition", { action: "add", jids: [C, A] }, [...STORED, { jid: C, admin: false }]],
  ["a removal", { action: "remove", jids: [A, C] }, [STORED[1]]],
  ["a promotion", { action: "promote", jids: [B] }, [STORED[0], { jid: B, admin: true }]],
  ["a demotion", { action: "demote", jids: [A] }, [{ jid: A, admin: false }, STORED[1]]],
  ["a list beside an action", { action: "add", jids: [C], participants: STORED }, STORED],
])("after %s", (_name, rest, expected) => {
  expect(participantsAfter(STORED, report(rest))).toEqual(expected);
});

it("reads stored participants, and nothing else", () => {
  expect(storedParticipants({ participants: STORED, relic: 1 })).toEqual(STORED);
  for (const relic of [null, [], { participants: "x" }, { participants: [{ jid: 1 }] }]) expect(storedParticipants(relic)).toEqual([]);
});

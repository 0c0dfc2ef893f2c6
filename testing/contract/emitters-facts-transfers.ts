import { LONG_NAME, LONG_WORDS, owned, UPDATED, type Fact } from "./emitters-fact.ts";
import type { Stage } from "./emitters-stage.ts";
import { CLAIMS } from "./requests.ts";

/** Requests for a contact, and what is decided on them. */

const request = async ({ post, contactId }: Stage, message: string | null = "please"): Promise<string> => {
  const made = await post(`contacts/${contactId}/transfer/request`, { message }, { as: CLAIMS.operator });
  return (made as { id: string }).id;
};
const NEW = ["transfer-request:new", "transfer-request:new"];
const MADE_AT = { recentKeys: ["createdAt"] };
const decide = (how: string, notes?: string) => async (stage: Stage) => stage.post(`transfer-requests/${await request(stage)}/${how}`, { notes });

export const TRANSFER_FACTS = {
  "transfer-request:new": [
    { what: "a request", given: owned, act: (stage) => request(stage), told: [], toldUsers: NEW, ...MADE_AT },
    {
      what: "one for a contact without a session, without words",
      given: (stage) => owned(stage, { sessionId: null, name: null }),
      act: (stage) => request(stage, null),
      told: [],
      toldUsers: NEW,
      ...MADE_AT,
    },
    {
      what: "one with long words",
      given: (stage) => owned(stage, { name: LONG_NAME }),
      act: (stage) => request(stage, LONG_WORDS),
      told: [],
      toldUsers: NEW,
      ...MADE_AT,
    },
  ],
  "transfer-request:approved": [
    {
      what: "an approval",
      given: owned,
      act: decide("approve", "well"),
      told: [UPDATED],
      toldUsers: [...NEW, "transfer-request:approved", "transfer-request:transferred"],
      ...MADE_AT,
    },
  ],
  "transfer-request:transferred": [
    {
      what: "an approval for a contact without a session",
      given: (stage) => owned(stage, { sessionId: null }),
      act: decide("approve"),
      told: [],
      toldUsers: [...NEW, "transfer-request:approved", "transfer-request:transferred"],
      ...MADE_AT,
    },
  ],
  "transfer-request:denied": [
    { what: "a denial", given: owned, act: decide("deny", "no"), told: [], toldUsers: [...NEW, "transfer-request:denied"], ...MADE_AT },
  ],
  "transfer-request:cancelled": [
    {
      what: "a cancellation",
      given: owned,
      act: async (stage) => stage.remove(`transfer-requests/${await request(stage)}`, { as: CLAIMS.operator }),
      told: [],
      toldUsers: [...NEW, "transfer-request:cancelled", "transfer-request:cancelled"],
      ...MADE_AT,
    },
  ],
} satisfies Record<string, readonly Fact[]>;

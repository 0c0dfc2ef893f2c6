import type { Fact } from "./emitters-fact.ts";
import { CONTACT_FACTS } from "./emitters-facts-contacts.ts";
import { MESSAGE_FACTS } from "./emitters-facts-messages.ts";
import { SESSION_FACTS } from "./emitters-facts-sessions.ts";
import { TRANSFER_FACTS } from "./emitters-facts-transfers.ts";

/** Facts by the event they are here for: what happens, and everything that is told of it, in order. */
export const FACTS: Readonly<Record<string, readonly Fact[]>> = { ...SESSION_FACTS, ...MESSAGE_FACTS, ...CONTACT_FACTS, ...TRANSFER_FACTS };

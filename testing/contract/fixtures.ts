import { fixtureContacts, fixtureChatbots } from "./fixture-contacts.ts";
import { fixtureActivities, fixtureMessages, fixtureSummaries } from "./fixture-messages.ts";
import { fixtureConfigs, fixtureSessions } from "./fixture-sessions.ts";
import { TENANT, USER } from "./ids.ts";
import { tenantRow, userRow, type Rows } from "./rows.ts";

const PHONE_WITH_CONTACT = "15550001001";
const PHONE_WITHOUT_CONTACT = "15550009999";

/** Two tenants made to hit edge cases; fixed ids, times relative to `now`. */
export function buildFixtures(now: Date): Rows {
  const alpha = { tenantId: TENANT.alpha };
  return {
    tenants: [tenantRow({ id: TENANT.alpha }), tenantRow({ id: TENANT.beta })],
    users: [
      userRow({ ...alpha, id: USER.admin, name: "Admin One", role: "admin", metadata: { color: "#112233", theme: "dark" } }),
      userRow({ ...alpha, id: USER.owner, name: "Owner One", role: "super_admin", metadata: {} }),
      userRow({ ...alpha, id: USER.operator, name: null, email: "operator@alpha.example", normalizedPhone: PHONE_WITH_CONTACT }),
      userRow({ ...alpha, id: USER.quiet, name: "Quiet", normalizedPhone: PHONE_WITHOUT_CONTACT }),
      userRow({ ...alpha, id: USER.phoneless, name: "Phoneless" }),
      userRow({ id: USER.foreign, tenantId: TENANT.beta, name: "Foreign", role: "admin", normalizedPhone: PHONE_WITH_CONTACT }),
    ],
    chatbot_contacts: fixtureChatbots(),
    whatsapp_sessions: fixtureSessions(now),
    whatsapp_session_configs: fixtureConfigs(),
    whatsapp_contacts: fixtureContacts(now),
    whatsapp_messages: fixtureMessages(now),
    crm_session_summaries: fixtureSummaries(now),
    crm_activities: fixtureActivities(now),
  };
}

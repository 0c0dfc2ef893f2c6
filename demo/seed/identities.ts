/** The fixed identities of the demo: traffic, tests and screenshots name them, so they never change with the seed. */

export type DemoRole = "super_admin" | "admin" | "user";

export type DemoTenant = { readonly id: string; readonly name: string; readonly domain: string };

export type DemoUser = {
  readonly id: string;
  readonly tenantId: string;
  readonly email: string;
  /** Null for one user of each tenant: the UI then shows the address. */
  readonly name: string | null;
  readonly role: DemoRole;
};

export type DemoSession = { readonly sessionId: string; readonly tenantId: string; readonly name: string };

const ID_LENGTH = 24;

/** `c` and 24 of `[a-z0-9]`, readable. */
const fixedId = (name: string): string => `c${name.padEnd(ID_LENGTH, "0")}`;

export const NORTH: DemoTenant = { id: fixedId("demotenantnorth"), name: "North Trading", domain: "north.example" };
export const SOUTH: DemoTenant = { id: fixedId("demotenantsouth"), name: "South Logistics", domain: "south.example" };
export const TENANTS = [NORTH, SOUTH] as const;

function usersOf(tenant: DemoTenant, code: string): DemoUser[] {
  const user = (key: string, name: string | null, role: DemoRole): DemoUser => {
    return { id: fixedId(`demouser${code}${key}`), tenantId: tenant.id, email: `${key}@${tenant.domain}`, name, role };
  };
  return [
    user("owner", "Owner", "super_admin"),
    user("supervisor", "Supervisor", "admin"),
    user("operator1", "Operator 1", "user"),
    user("operator2", "Operator 2", "user"),
    user("operator3", "Operator 3", "user"),
    user("operator4", null, "user"),
  ];
}

export const USERS: readonly DemoUser[] = [...usersOf(NORTH, "north"), ...usersOf(SOUTH, "south")];

const sessionOf = (tenant: DemoTenant, sessionId: string, name: string): DemoSession => ({ sessionId, tenantId: tenant.id, name });

/** One session for each state that the admin UI can show. */
export const SESSIONS = {
  /** CONNECTED, its lease live. */
  sales: sessionOf(NORTH, "session-north-sales", "Sales"),
  /** QR_REQUIRED, the QR fresh when seeded. */
  support: sessionOf(NORTH, "session-north-support", "Support"),
  /** DISCONNECTED, stopped by a user. */
  billing: sessionOf(NORTH, "session-north-billing", "Billing"),
  /** ERROR, with a message. */
  events: sessionOf(NORTH, "session-north-events", "Events"),
  /** CONNECTED, its lease dead. */
  dispatch: sessionOf(SOUTH, "session-south-dispatch", "Dispatch"),
  /** CONNECTING. */
  returns: sessionOf(SOUTH, "session-south-returns", "Returns"),
} as const;

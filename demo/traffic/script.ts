import type { EndpointId } from "../../domain/src/endpoints.ts";
import { createRandom } from "../seed/random.ts";
import { ACTIONS, CONTACTS_LIST, STATUS_POLL, toTarget, type Action, type Scene } from "./actions.ts";
import { Knowledge } from "./knowledge.ts";
import type { Operator } from "./operators.ts";

/** One request, ready to be made. */
export type PlannedRequest = {
  readonly endpoint: EndpointId;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expectedStatus: number;
  readonly tenantId: string;
};

export type Script = {
  /** The next request, in the light of what is known by now. */
  readonly next: () => PlannedRequest;
  readonly learn: (tenantId: string, body: unknown) => void;
};

const POLL_EVERY_S = 5;

/**
 * What the operators ask, one request after the other: each page first loads its contacts, then every session is polled
 * every five seconds (counted in requests, not by a clock) between weighted choices. Who asks what depends on the seed alone;
 * which contact is meant also on the answers so far.
 */
export function createScript(operators: readonly Operator[], { seed, ratePerSecond }: { seed: number; ratePerSecond: number }): Script {
  const random = createRandom(seed);
  const knowledge = new Map(operators.map(({ user }) => [user.tenantId, new Knowledge()]));
  const sessionIds = [...new Set(operators.flatMap((operator) => operator.sessionIds))];
  const requestsPerPoll = Math.max(2, Math.round((POLL_EVERY_S * ratePerSecond) / sessionIds.length));
  const openings = [...knowledge.keys()];
  let count = 0;

  const sceneOf = (operator: Operator, draw: number): Scene => {
    const known = (isOwn: boolean): Knowledge[] =>
      [...knowledge].filter(([tenantId]) => (tenantId === operator.user.tenantId) === isOwn).map(([, each]) => each);
    return {
      operator,
      contacts: known(true).flatMap((each) => each.contacts()),
      foreignContacts: known(false).flatMap((each) => each.contacts()),
      cursors: known(true).flatMap((each) => each.cursors()),
      pick: (items) => itemAt(items, draw),
    };
  };
  const next = (): PlannedRequest => {
    count += 1;
    // Always four draws a request, so that the choices do not depend on what was learnt.
    const action = random.weighted(ACTIONS);
    const [forOperator, forItem] = [random.next(), random.next()];
    const tenantId = openings.shift();
    if (tenantId !== undefined) return plan(CONTACTS_LIST, sceneOf(itemAt(ofTenant(operators, tenantId), forOperator), forItem));
    if (count % requestsPerPoll === 0) {
      const sessionId = sessionIds[(count / requestsPerPoll) % sessionIds.length] ?? "";
      const pollers = operators.filter((operator) => operator.sessionIds.includes(sessionId));
      return plan({ ...STATUS_POLL, query: () => ({ sessionId }) }, sceneOf(itemAt(pollers, forOperator), forItem));
    }
    const actors = operators.filter(({ user }) => action.by === undefined || (user.role === "user") === (action.by === "users"));
    return plan(action, sceneOf(itemAt(actors, forOperator), forItem));
  };

  return { next, learn: (tenantId, body) => knowledge.get(tenantId)?.learn(body) };
}

function plan(action: Action, scene: Scene): PlannedRequest {
  const query = action.query(scene);
  if (query === undefined) return plan(CONTACTS_LIST, scene);
  const { operator } = scene;
  const { endpoint, status: expectedStatus } = action;
  return { endpoint, target: toTarget(endpoint, query), headers: headersOf(action, operator), expectedStatus, tenantId: operator.user.tenantId };
}

const ofTenant = (operators: readonly Operator[], tenantId: string): Operator[] => operators.filter(({ user }) => user.tenantId === tenantId);

/** `draw` is from 0 up to, not including, 1; the list is not empty. */
const itemAt = <Item>(items: readonly Item[], draw: number): Item => items[Math.floor(draw * items.length)] as Item;

function headersOf({ credentials = "valid" }: Action, operator: Operator): Readonly<Record<string, string>> {
  if (credentials === "none") return {};
  return credentials === "expired" ? operator.expiredHeaders : operator.headers;
}

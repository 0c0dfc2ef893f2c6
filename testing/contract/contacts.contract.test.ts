import { beforeAll, describe, expect, it } from "vitest";
import { contactList } from "../../domain/src/contact.ts";
import { expectedContact, inOrder } from "./expected.ts";
import { SESSION, TENANT } from "./ids.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import { shapeProblems } from "./shape.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** Contract 3.4, GET contacts. */

const { world, get } = useWorld();

const NOT_FOUND = "Session not found or access denied";
const MAXIMUM = 5_000;
const CROWDED = { ...CLAIMS.admin, tenantId: "ctenantcrowded" };
const CROWD = MAXIMUM + 7;

type Listed = { contacts: { id: string; sessionId: string | null }[] };

const idsOf = (list: Listed): string[] => list.contacts.map(({ id }) => id);

/** Ids of alpha's contacts in the order of the list. */
function wantedIds(isWanted: (sessionId: string | null) => boolean = () => true): string[] {
  const rows = world().rows.whatsapp_contacts.filter(({ tenantId, sessionId }) => tenantId === TENANT.alpha && isWanted(sessionId));
  return inOrder(rows, ({ lastMessageAt }) => lastMessageAt, "descending").map(({ id }) => id);
}

beforeAll(async () => {
  const { database } = world();
  await database.query(`insert into tenants (id, name, "updatedAt") values ($1, 'Crowded', now())`, [CROWDED.tenantId]);
  await database.query(
    `insert into whatsapp_contacts (id, "tenantId", jid, pn, "phoneNumber", "lastMessageAt", "updatedAt")
     select 'crowd' || lpad(n::text, 5, '0'), $1, p || '@s.whatsapp.net', p || '@s.whatsapp.net', p,
       case when n % 10 = 0 then null else timestamp '2026-05-01' + (n % 50) * interval '1 minute' end, now()
     from generate_series(1, $2::int) n, lateral (select '1555' || lpad(n::text, 7, '0') as p) number`,
    [CROWDED.tenantId, CROWD],
  );
});

describe.each(SYSTEMS)("%s: GET contacts", (system) => {
  const list = async (query = ""): Promise<Listed> => bodyOf(await get(system, `/api/whatsapp/contacts${query}`)) as Listed;

  it("lists the tenant's contacts, newest message first, nulls last, then by id, each field as the table says", async () => {
    const { rows } = world();
    const body = await list();
    expect(shapeProblems(contactList, body)).toEqual([]);
    expect(idsOf(body)).toEqual(wantedIds());
    const byId = new Map(rows.whatsapp_contacts.map((row) => [row.id, row]));
    for (const contact of body.contacts) {
      const row = byId.get(contact.id);
      expect(contact).toEqual(row === undefined ? undefined : expectedContact(row, rows));
    }
  });

  it("shows the other tenant its own contacts only", async () => {
    const { rows } = world();
    const body = bodyOf(await get(system, "/api/whatsapp/contacts", { as: CLAIMS.foreign }));
    const foreign = rows.whatsapp_contacts.filter(({ tenantId }) => tenantId === TENANT.beta);
    expect(body).toEqual({ contacts: foreign.map((row) => expectedContact(row, rows)) });
  });

  it("is the same for the role user", async () => {
    const [admin, user] = [await get(system, "/api/whatsapp/contacts"), await get(system, "/api/whatsapp/contacts", { as: CLAIMS.operator })];
    expect(user.text).toBe(admin.text);
  });

  it("lists the contacts whose newest message came through a session", async () => {
    for (const sessionId of [SESSION.live, SESSION.stopped, SESSION.dead]) {
      expect(idsOf(await list(`?sessionId=${sessionId}`))).toEqual(wantedIds((each) => each === sessionId));
    }
    expect(await list(`?sessionId=${SESSION.connecting}`)).toEqual({ contacts: [] });
  });

  it.each([SESSION.absent, SESSION.foreign, TENANT.alpha, "all", "a%20b", SESSION.live.toUpperCase()])(
    "answers 404 for session %s",
    async (sessionId) => {
      expect(await get(system, `/api/whatsapp/contacts?sessionId=${sessionId}`)).toFailWith(404, NOT_FOUND);
    },
  );

  it("pages by limit and offset without gap or repetition", async () => {
    const wanted = wantedIds();
    const pages = [];
    for (let offset = 0; offset < wanted.length + 4; offset += 4) pages.push(...idsOf(await list(`?limit=4&offset=${offset}`)));
    expect(pages).toEqual(wanted);
    expect(idsOf(await list(`?sessionId=${SESSION.live}&limit=2&offset=1`))).toEqual(wantedIds((each) => each === SESSION.live).slice(1, 3));
    expect(await list("?offset=1000")).toEqual({ contacts: [] });
  });

  it.each(["0", "-1", "-5", "abc", "1.5", "1.0", "2e1", "0x2", "2abc", "1,000", "NaN", "Infinity", "null", "true"])(
    "takes limit=%s as the default",
    async (limit) => {
      expect(idsOf(await list(`?limit=${limit}`))).toEqual(wantedIds());
    },
  );

  it.each(["-1", "abc", "1.5", "2e1", "0x2", "2abc", "NaN", "null"])("takes offset=%s as 0", async (offset) => {
    expect(idsOf(await list(`?offset=${offset}`))).toEqual(wantedIds());
  });

  it("takes limit=1 and offset=0 as they are", async () => {
    expect(idsOf(await list("?limit=1&offset=0"))).toEqual(wantedIds().slice(0, 1));
  });

  it("lists at most 5,000, by default and when more are asked for", async () => {
    const crowd = async (query: string): Promise<string[]> =>
      idsOf(bodyOf(await get(system, `/api/whatsapp/contacts${query}`, { as: CROWDED })) as Listed);
    const first = await crowd("");
    expect(first).toHaveLength(MAXIMUM);
    for (const limit of ["5000", "5001", "99999", "99999999999999999999"]) expect([limit, await crowd(`?limit=${limit}`)]).toEqual([limit, first]);
    const rest = await crowd(`?offset=${MAXIMUM}`);
    expect(rest).toHaveLength(CROWD - MAXIMUM);
    expect(new Set([...first, ...rest]).size).toBe(CROWD);
    for (const offset of ["1000000", "1000001", "99999999999999999999"]) expect([offset, await crowd(`?offset=${offset}`)]).toEqual([offset, []]);
  });
});

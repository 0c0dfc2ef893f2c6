import { describe, expect, it } from "vitest";
import { SESSION, TENANT, USER } from "./ids.ts";
import { previewOf, type Said } from "./preview-model.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import { createScene, minutesAgo } from "./scene.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** Contract 3.5: the history of a contact's conversations, and the preview of a summary against a model of our own. */

const contract = useWorld();
const { get } = contract;
const scene = createScene(contract);

const DAY_MINUTES = 1_440;
const NOBODY = ["nope", "12345", "15557777777", USER.quiet, USER.foreign, "status@broadcast", "a%25zz", "a%00"];

describe.each(SYSTEMS)("%s: GET contacts/:contactId/sessions", (system) => {
  const history = async (contactId: string) =>
    bodyOf(await get(system, `/api/whatsapp/contacts/${contactId}/sessions`, { as: CLAIMS.operator })) as Record<string, unknown>[];

  it("lists all conversations, newest first, with their agents and the transfers between start and end", async () => {
    const contact = await scene.contact();
    const of = { contactId: contact.id };
    const first = await scene.summary({ ...of, date: minutesAgo(5_000), startedAt: minutesAgo(5_100), createdById: USER.admin });
    const second = await scene.summary({ ...of, date: minutesAgo(1_000), startedAt: null, createdById: USER.operator });
    const third = await scene.summary({ ...of, date: minutesAgo(10), startedAt: minutesAgo(20), createdById: "system" });
    const foreignAuthor = await scene.summary({ ...of, date: minutesAgo(9_000), createdById: USER.foreign });
    const transfer = (minutes: number, from: string, to: string | null) =>
      scene.activity({ ...of, createdAt: minutesAgo(minutes), metadata: { type: "transfer", from, to } });
    const early = await transfer(5_060, USER.admin, USER.owner);
    const late = await transfer(5_010, USER.owner, USER.admin);
    await transfer(5_200, USER.quiet, USER.quiet);
    await transfer(4_900, USER.quiet, USER.quiet);
    const dayBefore = await transfer(1_000 + DAY_MINUTES - 5, USER.admin, null);
    await transfer(1_000 + DAY_MINUTES + 5, USER.quiet, USER.quiet);
    await scene.activity({ ...of, createdAt: minutesAgo(15), metadata: { type: "session_start" } });
    await scene.activity({ ...of, createdAt: minutesAgo(15) });

    const list = await history(contact.id);
    expect(list.map(({ id }) => id)).toEqual([third.id, second.id, first.id, foreignAuthor.id]);
    expect(list.map(({ agentName }) => agentName)).toEqual(["Unknown", "operator@alpha.example", "Admin One", "Unknown"]);
    const shown = ({ createdAt }: { createdAt: Date }, from: string, to: string | null): object => ({ date: createdAt.toISOString(), from, to });
    expect(list.map(({ transfers }) => transfers)).toEqual([
      [],
      [shown(dayBefore, USER.admin, null)],
      [shown(early, USER.admin, USER.owner), shown(late, USER.owner, USER.admin)],
      [],
    ]);
    expect(list[2]).toEqual({ ...(JSON.parse(JSON.stringify(first)) as object), agentName: "Admin One", transfers: list[2]?.["transfers"] });
    expect(Object.keys(list[0] ?? {}).slice(-2)).toEqual(["agentName", "transfers"]);
  });

  it("keeps the order of ids for equal dates, has more than the twenty of a thread, and none for a contact without", async () => {
    const [contact, silent] = [await scene.contact(), await scene.contact()];
    const date = minutesAgo(3);
    const ids = [];
    for (let count = 0; count < 23; count += 1) ids.push((await scene.summary({ contactId: contact.id, date })).id);
    expect((await history(contact.id)).map(({ id }) => id)).toEqual(ids.toSorted());
    expect(await history(silent.id)).toEqual([]);
  });

  it.each(NOBODY)("answers 404 for %s", async (id) => {
    expect(await get(system, `/api/whatsapp/contacts/${id}/sessions`)).toFailWith(404, "Contact not found");
  });
});

type Line = readonly [minutes: number, content: string | null, fromMe?: boolean];

const LONG = `${"palabra ".repeat(30)}😀 fin`;
const TALKS: Readonly<Record<string, { readonly openedMinutes?: number; readonly lines: readonly Line[] }>> = {
  "nothing said": { lines: [] },
  "no text": { lines: [[5, null]] },
  "a question": { lines: [[5, "Abren mañana?"]] },
  "a question of the agent's": { lines: [[5, "Necesita algo?", true]] },
  "accents, case and marks": {
    lines: [
      [9, "CAFÉ café cafe"],
      [8, "Cotización, por favor"],
      [7, "ñandú Ñandú"],
    ],
  },
  "stop words, short words and numbers": {
    lines: [
      [9, "hola buenos dias para con que 12345 1234a sol mar gato"],
      [8, "Gato gato GATO 99999"],
    ],
  },
  "four best lines of which three are kept": {
    lines: [
      [9, "alpha beta gamma"],
      [8, "alpha beta"],
      [7, "alpha alpha alpha"],
      [6, "beta gamma delta", true],
      [5, "alpha gamma"],
    ],
  },
  "equal scores: the earlier": {
    lines: [
      [9, "uno1"],
      [8, "dos2"],
      [7, "tres"],
      [6, "cuatro"],
      [5, "cinco"],
    ],
  },
  "long and broken lines": {
    lines: [
      [9, LONG],
      [8, "a\n\n b\t c  palabra"],
      [7, "😀".repeat(170)],
    ],
  },
  "equal topics by code point": { lines: [[9, "zeta Ärger zorro 漢字漢字 𝒳𝒳𝒳𝒳 beta alfa gamma"]] },
  "a complaint before a payment": {
    lines: [
      [9, "quiero pagar"],
      [8, "hay un PROBLEMA"],
    ],
  },
  "a payment": { lines: [[9, "factura"]] },
  "a sale by the agent": { lines: [[9, "quote attached", true]] },
  "an appointment": { lines: [[9, "Agendar reunión?"]] },
  support: { lines: [[9, "no funciona"]] },
  "bad mood, which own lines do not change": {
    lines: [
      [9, "mal mal bueno"],
      [8, "excelente perfecto genial", true],
    ],
  },
  "good mood": { lines: [[9, "gracias gracias, mal"]] },
  "within a day although it opened later": {
    openedMinutes: 5,
    lines: [
      [1_400, "ayer mismo"],
      [3, "hoy"],
    ],
  },
  "since it opened, days ago": {
    openedMinutes: 4 * DAY_MINUTES,
    lines: [
      [4 * DAY_MINUTES + 60, "antes"],
      [3 * DAY_MINUTES, "durante"],
    ],
  },
  "seven days when closed": {
    lines: [
      [7 * DAY_MINUTES + 60, "antigua"],
      [7 * DAY_MINUTES - 60, "reciente"],
    ],
  },
  "the newest two hundred": {
    lines: Array.from({ length: 210 }, (_, index): Line => [400 - index, `linea${index < 10 ? " vieja" : ""} numero${index}`]),
  },
  "messages of the future": {
    lines: [
      [-60, "futuro"],
      [5, "presente"],
    ],
  },
};

describe.each(SYSTEMS)("%s: GET summary-preview", (system) => {
  const preview = (contactId: string) => get(system, `/api/whatsapp/contacts/${contactId}/session/summary-preview`, { as: CLAIMS.operator });

  it.each(Object.keys(TALKS))("of %s is what the steps say, twice the same", async (name) => {
    const { openedMinutes, lines } = TALKS[name] ?? { lines: [] };
    const opened = openedMinutes === undefined ? undefined : minutesAgo(openedMinutes);
    const contact = await scene.contact(
      opened === undefined ? { sessionStartedAt: minutesAgo(9 * DAY_MINUTES) } : { sessionStatus: "OPEN", sessionStartedAt: opened },
    );
    const said: Said[] = [];
    for (const [minutes, content, fromMe = false] of lines) {
      const message = await scene.message({
        sessionId: SESSION.live,
        remoteJid: contact.jid,
        whatsappContactId: contact.id,
        content,
        fromMe,
        timestamp: minutesAgo(minutes),
      });
      if (content !== null) said.push({ at: message.timestamp.getTime(), fromMe, content });
    }
    const wanted = previewOf(
      said.toSorted((one, other) => one.at - other.at),
      opened?.getTime(),
      Date.now(),
    );
    const body = bodyOf(await preview(contact.id)) as object;
    expect(body).toEqual(wanted);
    expect(Object.keys(body)).toEqual(["summary", "topics", "interactionType", "sentiment"]);
    expect(bodyOf(await preview(contact.id))).toEqual(body);
  });

  it("reads the contact's messages of every session of the tenant, and nobody else's", async () => {
    const contact = await scene.contact();
    const base = { remoteJid: contact.jid, timestamp: minutesAgo(5) };
    await scene.message({ ...base, sessionId: SESSION.live, whatsappContactId: contact.id, content: "primera" });
    await scene.message({ ...base, sessionId: SESSION.stopped, whatsappContactId: contact.id, content: "segunda", timestamp: minutesAgo(4) });
    await scene.message({ ...base, sessionId: SESSION.live, content: "ajena" });
    expect(bodyOf(await preview(contact.id))).toMatchObject({ summary: "Cliente: primera\nCliente: segunda", topics: ["primera", "segunda"] });
  });

  it.each(NOBODY)("answers 404 for %s", async (id) => {
    expect(await preview(id)).toFailWith(404, "Contact not found");
  });

  it("answers 404 to the other tenant", async () => {
    const contact = await scene.contact();
    const reply = await get(system, `/api/whatsapp/contacts/${contact.id}/session/summary-preview`, {
      as: { ...CLAIMS.admin, tenantId: TENANT.beta },
    });
    expect(reply).toFailWith(404, "Contact not found");
  });
});

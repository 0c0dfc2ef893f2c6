import { z } from "zod";
import { contentSchema } from "../messages/content.ts";
import type { Control } from "../control.ts";
import { DISCONNECT_CODES } from "../wire/disconnects.ts";

const phone = z.string().regex(/^\d{6,15}$/, "expected a phone number: 6 to 15 digits");
const id = z.string().min(1);
const addressing = z.enum(["phone", "lid"]);
const written = {
  text: z.string().optional(),
  content: contentSchema.optional(),
  quoted: id.optional(),
  message: z.record(z.string(), z.unknown()).optional(),
  addressing: addressing.optional(),
};

type Verb = { readonly schema: z.ZodType; readonly run: (control: Control, body: never) => unknown };

const verb = <Schema extends z.ZodType>(schema: Schema, run: (control: Control, body: Given<z.infer<Schema>>) => unknown): Verb => ({ schema, run });

/** A field that was not given is not there: zod says `undefined`, and means the same. */
type Given<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T as undefined extends T[K] ? never : K]: Given<T[K]> } & {
        [K in keyof T as undefined extends T[K] ? K : never]?: Given<Exclude<T[K], undefined>>;
      }
    : T;

/** The control over HTTP: `POST /control/<verb>` with a JSON body of this shape; the answer is `{result}`. */
export const VERBS: Readonly<Record<string, Verb>> = {
  scan: verb(z.object({ qr: id, phone, name: z.string().optional() }), (control, { qr, ...owner }) => control.scan(qr, owner)),
  "enter-pairing-code": verb(z.object({ phone, code: id, name: z.string().optional() }), (control, body) =>
    control.enterPairingCode(body.phone, body.code, body.name),
  ),
  send: verb(
    z.object({
      to: phone,
      from: phone,
      name: z.string().optional(),
      id: id.optional(),
      group: id.optional(),
      isCorrupted: z.boolean().optional(),
      ...written,
    }),
    (control, body) => control.send(body),
  ),
  "send-from-phone": verb(z.object({ account: phone, to: phone, ...written }), (control, body) => control.sendFromPhone(body)),
  received: verb(z.object({ contact: phone }), (control, { contact }) => control.received(contact)),
  stanzas: verb(z.object({ id }), (control, body) => control.stanzas(body.id)),
  devices: verb(z.object({}), (control) => control.devices()),
  entries: verb(z.object({}), (control) => control.entries()),
  undecryptable: verb(z.object({}), (control) => control.undecryptable()),
  faults: verb(z.object({}), (control) => control.faults().map(String)),
  disconnect: verb(z.object({ phone, code: z.union(DISCONNECT_CODES.map((code) => z.literal(code))) }), (control, body) =>
    control.disconnect(body.phone, body.code),
  ),
  "refuse-logins": verb(z.object({ phone, code: z.int().nullable() }), (control, body) => control.refuseLogins(body.phone, body.code ?? undefined)),
  acks: verb(
    z.discriminatedUnion("mode", [
      z.object({ mode: z.enum(["prompt", "dropped", "cut"]) }),
      z.object({ mode: z.literal("slow"), delayMs: z.int().min(0) }),
      z.object({ mode: z.literal("error"), code: z.int() }),
    ]),
    (control, body) => control.acks(body),
  ),
  garble: verb(z.object({ isOn: z.boolean() }), (control, { isOn }) => control.garble(isOn)),
  receipts: verb(z.object({ mode: z.enum(["none", "delivered", "read"]) }), (control, { mode }) => control.receipts(mode)),
  receipt: verb(z.object({ account: phone, from: phone, id, type: z.enum(["delivered", "read", "played"]) }), (control, body) =>
    control.receipt(body),
  ),
  media: verb(
    z.discriminatedUnion("mode", [
      z.object({ mode: z.enum(["served", "corrupted"]) }),
      z.object({ mode: z.literal("gone"), status: z.union([z.literal(404), z.literal(410)]), phone: z.enum(["has-it", "lost-it", "silent"]) }),
      z.object({ mode: z.literal("slow"), delayMs: z.int().min(0) }),
    ]),
    (control, body) => control.media(body),
  ),
  "create-group": verb(
    z.object({ subject: z.string(), owner: phone, members: z.array(phone), description: z.string().optional(), addressing: addressing.optional() }),
    (control, body) => control.createGroup(body),
  ),
  "change-group": verb(z.object({ jid: id, change: z.union([memberChange(), textChange()]) }), (control, { jid, change }) =>
    control.changeGroup(jid, change),
  ),
  absent: verb(z.object({ phone, isAbsent: z.boolean() }), (control, body) => control.absent(body.phone, body.isAbsent)),
  logout: verb(z.object({ phone }), (control, body) => control.logout(body.phone)),
  restart: verb(z.object({ downMs: z.int().min(0).optional() }), (control, body) => control.restart(body)),
};

function memberChange() {
  return z.object({ action: z.enum(["add", "remove", "promote", "demote"]), phones: z.array(phone), by: phone });
}

function textChange() {
  return z.object({ action: z.enum(["subject", "description"]), text: z.string(), by: phone });
}

import type { WhatsAppMessageType } from "../../prisma/generated/whatsapp/client.ts";
import { CAPTIONS, INCOMING, OPTIONS, OUTGOING } from "./phrases.ts";
import type { Random, Weighted } from "./random.ts";

export type MediaFacts = { readonly mimeType: string; readonly size: number; readonly fileName: string | null };
/** Keys of contract 6.4. */
export type Metadata = Record<string, string | number | boolean | object>;
export type Kind = {
  readonly messageType: WhatsAppMessageType;
  readonly content: string | null;
  readonly metadata: Metadata;
  readonly media: MediaFacts | null;
};

const INCOMING_TYPES: Weighted<WhatsAppMessageType> = [
  ["TEXT", 720],
  ["IMAGE", 80],
  ["AUDIO", 75],
  ["DOCUMENT", 30],
  ["VIDEO", 20],
  ["STICKER", 25],
  ["LOCATION", 18],
  ["CONTACT", 12],
  ["BUTTONS", 12],
  ["LIST", 8],
];
const OWN_TYPES: Weighted<WhatsAppMessageType> = [
  ["TEXT", 800],
  ["IMAGE", 50],
  ["AUDIO", 15],
  ["DOCUMENT", 65],
  ["VIDEO", 10],
  ["STICKER", 5],
  ["LOCATION", 12],
  ["CONTACT", 8],
  ["BUTTONS", 20],
  ["LIST", 15],
];

const KINDS: Readonly<Record<WhatsAppMessageType, (fromMe: boolean, random: Random) => Kind>> = {
  TEXT: text,
  IMAGE: (_, random) => withMedia("IMAGE", pickCaption(random), frame(random), mediaOf("image/jpeg", random.int(30_000, 900_000))),
  VIDEO: (_, random) =>
    withMedia("VIDEO", pickCaption(random), { ...frame(random), seconds: random.int(2, 90) }, mediaOf("video/mp4", random.int(400_000, 9_000_000))),
  AUDIO: (_, random) => withMedia("AUDIO", null, { seconds: random.int(2, 180) }, mediaOf("audio/ogg", random.int(4_000, 400_000))),
  STICKER: (_, random) => withMedia("STICKER", null, { width: 512, height: 512 }, mediaOf("image/webp", random.int(8_000, 60_000))),
  DOCUMENT: (_, random) => document(random),
  LOCATION: (_, random) => location(random),
  CONTACT: (_, random) => contactCard(random),
  BUTTONS: (fromMe, random) => choice("BUTTONS", fromMe, random),
  LIST: (fromMe, random) => choice("LIST", fromMe, random),
};

/** A message's type with the content, metadata and media that contract 3.1, 4.3 and 6.4 allow it. */
export function pickKind(fromMe: boolean, random: Random): Kind {
  return KINDS[random.weighted(fromMe ? OWN_TYPES : INCOMING_TYPES)](fromMe, random);
}

const pickCaption = (random: Random): string | null => (random.chance(0.4) ? random.pick(CAPTIONS) : null);
const frame = (random: Random): Metadata => ({ width: 1280, height: random.pick([720, 960, 1280]) });
const mediaOf = (mimeType: string, size: number, fileName: string | null = null): MediaFacts => ({ mimeType, size, fileName });

function withMedia(messageType: WhatsAppMessageType, content: string | null, metadata: Metadata, media: MediaFacts): Kind {
  return { messageType, content, metadata, media };
}

function document(random: Random): Kind {
  const fileName = `${random.pick(["factura", "catalogo", "invoice", "price-list"])}-${random.int(1, 999)}.pdf`;
  return withMedia("DOCUMENT", pickCaption(random), { fileName }, mediaOf("application/pdf", random.int(20_000, 3_000_000), fileName));
}

function text(fromMe: boolean, random: Random): Kind {
  const kind = { messageType: "TEXT", metadata: {}, media: null } as const;
  if (random.chance(0.004)) return { ...kind, content: null, metadata: { unsupported: true } };
  if (random.chance(0.006)) {
    const question = random.pick(["¿Qué día prefiere?", "Which day suits you?"]);
    return { ...kind, content: question, metadata: { poll: { question, options: ["Lunes", "Martes", "Miércoles"] } } };
  }
  return { ...kind, content: random.pick(fromMe ? OUTGOING : INCOMING) };
}

function location(random: Random): Kind {
  const name = random.chance(0.6) ? random.pick(["Bodega", "Main office", "Punto de entrega"]) : null;
  const address = `Calle ${random.int(1, 99)} # ${random.int(1, 99)}-${random.int(1, 99)}`;
  const place = { latitude: 4 + random.int(0, 900_000) / 1_000_000, longitude: -74 - random.int(0, 900_000) / 1_000_000, name, address };
  return { messageType: "LOCATION", content: name ?? address, metadata: { location: place }, media: null };
}

function contactCard(random: Random): Kind {
  const displayName = `Contact ${random.int(400, 499)}`;
  const phones = [`1555400${String(random.int(0, 9_999)).padStart(4, "0")}`];
  return { messageType: "CONTACT", content: displayName, metadata: { contacts: [{ displayName, phones }] }, media: null };
}

/** The body when we ask, the chosen text when they answer. */
function choice(messageType: WhatsAppMessageType, fromMe: boolean, random: Random): Kind {
  if (fromMe) return { messageType, content: random.pick(["Elija una opción", "Please choose"]), metadata: {}, media: null };
  const selected = random.int(0, OPTIONS.length - 1);
  return { messageType, content: OPTIONS[selected] ?? null, metadata: { selectedId: `option-${selected + 1}` }, media: null };
}

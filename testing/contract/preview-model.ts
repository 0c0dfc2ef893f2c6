/** Contract 3.5, summary-preview, written apart from both implementations. */

export type Said = { readonly at: number; readonly fromMe: boolean; readonly content: string };
export type Preview = { readonly summary: string; readonly topics: readonly string[]; readonly interactionType: string; readonly sentiment: string };

const DAY_MS = 86_400_000;
const MAX_MESSAGES = 200;
const STOP_WORDS = new Set(
  `para como este esta esto estos estas pero porque cuando donde desde hasta sobre entre tambien tiene tengo puede puedo favor hola buenos buenas
  dias tardes noches gracias with that this have from what when where which will would could your please hello thanks there been about`.split(/\s+/),
);
const TYPES: readonly (readonly [string, string])[] = [
  ["Queja", "queja reclamo problema error falla complaint broken"],
  ["Pago", "pago pagar factura transferencia payment invoice"],
  ["Venta", "precio comprar compra cotizacion costo price order quote"],
  ["Cita", "cita agenda agendar reunion appointment meeting"],
  ["Soporte", "ayuda soporte funciona help support"],
];
const GOOD = new Set("gracias excelente perfecto genial bueno buena feliz thanks great perfect good love".split(" "));
const BAD = new Set("mal malo mala terrible pesimo molesto enojado queja problema bad angry awful worst".split(" "));
const NOTHING: Preview = { summary: "Sin resumen generado.", topics: [], interactionType: "Otro", sentiment: "neutral" };

const tokensOf = (text: string): string[] =>
  text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== "");
const isWord = (token: string): boolean => Array.from(token).length >= 4 && !/^\p{N}+$/u.test(token) && !STOP_WORDS.has(token);
const byCodePoint = (one: string, other: string): number => Buffer.compare(Buffer.from(one, "utf8"), Buffer.from(other, "utf8"));

/** What was said, oldest first, from the opening (never later than a day ago) to now. */
export function previewOf(said: readonly Said[], openedAt: number | undefined, now: number): Preview {
  const from = Math.min(openedAt ?? now - 7 * DAY_MS, now - DAY_MS);
  const input = said.filter(({ at }) => at >= from && at <= now).slice(-MAX_MESSAGES);
  if (input.length === 0) return NOTHING;
  const tokens = input.map(({ content }) => tokensOf(content));
  const words = tokens.map((list) => new Set(list.filter(isWord)));
  const frequency = new Map<string, number>();
  for (const set of words) for (const word of set) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const topics = [...frequency]
    .toSorted(([one, first], [other, second]) => second - first || byCodePoint(one, other))
    .slice(0, 5)
    .map(([word]) => word);
  const scores = words.map((set) => [...set].reduce((sum, word) => sum + (frequency.get(word) ?? 0), 0));
  const best = scores.map((score, index) => ({ score, index })).toSorted((one, other) => other.score - one.score || one.index - other.index);
  const chosen = new Set(best.slice(0, 3).map(({ index }) => index));
  const lines = input.filter((_, index) => chosen.has(index)).map(({ fromMe, content }) => `${fromMe ? "Agente" : "Cliente"}: ${shorten(content)}`);
  const all = new Set(tokens.flat());
  const type = TYPES.find(([, list]) => list.split(" ").some((word) => all.has(word)))?.[0];
  const asks = input.some(({ fromMe, content }) => !fromMe && content.includes("?"));
  const heard = tokens.filter((_, index) => input[index]?.fromMe === false).flat();
  const mood = heard.filter((token) => GOOD.has(token)).length - heard.filter((token) => BAD.has(token)).length;
  const sentiment = mood > 0 ? "positive" : mood < 0 ? "negative" : "neutral";
  return { summary: lines.join("\n"), topics, interactionType: type ?? (asks ? "Consulta" : "Otro"), sentiment };
}

function shorten(content: string): string {
  const points = Array.from(content.replaceAll(/\s+/g, " ").trim());
  return points.length > 160 ? `${points.slice(0, 160).join("")}…` : points.join("");
}

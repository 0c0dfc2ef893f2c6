/** What the summary preview counts as words, topics and moods (contract 3.5). */

const STOP_WORDS = wordSet(
  `para como este esta esto estos estas pero porque cuando donde desde hasta sobre entre tambien tiene tengo puede puedo favor hola
  buenos buenas dias tardes noches gracias with that this have from what when where which will would could your please hello thanks
  there been about`,
);

/** The first kind with any of its tokens wins; a question mark and the rest come after these. */
export const INTERACTION_KINDS: readonly (readonly [name: string, tokens: ReadonlySet<string>])[] = [
  ["Queja", wordSet("queja reclamo problema error falla complaint broken")],
  ["Pago", wordSet("pago pagar factura transferencia payment invoice")],
  ["Venta", wordSet("precio comprar compra cotizacion costo price order quote")],
  ["Cita", wordSet("cita agenda agendar reunion appointment meeting")],
  ["Soporte", wordSet("ayuda soporte funciona help support")],
];

export const POSITIVE_TOKENS = wordSet("gracias excelente perfecto genial bueno buena feliz thanks great perfect good love");
export const NEGATIVE_TOKENS = wordSet("mal malo mala terrible pesimo molesto enojado queja problema bad angry awful worst");

const MIN_WORD_LENGTH = 4;

/** Without accents and case, split at everything that is neither letter nor number. */
export function tokensOf(text: string): string[] {
  return text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== "");
}

/** A token that may be a topic: four code points or more, not all digits, no stop word. */
export function isWord(token: string): boolean {
  return Array.from(token).length >= MIN_WORD_LENGTH && !/^[\p{N}]+$/u.test(token) && !STOP_WORDS.has(token);
}

function wordSet(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/));
}

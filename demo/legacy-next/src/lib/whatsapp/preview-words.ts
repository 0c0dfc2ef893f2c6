/** What the summary of a conversation knows about words. Without accents and in lower case, as tokens are. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Say nothing about what a conversation is about. */
export const STOP_WORDS = words(
  "para como este esta esto estos estas pero porque cuando donde desde hasta sobre entre tambien tiene tengo puede puedo favor hola buenos buenas dias tardes noches gracias with that this have from what when where which will would could your please hello thanks there been about",
);

/** The first row with a word of the conversation names its kind. */
export const INTERACTION_TYPES: readonly { readonly name: string; readonly words: ReadonlySet<string> }[] = [
  { name: "Queja", words: words("queja reclamo problema error falla complaint broken") },
  { name: "Pago", words: words("pago pagar factura transferencia payment invoice") },
  { name: "Venta", words: words("precio comprar compra cotizacion costo price order quote") },
  { name: "Cita", words: words("cita agenda agendar reunion appointment meeting") },
  { name: "Soporte", words: words("ayuda soporte funciona help support") },
];

export const POSITIVE_WORDS = words("gracias excelente perfecto genial bueno buena feliz thanks great perfect good love");
export const NEGATIVE_WORDS = words("mal malo mala terrible pesimo molesto enojado queja problema bad angry awful worst");

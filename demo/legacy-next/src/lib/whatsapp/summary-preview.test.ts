import { expect, test } from "vitest";
import { summarize, tokensOf } from "./summary-preview.ts";

const client = (content: string) => ({ fromMe: false, content });
const agent = (content: string) => ({ fromMe: true, content });

test("no message, no summary", () => {
  expect(summarize([])).toEqual({ summary: "Sin resumen generado.", topics: [], interactionType: "Otro", sentiment: "neutral" });
});

test("tokens lose accents and case and split on everything that is neither letter nor digit", () => {
  expect(tokensOf("¿Cuánto CUESTA el Ñandú-2, ﬁn_de...día?")).toEqual(["cuanto", "cuesta", "el", "nandu", "2", "fin", "de", "dia"]);
});

test("topics are the five words of most messages, equals by code point", () => {
  const messages = [
    client("zapato zapato zapato mesa 12345 para sol"),
    client("mesa \u{20000}\u{20000}\u{20000}\u{20000} ｆｆｆｆ libro"),
    agent("libro mesa abeja"),
  ];
  expect(summarize(messages).topics).toEqual(["mesa", "libro", "abeja", "ffff", "zapato"]);
});

test("a word outside the first plane comes after every word inside it", () => {
  const astral = "\u{20000}".repeat(4);
  expect(summarize([client(`${astral} \uFFDC\uFFDC\uFFDC\uFFDC 韓韓韓韓`)]).topics.at(-1)).toBe(astral);
});

test("the three best messages stand in their order, the earlier of equals", () => {
  const messages = [client("nada"), agent("envio envio rapido"), client("envio   lento\n hoy"), client("uno dos"), agent("envio rapido mundial")];
  expect(summarize(messages).summary).toBe("Agente: envio envio rapido\nCliente: envio lento hoy\nAgente: envio rapido mundial");
});

test("equal scores keep the earlier messages", () => {
  expect(summarize(["a", "b", "c", "d"].map(client)).summary).toBe("Cliente: a\nCliente: b\nCliente: c");
});

test("a line is cut at 160 code points", () => {
  expect(summarize([client("\u{1F600}".repeat(160))]).summary).toBe(`Cliente: ${"\u{1F600}".repeat(160)}`);
  expect(summarize([client("\u{1F600}".repeat(161))]).summary).toBe(`Cliente: ${"\u{1F600}".repeat(160)}…`);
});

test.each([
  ["Queja", [client("quiero pagar"), agent("lamento el PROBLEMA")]],
  ["Pago", [client("Factura, precio")]],
  ["Venta", [client("cotización y cita")]],
  ["Cita", [client("una reunión?")]],
  ["Soporte", [client("no funciona")]],
  ["Consulta", [client("abren hoy?")]],
  ["Otro", [agent("abren hoy?"), client("si")]],
])("the kind of the conversation is %s", (interactionType, messages) => {
  expect(summarize(messages).interactionType).toBe(interactionType);
});

test.each([
  ["positive", [client("gracias, gracias, mal")]],
  ["negative", [client("pésimo"), agent("gracias")]],
  ["neutral", [client("good bad")]],
] as const)("the mood of incoming words is %s", (sentiment, messages) => {
  expect(summarize(messages).sentiment).toBe(sentiment);
});

import { describe, expect, it } from "vitest";
import { previewSummary } from "./summary-preview.ts";

const client = (content: string) => ({ fromMe: false, content });
const agent = (content: string) => ({ fromMe: true, content });

describe("previewSummary", () => {
  it("of nothing is the fixed text", () => {
    expect(previewSummary([])).toEqual({ summary: "Sin resumen generado.", topics: [], interactionType: "Otro", sentiment: "neutral" });
  });

  it("reads a conversation as a person would by hand", () => {
    // f: pedido 3, factura 2, llego 2, numero 2, revisar 1, ayer 1, mando 1
    const messages = [
      client("Hola, mi PEDIDO no llegó ayer"), // pedido 3 + llego 2 + ayer 1 = 6
      agent("¿Cuál es el número de factura?"), // cual 1 + numero 2 + factura 2 = 5
      client("La factura es el número 4471"), // factura 2 + numero 2 = 4
      agent("Voy a revisar el pedido"), // revisar 1 + pedido 3 = 4
      client("Sí llegó el pedido, excelente, gracias"), // llego 2 + pedido 3 + excelente 1 = 6
    ];
    expect(previewSummary(messages)).toEqual({
      summary: [
        "Cliente: Hola, mi PEDIDO no llegó ayer",
        "Agente: ¿Cuál es el número de factura?",
        "Cliente: Sí llegó el pedido, excelente, gracias",
      ].join("\n"),
      topics: ["pedido", "factura", "llego", "numero", "ayer"],
      interactionType: "Pago",
      sentiment: "positive",
    });
  });

  it("takes the earlier one of equal scores, and messages without any word when there are few", () => {
    expect(previewSummary([client("ok"), agent("12345"), client("hola"), client("si")]).summary).toBe("Cliente: ok\nAgente: 12345\nCliente: hola");
  });

  it("collapses white space and cuts at 160 code points", () => {
    const [exact, longer] = ["😀".repeat(160), "😀".repeat(161)];
    expect(previewSummary([client(`  uno \n\t dos  `)]).summary).toBe("Cliente: uno dos");
    expect(previewSummary([client(exact)]).summary).toBe(`Cliente: ${exact}`);
    expect(previewSummary([client(longer)]).summary).toBe(`Cliente: ${exact}…`);
  });

  it("counts a word once per message, and orders equal topics by code point", () => {
    expect(previewSummary([client("zorro zorro zorro árbol"), client("arbol")]).topics).toEqual(["arbol", "zorro"]);
    // U+FF41.. folds to a-z; U+10400 (two UTF-16 units, D801) comes after U+FB50 in code points, before it in UTF-16.
    expect(previewSummary([client("\u{10428}\u{10428}\u{10428}\u{10428} ꭰꭰꭰꭰ")]).topics).toEqual(["ꭰꭰꭰꭰ", "\u{10428}\u{10428}\u{10428}\u{10428}"]);
  });

  it.each([
    ["una queja sobre el pago", "Queja"],
    ["la FACTURA y el precio", "Pago"],
    ["cotización, por favor, y una cita", "Venta"],
    ["Reunión con ayuda", "Cita"],
    ["help me?", "Soporte"],
    ["ya?", "Consulta"],
    ["helper", "Otro"],
  ])("%s is %s", (content, interactionType) => {
    expect(previewSummary([client(content)]).interactionType).toBe(interactionType);
  });

  it("takes a question of our own for no request", () => {
    expect(previewSummary([agent("ya?"), client("no")]).interactionType).toBe("Otro");
  });

  it.each([
    ["bad bad good", "negative"],
    ["bad good", "neutral"],
    ["Genial! pésimo, feliz", "positive"],
  ])("the mood of %s is %s", (content, sentiment) => {
    expect(previewSummary([client(content), agent("thanks thanks thanks worst worst worst worst worst")]).sentiment).toBe(sentiment);
  });
});

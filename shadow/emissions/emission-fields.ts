import { countFields } from "../core/document-facts.ts";
import type { EmissionSpec } from "../core/emissions/emission.ts";
import { parseJson } from "../core/json/parse-json.ts";
import type { FieldBuffer } from "../store/field-buffer.ts";

/** Payloads are looked at for their fields this often, after the first few of an event. */
const LOOK_EVERY = 20;
const FIRST_LOOKS = 20;

/** Notes which members the payloads of an event have: what a rule would hide is told from it. */
export class EmissionFields {
  readonly #fields: FieldBuffer;
  readonly #looks = new Map<string, number>();

  constructor(fields: FieldBuffer) {
    this.#fields = fields;
  }

  look(event: string, data: string, { compare: { rules } }: EmissionSpec): void {
    const looks = this.#looks.get(event) ?? 0;
    this.#looks.set(event, looks + 1);
    if (looks >= FIRST_LOOKS && looks % LOOK_EVERY !== 0) return;
    const document = parseJson(new TextEncoder().encode(data));
    if (document.ok) this.#fields.count(event, countFields(document.value, rules).paths, Date.now());
  }
}

import { badFields } from "./api-error.ts";

/** What is wrong with the fields of one request, in the order they were read: query before body, rows as in the contract's table. */
export class Problems {
  readonly #found: string[] = [];

  required(name: string): void {
    this.#found.push(`${name} is required`);
  }

  invalid(name: string): void {
    this.#found.push(`${name} is invalid`);
  }

  /** Throws the 400 that names them all. */
  assertNone(): void {
    if (this.#found.length > 0) throw badFields(this.#found);
  }
}

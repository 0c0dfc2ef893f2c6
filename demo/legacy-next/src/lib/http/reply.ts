/** A 200 that carries headers beside its JSON. */
export class Reply {
  constructor(
    readonly json: unknown,
    readonly headers: Readonly<Record<string, string>>,
  ) {}
}

/** Every path that is served, with its methods: what OPTIONS, 405 and CORS answer from. */
export class RouteTable {
  private readonly methods = new Map<string, Set<string>>();
  private readonly patterns = new Map<string, RegExp>();

  add(method: string, path: string): void {
    const methods = this.methods.get(path) ?? new Set(["OPTIONS"]);
    this.methods.set(path, methods.add(method));
    if (!this.patterns.has(path)) this.patterns.set(path, toPattern(path));
  }

  /** The methods of a path, sorted; empty when nobody serves it. A path that is served by its own name is no parameter of another one. */
  methodsOf(path: string): string[] {
    const literal = path.includes(":") ? undefined : this.methods.get(path);
    if (literal !== undefined) return [...literal].toSorted();
    const matching = [...this.patterns].filter(([, pattern]) => pattern.test(path)).flatMap(([template]) => [...(this.methods.get(template) ?? [])]);
    return [...new Set(matching)].toSorted();
  }

  paths(): string[] {
    return [...this.methods.keys()];
  }
}

function toPattern(template: string): RegExp {
  const segments = template
    .split("/")
    .map((segment) => (segment.startsWith(":") ? "[^/]+" : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)));
  return new RegExp(`^${segments.join("/")}$`);
}

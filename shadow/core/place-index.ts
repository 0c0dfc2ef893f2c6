import { isOutside } from "./path.ts";

type Node = { isPlace: boolean; readonly below: Map<string, Node> };

/** A set of places that is asked about others: thousands of differences are judged against thousands. */
export class PlaceIndex {
  readonly #body: Node = { isPlace: false, below: new Map() };
  readonly #outside: Node = { isPlace: false, below: new Map() };

  constructor(places: readonly (readonly string[])[]) {
    for (const place of places) {
      let node = this.#rootOf(place);
      for (const segment of place) {
        const next = node.below.get(segment) ?? { isPlace: false, below: new Map() };
        node.below.set(segment, next);
        node = next;
      }
      node.isPlace = true;
    }
  }

  /** True when one of the places is this one, lies above it or below it. */
  touches(place: readonly string[]): boolean {
    let node = this.#rootOf(place);
    for (const segment of place) {
      if (node.isPlace) return true;
      const next = node.below.get(segment);
      if (next === undefined) return false;
      node = next;
    }
    return node.isPlace || node.below.size > 0;
  }

  #rootOf(place: readonly string[]): Node {
    return isOutside(place) ? this.#outside : this.#body;
  }
}

/** Shares work that is under way: whoever asks for the same meanwhile gets the same answer. Nothing is kept once it is there. */
export class SingleFlight<Result> {
  private readonly flights = new Map<string, Promise<Result>>();

  /** Joins the flight of the key, or starts it. A failure is everybody's, and the next one tries again. */
  run(key: string, work: () => Promise<Result>): Promise<Result> {
    const joined = this.flights.get(key);
    if (joined !== undefined) return joined;
    const flight = work().finally(() => this.flights.delete(key));
    this.flights.set(key, flight);
    return flight;
  }

  get size(): number {
    return this.flights.size;
  }
}

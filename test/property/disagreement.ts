/** The oracles do not agree, or the switches did what no switch of a sound network does. Any other error is one of the test itself. */
export class Disagreement extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Disagreement';
  }
}

/** The suffixes of the Kubernetes quantity grammar, or an exponent. */
const QUANTITY = /^\+?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

/** Whether `text` is an amount of a resource as Kubernetes writes them: `500m`, `1.5`, `2Gi`, `1e9`. */
export function isQuantity(text: string): boolean {
  return QUANTITY.test(text);
}

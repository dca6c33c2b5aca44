const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Whether `text` can name a namespace, a workload or a container (an RFC 1123 label). */
export function isDnsLabel(text: string): boolean {
  return LABEL.test(text);
}

/** Whether `text` can name several labels joined by dots, such as a service account (RFC 1123 subdomain). */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && text.split(".").every(isDnsLabel);
}

/** Whether `text` can be the key of a label or annotation: `name` or `domain/name`. */
export function isMetadataKey(text: string): boolean {
  const [name, domain, ...more] = text.split("/").reverse();
  return NAME.test(name!) && more.length === 0 && (domain === undefined || isDnsSubdomain(domain));
}

/** Whether `text` can be the value of a label. */
export function isLabelValue(text: string): boolean {
  return text === "" || NAME.test(text);
}

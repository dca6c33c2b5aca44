import type { V1Toleration } from "@kubernetes/client-node";
import { unquote } from "./key-values.ts";
import { isLabelValue, isMetadataKey } from "./names.ts";

const OPERATORS = ["Exists", "Equal"];
const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

const FIELDS: Readonly<
  Record<string, { accepts(value: string): boolean; read(value: string): V1Toleration }>
> = {
  key: { accepts: isMetadataKey, read: (key) => ({ key }) },
  operator: { accepts: (value) => OPERATORS.includes(value), read: (operator) => ({ operator }) },
  value: { accepts: isLabelValue, read: (value) => ({ value }) },
  effect: { accepts: (value) => EFFECTS.includes(value), read: (effect) => ({ effect }) },
  tolerationSeconds: {
    accepts: (value) => /^-?\d{1,15}$/.test(value),
    read: (value) => ({ tolerationSeconds: Number(value) }),
  },
};

/**
 * Reads tolerations such as `key=a,value=b,effect=NoSchedule;key=c,operator=Exists`: `;` between them, `,`
 * between their fields. The whole may stand in double quotes.
 * @returns undefined when a part of it is none
 */
export function parseTolerations(text: string): readonly V1Toleration[] | undefined {
  const tolerations: V1Toleration[] = [];
  for (const part of unquote(text).split(";")) {
    if (part.trim() === "") continue;
    const toleration = parseToleration(part);
    if (!toleration) return undefined;
    tolerations.push(toleration);
  }
  return tolerations.length > 0 ? tolerations : undefined;
}

function parseToleration(text: string): V1Toleration | undefined {
  const toleration: V1Toleration = {};
  for (const pair of text.split(",")) {
    const [name, value, ...more] = pair.split("=").map((side) => side.trim());
    const field = Object.hasOwn(FIELDS, name!) ? FIELDS[name!] : undefined;
    if (value === undefined || more.length > 0 || !field?.accepts(value)) return undefined;
    Object.assign(toleration, field.read(value));
  }
  return isConsistent(toleration) ? toleration : undefined;
}

/** The API server refuses the rest. */
function isConsistent({ key, operator, value, effect, tolerationSeconds }: V1Toleration): boolean {
  if (key === undefined && operator !== "Exists") return false;
  if (operator === "Exists" && value) return false;
  return tolerationSeconds === undefined || effect === "NoExecute";
}

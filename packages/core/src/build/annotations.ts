import { formatPlatform, parsePlatform } from "../image/platform.ts";
import type { Annotation, BuildOptions } from "./options.ts";
import type { Plan } from "./plan.ts";

/** Tells every exporter about the annotations; those that make no image don't look at them. */
export function planAnnotations({ annotations = [] }: BuildOptions, plan: Plan): void {
  const attrs = Object.fromEntries(annotations.map((each) => [attributeName(each), each.value]));
  for (const exporter of plan.exporters) Object.assign(exporter.attrs, attrs);
}

/** The exporters' own grammar: `annotation[-level][[platform]].key`. */
function attributeName({ key, level, platform }: Annotation): string {
  const place = platform === undefined ? "" : `[${formatPlatform(parsePlatform(platform))}]`;
  return `annotation${level ? `-${level}` : ""}${place}.${key}`;
}

import type { Annotation, AnnotationLevel } from "@tsbx/core";
import { TsbxError } from "@tsbx/core/errors";
import { splitKeyValue } from "../flags/key-value.ts";

const LEVELS: readonly string[] = ["manifest", "manifest-descriptor", "index", "index-descriptor"];

/**
 * Reads the values of `--annotation`: `[level[[platform]],...:]key=value`.
 * @throws TsbxError `INVALID_ANNOTATION`
 */
export function parseAnnotations(values: readonly string[]): Annotation[] {
  return values.flatMap(parseAnnotation);
}

function parseAnnotation(text: string): Annotation[] {
  const [name, value] = splitKeyValue(text);
  if (value === undefined) {
    throw invalid(`parse annotations: invalid annotation "${text}", expected key=value`);
  }
  const [, places, key = name] = /^([^:]*):(.*)$/s.exec(name) ?? [];
  if (places === undefined) return [{ key, value }];
  return places.split(",").map((place) => ({ key, value, ...placeOf(place) }));
}

function placeOf(text: string): Pick<Annotation, "level" | "platform"> {
  const [, level = "", platform] = /^([a-z-]+)(?:\[([A-Za-z0-9_/-]+)\])?$/.exec(text) ?? [];
  if (!LEVELS.includes(level)) {
    throw invalid(
      `unknown annotation type "${text}"`,
      `Use ${LEVELS.join(", ")}, with [os/arch] behind it or not.`,
    );
  }
  return { level: level as AnnotationLevel, ...(platform !== undefined && { platform }) };
}

function invalid(message: string, hint?: string): TsbxError {
  return new TsbxError("INVALID_ANNOTATION", message, hint === undefined ? {} : { hint });
}

import { parseDuration } from "@tsbx/core/driver";
import { TsbxError } from "@tsbx/core/errors";
import { splitKeyValue } from "../flags/key-value.ts";

/** Which records of the build cache are meant. */
export interface CacheFilter {
  /** In BuildKit's form; empty for all records. */
  filter: string[];
  /** Milliseconds: records that were used more recently are not meant. Pruning knows this, listing does not. */
  keepDuration: number;
}

const AGES = ["until", "unused-for"] as const;

/**
 * Translates `--filter name=value`, `name!=value` and `name~=value`, all of which have to match.
 * @throws TsbxError `INVALID_FLAG`
 */
export function parseCacheFilters(values: readonly string[]): CacheFilter {
  const filters = new Map<string, string>();
  for (const text of values.filter((value) => value !== "")) {
    const [name, value] = splitKeyValue(text);
    if (value === undefined) {
      throw invalid(
        `invalid argument "${text}" for "--filter" flag: bad format of filter`,
        "Write it as name=value, such as type=regular or until=24h.",
      );
    }
    const key = name.trim().toLowerCase();
    const known = filters.get(key);
    if (known !== undefined && known !== value.trim()) {
      throw invalid(`"${key}" filter expects only one value`);
    }
    filters.set(key, value.trim());
  }
  const keepDuration = age(filters);
  const conditions = [...filters].map(([name, value]) => condition(name, value));
  return { filter: conditions.length > 0 ? [conditions.join(",")] : [], keepDuration };
}

/** Takes the filters by age out of `filters`. */
function age(filters: Map<string, string>): number {
  const [name, other] = AGES.filter((each) => filters.has(each));
  if (other) throw invalid(`conflicting filters "${name}" and "${other}"`);
  if (!name) return 0;
  const keepDuration = parseDuration(filters.get(name)!);
  if (keepDuration === undefined) {
    throw invalid(`"${name}" filter expects a duration`, `Write it like ${name}=24h.`);
  }
  filters.delete(name);
  return keepDuration;
}

/** One condition in the language of containerd's filters. An operator in front of `=` is part of the name. */
function condition(name: string, value: string): string {
  if (name === "id") return `id~=${value}`;
  return /[!~]$/.test(name) ? `${name}=${value}` : `${name}==${value}`;
}

function invalid(message: string, hint?: string): TsbxError {
  return new TsbxError("INVALID_FLAG", message, hint === undefined ? {} : { hint });
}

import { TsbxError } from "../errors.ts";
import { AttrMatch, MatchType, Policy, PolicyAction } from "../gen/sourcepolicy.ts";

/** Rules about sources such as `docker-image://docker.io/library/alpine:latest`; of several that match all count. */
export interface SourcePolicy {
  version?: number;
  rules: readonly SourceRule[];
}

export interface SourceRule {
  /** `CONVERT` replaces the source by what `updates` says. */
  action: "ALLOW" | "DENY" | "CONVERT";
  selector: {
    identifier: string;
    /** Default: `WILDCARD`. */
    matchType?: "WILDCARD" | "EXACT" | "REGEX";
    constraints?: ReadonlyArray<{
      key: string;
      value: string;
      /** Default: `EQUAL`. */
      condition?: "EQUAL" | "NOTEQUAL" | "MATCHES";
    }>;
  };
  updates?: { identifier?: string; attrs?: Readonly<Record<string, string>> };
}

/**
 * Reads a policy as JSON, or as the bytes of BuildKit's own message. In JSON names of enums may be their numbers, and
 * `matchType` may be `match_type`, as other tools write them.
 * @throws TsbxError `INVALID_SOURCE_POLICY`
 */
export function parseSourcePolicy(data: string | Uint8Array): SourcePolicy {
  const policy = record(parseMessage(data) ?? parseJson(data), "policy");
  return {
    ...(policy.version !== undefined && { version: integer(policy.version, "version") }),
    rules: list(policy.rules, "rules").map((rule, index) => parseRule(rule, `rules[${index}]`)),
  };
}

function parseRule(json: unknown, at: string): SourceRule {
  const { action, selector, updates } = record(json, at);
  const { identifier, matchType, match_type = matchType, constraints } = record(selector, `${at}.selector`);
  return {
    action: enumName(PolicyAction, action ?? "ALLOW", `${at}.action`),
    selector: {
      identifier: string(identifier, `${at}.selector.identifier`),
      ...(match_type !== undefined && {
        matchType: enumName(MatchType, match_type, `${at}.selector.matchType`),
      }),
      constraints: list(constraints, `${at}.selector.constraints`).map((each) => {
        const { key, value, condition = "EQUAL" } = record(each, `${at}.selector.constraints`);
        const where = `${at}.selector.constraints`;
        return {
          key: string(key, where),
          value: string(value, where),
          condition: enumName(AttrMatch, condition, where),
        };
      }),
    },
    ...(updates !== undefined && { updates: parseUpdates(updates, `${at}.updates`) }),
  };
}

function parseUpdates(json: unknown, at: string): NonNullable<SourceRule["updates"]> {
  const { identifier, attrs } = record(json, at);
  const entries = Object.entries(attrs === undefined ? {} : record(attrs, `${at}.attrs`));
  return {
    ...(identifier !== undefined && { identifier: string(identifier, `${at}.identifier`) }),
    attrs: Object.fromEntries(entries.map(([key, value]) => [key, string(value, `${at}.attrs.${key}`)])),
  };
}

/**
 * The policy as the solve request has it.
 * @internal
 */
export function wirePolicy({ version = 1, rules }: SourcePolicy): Policy {
  return {
    version: BigInt(version),
    rules: rules.map(({ action, selector, updates }) => ({
      action: PolicyAction[action],
      selector: {
        identifier: selector.identifier,
        matchType: MatchType[selector.matchType ?? "WILDCARD"],
        constraints: (selector.constraints ?? []).map(({ key, value, condition = "EQUAL" }) => ({
          key,
          value,
          condition: AttrMatch[condition],
        })),
      },
      updates: updates && { identifier: updates.identifier ?? "", attrs: { ...updates.attrs } },
    })),
  };
}

/** Undefined for what is no message, or one without rules: nearly any text is that. */
function parseMessage(data: string | Uint8Array): Policy | undefined {
  if (typeof data === "string") return undefined;
  try {
    const policy = Policy.decode(data);
    return policy.rules.length > 0 ? policy : undefined;
  } catch {
    return undefined;
  }
}

function parseJson(data: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof data === "string" ? data : Buffer.from(data).toString("utf8"));
  } catch (cause) {
    throw invalid("it is not JSON", cause);
  }
}

function record(json: unknown, at: string): Record<string, unknown> {
  if (typeof json === "object" && json !== null && !Array.isArray(json))
    return json as Record<string, unknown>;
  throw invalid(`${at} is not an object`);
}

function list(json: unknown, at: string): unknown[] {
  if (json === undefined || json === null) return [];
  if (Array.isArray(json)) return json;
  throw invalid(`${at} is not a list`);
}

function string(json: unknown, at: string): string {
  if (typeof json === "string") return json;
  throw invalid(`${at} is not a string`);
}

function integer(json: unknown, at: string): number {
  const number = typeof json === "bigint" ? Number(json) : json;
  if (Number.isSafeInteger(number)) return number as number;
  throw invalid(`${at} is not a whole number`);
}

function enumName<T extends Readonly<Record<string, number>>>(
  names: T,
  json: unknown,
  at: string,
): keyof T & string {
  const found = Object.entries(names).find(([name, number]) => json === name || json === number);
  if (found) return found[0];
  throw invalid(`${at} is none of ${Object.keys(names).join(", ")}`);
}

function invalid(problem: string, cause?: unknown): TsbxError {
  return new TsbxError("INVALID_SOURCE_POLICY", `invalid source policy: ${problem}`, { cause });
}

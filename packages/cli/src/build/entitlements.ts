import { TsbxError } from "@tsbx/core/errors";

const KNOWN = /^(?:network\.host|security\.insecure|device(?:=.+)?)$/;

/** The peer's own, about what the client may do; the daemon doesn't know it. */
export const CLIENT_DELETE = "buildx.local.delete";

/**
 * Reads the values of `--allow`.
 * @throws TsbxError `INVALID_ENTITLEMENT`
 */
export function parseEntitlements(values: readonly string[]): string[] {
  return values
    .filter((value) => value !== "" && value !== CLIENT_DELETE)
    .map((value) => {
      if (KNOWN.test(value)) return value;
      throw new TsbxError("INVALID_ENTITLEMENT", `unknown entitlement ${value}`, {
        hint: "Use network.host, security.insecure or device[=NAME].",
      });
    });
}

import { unreachable as socketError, TsbxError } from "@tsbx/core/driver";

/** The part of a `Status` object that the API server answers failures with. */
export interface ApiStatus {
  message?: string;
  reason?: string;
  details?: { causes?: readonly { reason?: string; message?: string }[] };
}

export const NOT_FOUND = "KUBERNETES_NOT_FOUND";
export const CONFLICT = "KUBERNETES_CONFLICT";
export const UNREACHABLE = "KUBERNETES_UNREACHABLE";
/** The server is there but cannot answer now. */
export const BUSY = "KUBERNETES_BUSY";

const CODES: Readonly<Record<number, string>> = {
  401: "KUBERNETES_UNAUTHENTICATED",
  403: "KUBERNETES_DENIED",
  404: NOT_FOUND,
  409: CONFLICT,
  429: BUSY,
  500: BUSY,
  502: BUSY,
  503: BUSY,
  504: BUSY,
};

/**
 * The error for an answer that is none of success.
 * @param action what was asked for: `create deployment b0`
 * @param source where the credentials come from
 */
export function refused(action: string, source: string, httpStatus: number, status: ApiStatus): TsbxError {
  const code = CODES[httpStatus] ?? "KUBERNETES_REFUSED";
  const denial = httpStatus === 403 ? denialOf(status.message ?? "") : undefined;
  if (denial) {
    const { user, verb, resource, namespace } = denial;
    const place = namespace === undefined ? "" : ` in namespace ${namespace}`;
    return new TsbxError(code, `Kubernetes does not allow ${user} to ${verb} ${resource}${place}`, {
      hint: `Grant it with a Role that has the verb ${verb} on ${resource}, or use another account than that of ${source}.`,
    });
  }
  const said = status.message || status.reason || `HTTP status ${httpStatus}`;
  return new TsbxError(code, `Kubernetes refused to ${action}: ${said}`, {
    hint: hintFor(code, said, source),
  });
}

function hintFor(code: string, said: string, source: string): string | undefined {
  if (code === CODES[401]) return `Check the credentials of ${source}; they may have expired.`;
  const namespace = code === NOT_FOUND ? /^namespaces "([^"]*)" not found/.exec(said)?.[1] : undefined;
  return namespace && `Create it: kubectl create namespace ${namespace}`;
}

/** The error for an API server that does not answer. */
export function unreachable(server: string, source: string, cause: unknown): TsbxError {
  const { message } = socketError(`the Kubernetes API at ${server}`, cause);
  const certificate = /certificate|self-signed|altname/i.test(message);
  return new TsbxError(UNREACHABLE, message, {
    hint: certificate
      ? `Check certificate-authority-data, and tls-server-name, in ${source}.`
      : `Check that the cluster runs, the server in ${source}, and the network or VPN on the way.`,
    cause,
  });
}

export interface Denial {
  user: string;
  verb: string;
  /** With its API group, as in rules of roles: `deployments.apps`. */
  resource: string;
  namespace?: string;
}

/** What the authorizer says: `... User "u" cannot create resource "deployments" in API group "apps" ...`. */
export function denialOf(message: string): Denial | undefined {
  const found =
    /User "(?<user>[^"]*)" cannot (?<verb>\S+) resource "(?<resource>[^"]*)" in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]*)")?/.exec(
      message,
    )?.groups;
  if (!found) return undefined;
  const { user, verb, resource, group, namespace } = found;
  return { user: user!, verb: verb!, resource: group ? `${resource}.${group}` : resource!, namespace };
}

import { TsbxError } from "@tsbx/core/driver";

export type Endpoint =
  | { scheme: "unix"; path: string }
  | { scheme: "tcp"; host: string; port: number }
  | SshEndpoint
  | ContainerEndpoint
  | PodEndpoint;

export interface SshEndpoint {
  scheme: "ssh";
  host: string;
  user?: string;
  port?: number;
  /** The daemon's unix socket on the host. */
  socketPath?: string;
}

export interface ContainerEndpoint {
  scheme: "docker-container";
  container: string;
  /** A docker context's name. */
  context?: string;
}

export interface PodEndpoint {
  scheme: "kube-pod";
  pod: string;
  container?: string;
  /** A kubeconfig context's name. */
  context?: string;
  namespace?: string;
}

const SCHEMES =
  "unix:///path, npipe:////./pipe/name, tcp://host:port, ssh://[user@]host[:port][/path], docker-container://name[?context=], kube-pod://name[?context=&namespace=&container=]";

/**
 * Reads an endpoint of the remote driver.
 * @throws TsbxError `UNSUPPORTED_ENDPOINT` for another scheme, `INVALID_ENDPOINT` when a part is missing or wrong
 */
export function parseEndpoint(endpoint: string): Endpoint {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(endpoint)?.[1]?.toLowerCase();
  switch (scheme) {
    case "unix":
      return parseUnix(endpoint);
    case "npipe":
      return parsePipe(endpoint);
    case "tcp":
      return parseTcp(endpoint);
    case "ssh":
      return parseSsh(endpoint);
    case "docker-container":
      return parseContainer(endpoint);
    case "kube-pod":
      return parsePod(endpoint);
    default:
      throw new TsbxError(
        "UNSUPPORTED_ENDPOINT",
        `the remote driver cannot dial ${JSON.stringify(endpoint)}`,
        {
          hint: `Give one of ${SCHEMES}.`,
        },
      );
  }
}

function parseUnix(endpoint: string): Endpoint {
  // Not a URL further on: the path is taken as it is, percent signs and all.
  const path = endpoint.slice("unix://".length);
  if (!path.startsWith("/")) throw invalid(endpoint, "the socket's path must be absolute: unix:///path");
  return { scheme: "unix", path };
}

/** A Windows pipe is dialled like a socket. */
function parsePipe(endpoint: string): Endpoint {
  const path = endpoint.slice("npipe://".length).replaceAll("/", "\\");
  if (!/^\\\\[^\\]+\\pipe\\./i.test(path)) throw invalid(endpoint, "a pipe is npipe:////./pipe/name");
  return { scheme: "unix", path };
}

function parseTcp(endpoint: string): Endpoint {
  const url = parseUrl(endpoint);
  if (url.username !== "") throw invalid(endpoint, "a tcp endpoint has no user");
  if (url.pathname !== "" && url.pathname !== "/") throw invalid(endpoint, "a tcp endpoint has no path");
  if (url.port === "") throw invalid(endpoint, "the port is missing: tcp://host:port");
  return { scheme: "tcp", host: bareHost(url), port: Number(url.port) };
}

function parseSsh(endpoint: string): Endpoint {
  const url = parseUrl(endpoint);
  const host = bareHost(url);
  // As a program's argument these would be taken for flags.
  if (host.startsWith("-") || url.username.startsWith("-"))
    throw invalid(endpoint, "a name begins with a dash");
  const path = decode(endpoint, url.pathname);
  return {
    scheme: "ssh",
    host,
    ...(url.username === "" ? {} : { user: decode(endpoint, url.username) }),
    ...(url.port === "" ? {} : { port: Number(url.port) }),
    ...(path === "" || path === "/" ? {} : { socketPath: path }),
  };
}

function parseContainer(endpoint: string): ContainerEndpoint {
  const { name, context } = parseNamed(endpoint, ["context"]);
  return { scheme: "docker-container", container: name, ...(context && { context }) };
}

function parsePod(endpoint: string): PodEndpoint {
  const { name, ...where } = parseNamed(endpoint, ["context", "namespace", "container"]);
  return { scheme: "kube-pod", pod: name, ...where };
}

/** A name in the place of a host, which is taken as it is, and parameters. */
function parseNamed<P extends string>(
  endpoint: string,
  parameters: readonly P[],
): { name: string } & Partial<Record<P, string>> {
  const [, name = "", query = ""] = /^[^:]*:\/\/([^?#]*)(?:\?([^#]*))?$/.exec(endpoint) ?? [];
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) throw invalid(endpoint, "it needs a name and nothing else");
  const given = Object.fromEntries(new URLSearchParams(query));
  for (const key of Object.keys(given)) {
    if (!parameters.some((parameter) => parameter === key))
      throw invalid(endpoint, `it has a parameter ${key}`);
    if (given[key] === "") delete given[key];
  }
  return { name, ...(given as Partial<Record<P, string>>) };
}

function parseUrl(endpoint: string): URL {
  if (!URL.canParse(endpoint)) throw invalid(endpoint, "it is not a URL");
  const url = new URL(endpoint);
  if (url.hostname === "") throw invalid(endpoint, "the host is missing");
  if (url.password !== "") throw invalid(endpoint, "passwords have no place in an endpoint");
  if (url.search !== "" || url.hash !== "") throw invalid(endpoint, "it has a query or a fragment");
  if (url.port === "0") throw invalid(endpoint, "port 0 is not an address");
  return url;
}

/** The host without the brackets of an IPv6 address. */
function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

function decode(endpoint: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(endpoint, "it has a broken percent-encoding");
  }
}

function invalid(endpoint: string, reason: string): TsbxError {
  // A password that was given by mistake must not reach logs.
  const shown = endpoint.replace(/^([^/]*\/\/[^/@:]*):[^/@]*@/, "$1:***@");
  return new TsbxError("INVALID_ENDPOINT", `invalid endpoint ${JSON.stringify(shown)}: ${reason}`, {
    hint: `Endpoints of the remote driver: ${SCHEMES}.`,
  });
}

import { TsbxError } from "@tsbx/core/driver";

const SCHEME = "kubernetes:";
const FORM = "kubernetes:///BUILDER?deployment=NAME&kubeconfig=PATH";

/** What the endpoint of a node says, as Buildx writes it. */
export interface Endpoint {
  builder: string;
  /** Tells endpoints of one builder apart; it need not be the name of the node's workload. */
  deployment?: string;
  /** In the form of KUBECONFIG: several files are separated as in PATH. */
  kubeconfig?: string;
}

/** The endpoint's text, to the byte as Buildx has it: both parameters are there even when they are empty. */
export function formatEndpoint({ builder, deployment = "", kubeconfig = "" }: Endpoint): string {
  return `${SCHEME}///${builder}?deployment=${queryEscape(deployment)}&kubeconfig=${queryEscape(kubeconfig)}`;
}

/** @throws TsbxError `UNSUPPORTED_ENDPOINT` when it is not a kubernetes:// URL */
export function parseEndpoint(endpoint: string): Endpoint {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== SCHEME) {
    throw new TsbxError(
      "UNSUPPORTED_ENDPOINT",
      `the kubernetes driver cannot use the endpoint ${JSON.stringify(endpoint)}`,
      {
        hint: `Leave it out, or give ${FORM}; the rest is said with --driver-opt namespace=..., context=...`,
      },
    );
  }
  return {
    builder: url.pathname.slice(1),
    deployment: url.searchParams.get("deployment") || undefined,
    kubeconfig: url.searchParams.get("kubeconfig") || undefined,
  };
}

/** As Go's url.QueryEscape. */
function queryEscape(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%20", "+")
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

import type { NodeFacts } from "../driver/node-facts.ts";
import { TsbxError } from "../errors.ts";
import type { Plan } from "./plan.ts";

const HOST_GATEWAY = "host-gateway";

/**
 * Adapts a plan to what the running node tells of itself: the exporter into its own image store, who pushes,
 * and the frontend attributes that its builds start from.
 * @returns the references that the node has to push once they are built
 * @throws TsbxError `HOST_GATEWAY_UNSUPPORTED`, `PUSH_BY_DIGEST_UNSUPPORTED`
 */
export function settlePlan(plan: Plan, facts: NodeFacts): string[] {
  for (const [name, value] of Object.entries(facts.frontendAttrs ?? {})) {
    if (!plan.attrs.has(name)) plan.attrs.set(name, value);
  }
  settleHostGateway(plan, facts.hostGateway);
  const pushed: string[] = [];
  for (const exporter of plan.exporters) {
    if (exporter.type !== "image") continue;
    exporter.type = facts.imageExporter ?? exporter.type;
    exporter.attrs = { ...facts.imageAttrs, ...exporter.attrs };
    if (facts.pushes !== "node" || exporter.attrs.push !== "true") continue;
    if (exporter.attrs["push-by-digest"] === "true") {
      throw new TsbxError("PUSH_BY_DIGEST_UNSUPPORTED", "this node cannot push by digest", {
        hint: "Push under a name, or use a builder with a BuildKit of its own.",
      });
    }
    delete exporter.attrs.push;
    pushed.push(...(exporter.attrs.name ?? "").split(",").filter(Boolean));
  }
  return pushed;
}

function settleHostGateway(plan: Plan, address: string | undefined): void {
  const hosts = plan.attrs.get("add-hosts")?.split(",") ?? [];
  const wants = (entry: string) => entry.endsWith(`=${HOST_GATEWAY}`);
  if (!hosts.some(wants)) return;
  if (!address) {
    throw new TsbxError("HOST_GATEWAY_UNSUPPORTED", "this node does not know the address of host-gateway", {
      hint: "Give the address itself: --add-host NAME=IP.",
    });
  }
  const settled = hosts.map((entry) =>
    wants(entry) ? entry.slice(0, -HOST_GATEWAY.length) + address : entry,
  );
  plan.attrs.set("add-hosts", settled.join(","));
}

import type { SourceOp } from "../gen/llb.ts";
import type { StepSource } from "./graph.ts";

/** The daemon's name for a stream that we serve, with another id each time. */
const UPLOAD = /^https?:\/\/buildkit-session\//;

export function sourceOf({ identifier, attrs }: SourceOp): StepSource {
  const [, scheme = "", rest = ""] = /^([a-z-]+):\/\/(.*)$/s.exec(identifier) ?? [];
  if (scheme === "local") {
    const filter = {
      include: list(attrs["local.includepattern"]),
      exclude: list(attrs["local.excludepatterns"]),
      follow: list(attrs["local.followpaths"]),
    };
    return { kind: "local", mount: rest, filter };
  }
  if (scheme === "docker-image" || scheme === "oci-layout") {
    const at = rest.indexOf("@");
    const [name, id] = at < 0 ? [rest, ""] : [rest.slice(0, at), rest.slice(at + 1)];
    // A layout has another name each time.
    return { kind: "image", name: scheme === "oci-layout" ? "the OCI layout" : name, id };
  }
  if (UPLOAD.test(identifier)) return { kind: "other", name: "the context", isFixed: false };
  const isFixed =
    Boolean(attrs["http.checksum"] || attrs["git.checksum"]) || /#[0-9a-f]{40}\b/.test(identifier);
  return { kind: "other", name: identifier, isFixed };
}

function list(json: string | undefined): string[] {
  const value: unknown = json ? JSON.parse(json) : [];
  return Array.isArray(value) ? value.map(String) : [];
}

import type { ResolveSource, SourceDecision, SourceRequest, SourceVerifier } from "@tsbx/core";
import { TsbxError } from "@tsbx/core/errors";
import { compile, evaluate, type Source } from "./evaluate.ts";
import type { BuiltIn } from "./evaluation/built-in.ts";
import type { Program } from "./evaluation/program.ts";
import {
  EvaluationError,
  FieldNeeded,
  fromJson,
  RegoObject,
  RegoSet,
  type Value,
} from "./evaluation/values.ts";
import { type BuildEnvironment, environmentInput } from "./input/build-environment.ts";
import { sourceInput } from "./input/source-input.ts";
import { parseModule } from "./syntax/module.ts";

const DECISION = "data.docker.decision";
/** Bytes that `load_json` takes. */
const MAX_JSON = 4 * 1024 * 1024;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

export interface RegoPolicyOptions {
  /** The modules of the policy. */
  modules: readonly Source[];
  env?: BuildEnvironment;
  /** Reads what modules import or load, by a path with `/`; undefined where nothing is. Default: nothing is anywhere. */
  readFile?: (path: string) => Uint8Array | undefined;
  /** Gets what modules print. */
  print?: (text: string) => void;
}

/**
 * A policy in Rego as the `verifySource` of a build. What `data.docker.decision` says counts: a source is allowed when
 * its `allow` is true, and denied with the texts of its `deny_msg` else.
 * @throws TsbxError `INVALID_POLICY`, `POLICY_UNSUPPORTED` for what cannot be evaluated here
 */
export function regoPolicy(options: RegoPolicyOptions): SourceVerifier {
  const readFile = options.readFile ?? (() => undefined);
  const program = compile(withImports(options.modules, readFile));
  if (!program.has(DECISION))
    throw new TsbxError("INVALID_POLICY", "the policy has no rule decision in package docker");
  checkCapabilities(program, options);
  return (request) => decide(program, request, { ...options, readFile });
}

/** The modules, and those that they import from files. */
function withImports(
  modules: readonly Source[],
  readFile: (path: string) => Uint8Array | undefined,
): Source[] {
  const all = new Map(modules.map((module) => [module.name, module]));
  for (const { name, text } of all.values()) {
    for (const { path } of parseModule(text, name).imports) {
      if (path[0] !== "data") continue;
      const file = `${path.slice(1).join("/")}.rego`;
      if (all.has(file)) continue;
      const bytes = readFile(file);
      if (!bytes)
        throw new TsbxError("INVALID_POLICY", `import ${path.join(".")} not found for module ${name}`);
      all.set(file, {
        name: file,
        text: inPackage(Buffer.from(bytes).toString("utf8"), path.slice(1), file),
      });
    }
  }
  return [...all.values()];
}

/** What is imported is where it was imported from, whatever it calls itself. */
function inPackage(text: string, path: readonly string[], file: string): string {
  const { package: own } = parseModule(text, file);
  if (own.join(".") === path.join(".")) return text;
  throw new TsbxError(
    "POLICY_UNSUPPORTED",
    `${file} is imported as ${path.join(".")}, and its package is ${own.join(".")}`,
    {
      hint: `Begin it with: package ${path.join(".")}`,
    },
  );
}

/** A policy may want what builds here cannot do: then nothing is built. */
function checkCapabilities(
  program: Program,
  { env = {}, readFile = () => undefined, print }: RegoPolicyOptions,
): void {
  const known = environmentInput(env) as RegoObject;
  const input = RegoObject.of([["env", RegoObject.of([...known.entries(), ["capsRequest", true]])]]);
  const functions = policyFunctions(input, readFile, new Set());
  const decision = evaluate(program, DECISION, { input, functions, ...(print && { print }) });
  const caps = decision instanceof RegoObject ? decision.get("caps") : undefined;
  if (
    caps === undefined ||
    (caps instanceof RegoObject && caps.entries().every(([, wanted]) => wanted === false))
  )
    return;
  throw new TsbxError("POLICY_UNSUPPORTED", "a policy with caps is not supported");
}

function decide(
  program: Program,
  request: SourceRequest,
  { env = {}, readFile = () => undefined, print }: RegoPolicyOptions,
): SourceDecision {
  const pins = new Set<string>();
  try {
    const input = sourceInput(request, env);
    const functions = policyFunctions(input, readFile, pins);
    const decision = evaluate(program, DECISION, { input, functions, ...(print && { print }) });
    return answer(decision, request, pins);
  } catch (error) {
    if (error instanceof FieldNeeded) return resolution(error.field, request);
    throw error;
  }
}

function answer(
  decision: Value | undefined,
  request: SourceRequest,
  pins: ReadonlySet<string>,
): SourceDecision {
  if (decision === undefined) throw new EvaluationError("policy returned zero result");
  if (!(decision instanceof RegoObject)) throw new EvaluationError("unexpected policy return type");
  const allow = decision.get("allow");
  if (allow !== undefined && typeof allow !== "boolean")
    throw new EvaluationError("allow of a decision is no boolean");
  if (allow !== true) return { action: "DENY", messages: reasons(decision.get("deny_msg")) };
  if (pins.size > 1) throw new EvaluationError(`multiple image pins set to ${request.identifier}`);
  const [pin] = pins;
  if (pin === undefined) return { action: "ALLOW" };
  const identifier = `${request.identifier.replace(/@.*$/s, "")}@${pin}`;
  return { action: "CONVERT", identifier, attrs: { ...request.attrs, "image.checksum": pin } };
}

function reasons(messages: Value | undefined): string[] {
  const members = messages instanceof RegoSet ? messages.members() : Array.isArray(messages) ? messages : [];
  return members.filter((each: Value) => typeof each === "string");
}

/** What the daemon is asked for, so that a field is known the next time. */
function resolution(field: string, request: SourceRequest): ResolveSource {
  const [kind, name = ""] = field.split(".");
  const unverified = new EvaluationError(`input.${field} is not supported`);
  if (kind === "image") {
    if (name === "provenance" || name === "signatures") throw unverified;
    if (name !== "hasProvenance") return { action: "RESOLVE" };
    return { action: "RESOLVE", image: { attestationChain: true } };
  }
  if (field.split(".").length > 2 || (name === "commit" && request.git?.commitObject)) throw unverified;
  if (name === "commit" || name === "tag") return { action: "RESOLVE", git: { objects: true } };
  return { action: "RESOLVE" };
}

/** The functions that only source policies have. */
function policyFunctions(
  input: RegoObject,
  readFile: (path: string) => Uint8Array | undefined,
  pins: Set<string>,
): ReadonlyMap<string, BuiltIn> {
  const loadJson = ([path]: readonly Value[]): Value => {
    const bytes = typeof path === "string" ? readFile(path) : undefined;
    if (!bytes || bytes.length > MAX_JSON) throw new EvaluationError(`load_json cannot read ${path}`);
    try {
      return fromJson(JSON.parse(Buffer.from(bytes).toString("utf8")));
    } catch (error) {
      throw new EvaluationError(`load_json of ${path}: ${(error as Error).message}`);
    }
  };
  const pinImage = ([image, digest]: readonly Value[]): Value => {
    if (!isInputImage(image!, input))
      throw new EvaluationError("pin_image of something else than input.image");
    if (typeof digest !== "string" || !DIGEST.test(digest))
      throw new EvaluationError(`pin_image to ${digest}, which is no digest`);
    if (checksumOf(image as RegoObject) !== digest) pins.add(digest);
    return true;
  };
  return new Map([
    ["load_json", { arity: 1, call: loadJson }],
    ["pin_image", { arity: 2, call: pinImage }],
  ]);
}

/** It is handed on as it is, so that nothing of it is asked for. */
function isInputImage(image: Value, input: RegoObject): boolean {
  return image instanceof RegoObject && image === input.get("image");
}

function checksumOf(image: RegoObject): string | undefined {
  const checksum = image.get("checksum");
  return typeof checksum === "string" ? checksum : undefined;
}

import type { Program, RuleGroup } from "../evaluation/program.ts";
import { type Functions, NameResolver } from "./names.ts";
import { invalid, unsupported } from "./problem.ts";
import { resolveBody, resolvePattern, resolveTerm } from "./resolve-body.ts";
import { Locals, Scope } from "./scope.ts";
import type { Branch, Module, Rule } from "./tree.ts";

/**
 * Finds out what each name stands for, and refuses what could not be evaluated: names of nothing, variables that have
 * no value where one is needed, rules that need themselves.
 * @param functions those that are built in, with how many arguments they take
 * @throws TsbxError `INVALID_POLICY`, `POLICY_UNSUPPORTED`
 */
export function resolveModules(modules: readonly Module[], functions: Functions): Program {
  const groups = new Map<string, RuleGroup>();
  for (const module of modules) for (const rule of module.rules) addRule(groups, module, rule, functions);
  for (const module of modules) {
    const names = new NameResolver(module, groups, functions);
    for (const rule of module.rules) resolveRule(rule, names, groups.get(rulePath(module, rule))!);
  }
  refuseRecursion(groups);
  return groups;
}

function rulePath(module: Module, rule: Rule): string {
  return ["data", ...module.package, rule.name].join(".");
}

function addRule(groups: Map<string, RuleGroup>, module: Module, rule: Rule, functions: Functions): void {
  const { kind, at, name } = rule;
  if (functions.has(name)) throw unsupported(at, `a rule with the name of the function ${name}`);
  const path = rulePath(module, rule);
  const group = groups.get(path) ?? { path, kind, rules: [], at, uses: new Set() };
  groups.set(path, group);
  if (group.kind !== kind) throw invalid(at, `${name} is of several kinds`);
  const arity = (group.rules[0] ?? group.fallback ?? rule).args.length;
  if (arity !== rule.args.length) throw invalid(at, `${name} takes ${arity} arguments elsewhere`);
  if (!rule.isDefault) group.rules.push(rule);
  else if (group.fallback) throw invalid(at, `${name} has several defaults`);
  else group.fallback = rule;
}

function resolveRule(rule: Rule, names: NameResolver, group: RuleGroup): void {
  const locals = new Locals();
  const scope = new Scope(locals);
  names.enter(group);
  rule.args = rule.args.map((arg) => resolvePattern(arg, scope, names, "declare"));
  resolveBranch(rule.branch, rule, scope, names);
  rule.slots = locals.count;
}

function resolveBranch(branch: Branch, rule: Rule, args: Scope, names: NameResolver): void {
  const scope = args.inner();
  branch.body = resolveBody(branch.body, scope, names);
  if (rule.key) rule.key = resolveTerm(rule.key, scope, names);
  branch.value = resolveTerm(branch.value, scope, names);
  if (branch.otherwise) resolveBranch(branch.otherwise, rule, args, names);
}

function refuseRecursion(groups: Program): void {
  const done = new Set<string>();
  const visit = (group: RuleGroup, above: readonly string[]) => {
    if (above.includes(group.path)) throw invalid(group.at, `${group.path} needs itself`);
    if (done.has(group.path)) return;
    for (const path of group.uses) visit(groups.get(path)!, [...above, group.path]);
    done.add(group.path);
  };
  for (const group of groups.values()) visit(group, []);
}

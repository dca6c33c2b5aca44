/** What of a Dockerfile a command line can name. */
export interface DockerfileNames {
  /** Of its stages. */
  stages: string[];
  /** What its stages are built on, other stages apart. */
  bases: string[];
  args: string[];
}

/**
 * Finds the names in a Dockerfile, without the frontend: it is made for what people write, and passes over what it
 * does not understand.
 */
export function dockerfileNames(text: string): DockerfileNames {
  const names = { stages: new Set<string>(), bases: new Set<string>(), args: new Set<string>() };
  for (const instruction of instructions(text)) {
    const [, base, stage] = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(instruction) ?? [];
    if (base && !names.stages.has(base) && base !== "scratch") names.bases.add(base);
    if (stage) names.stages.add(stage);
    const [, args = ""] = /^ARG\s+(.*)/is.exec(instruction) ?? [];
    for (const [, name] of args.matchAll(/(?:^|\s)([A-Za-z_]\w*)(?:=(?:"[^"]*"|'[^']*'|\S*))?/g)) {
      if (name) names.args.add(name);
    }
  }
  return { stages: [...names.stages], bases: [...names.bases], args: [...names.args] };
}

/** The instructions, each as one line, without comments and here-documents. */
function* instructions(text: string): Generator<string, void, void> {
  const continuation = /^#\s*escape\s*=\s*`/im.test(text) ? "`" : "\\";
  let instruction = "";
  const ends: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (ends.length > 0) {
      if (line.replace(/^\t+/, "") === ends[0]) ends.shift();
      continue;
    }
    const content = line.trim();
    if (content.startsWith("#") || (content === "" && instruction !== "")) continue;
    if (content.endsWith(continuation)) {
      instruction += `${content.slice(0, -1)} `;
      continue;
    }
    instruction += content;
    if (/^(?:RUN|COPY|ADD)\s/i.test(instruction)) {
      for (const [, end] of instruction.matchAll(/<<-?["']?(\w+)["']?/g)) if (end) ends.push(end);
    }
    yield instruction;
    instruction = "";
  }
}
